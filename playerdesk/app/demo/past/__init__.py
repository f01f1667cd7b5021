"""The demo desk's past month: what the game's players asked, and what its people made of it, told in the background.

`game` asks what was asked, `shifts` and `lives` decide who answered when (pure), `telling` lets it happen through the
packages' own actions. Nothing of it rings, is pushed or waits for anybody: each ticket begins and ends in one transaction.
"""
