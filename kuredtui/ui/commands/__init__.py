"""What can be typed after a colon: the registry of actions by name, and a few that take more than nodes."""
