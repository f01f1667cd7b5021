"""When a server process looks through its memory for what nobody refers to any more.

Almost everything goes the moment its last user lets go of it; only what refers to itself in a circle waits for
Python's collector. Left alone, that looks through all there is whenever a quarter more seems to have come: with two
thousand people connected a third of a second in which nobody is answered, once a second in a flood of messages, to find
nothing. What lies about in circles comes from connections that ended. So the young are looked through often, which takes
a millisecond, and everything only after many connections have ended, or in a quiet moment.
"""

import asyncio
import gc
import time

_YOUNG = 10_000
"""Objects made and not yet gone; as many are looked through in about a millisecond."""
_MIDDLE = 10
_NEVER = 1 << 30

LOOK_SECONDS = 5.0
QUIET = 0.1
"""Less than this part of a core used: nobody is waiting for us."""
_FEW, _MANY = 100, 2_000
_OLD_SECONDS, _VERY_OLD_SECONDS = 600.0, 7200.0


class Leavings:
    """How many connections have left something behind since everything was looked through."""

    def __init__(self) -> None:
        self.ended = 0


leavings = Leavings()


def settle() -> None:
    """Everything is loaded: what is here now stays and is not looked at again, nor is all the rest by itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


def is_due(ended: int, seconds: float, used: float) -> bool:
    """Whether to look through everything: `seconds` after the last time, with that part of a core in use."""
    if ended >= _MANY or seconds >= _VERY_OLD_SECONDS:
        return True
    return used < QUIET and (ended >= _FEW or seconds >= _OLD_SECONDS)


async def tidy_forever() -> None:
    """Run as a task, after `settle`."""
    last = time.monotonic()
    while True:
        used = time.process_time()
        await asyncio.sleep(LOOK_SECONDS)
        used = (time.process_time() - used) / LOOK_SECONDS
        if is_due(leavings.ended, time.monotonic() - last, used):
            leavings.ended, last = 0, time.monotonic()
            gc.collect()
