"""Carry one estate through its whole journey, from a case file, on its own clock."""
