"""The demo game: a separate process that behaves like a game's own back end.

It knows PlayerDesk only through its public interfaces: it signs tokens for its
players, sends what happens in the game to `/game/v1`, lets simulated players
ask for help through `/player/v1`, and takes the desk's answers at a webhook.
Run it with `python -m demogame`; see `demogame.settings` for its environment.
"""
