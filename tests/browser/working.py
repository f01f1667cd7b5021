"""How much a page asks of the machine, said so that it is the same on a busy one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page


@contextmanager
def working(page: Page) -> Iterator[Callable[[], float]]:
    """How many ms the page's own thread works in here: its processor's time, whatever else runs on the machine."""
    talk = page.context.new_cdp_session(page)
    talk.send("Performance.enable", {"timeDomain": "threadTicks"})

    def so_far() -> float:
        found = {one["name"]: one["value"] for one in talk.send("Performance.getMetrics")["metrics"]}
        return found["TaskDuration"] * 1000

    before = so_far()
    yield lambda: so_far() - before
    talk.detach()
