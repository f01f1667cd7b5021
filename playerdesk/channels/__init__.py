"""The ways a player reaches the desk: one folder a channel, each with everything of its own."""
