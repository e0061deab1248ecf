"""What takes too long for every change: kills, races, fuzzing."""
