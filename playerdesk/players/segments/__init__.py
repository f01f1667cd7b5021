"""Segments and tags of players: who she is in plain columns, which conditions she fits, and what that says about her."""
