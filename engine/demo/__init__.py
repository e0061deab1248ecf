"""The demo district: invented estates whose journeys were really run, on a clock that was moved."""
