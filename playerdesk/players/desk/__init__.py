"""What agents and administrators do with players, over their screens."""
