"""Live chat: a place in line, an agent within seconds, and a connection that may break at any time."""
