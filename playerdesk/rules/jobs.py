"""What the worker does for rules."""

from functools import partial

from playerdesk.kernel import Loop
from playerdesk.rules import timing
from playerdesk.rules.addresses import allow_inside, allowed_inside
from playerdesk.rules.calls import OUTBOX, call_out


def loops(inside: tuple[str, ...]) -> tuple[Loop, ...]:
    """`inside`: hosts of the company's own network that may be called."""
    allow_inside(inside)
    return (
        *timing.LOOPS,
        Loop("rules.calls", 1, partial(call_out, allowed=allowed_inside())), Loop("rules.forget calls", 600, OUTBOX.forget),
    )
