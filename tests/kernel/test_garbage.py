"""When a server looks through its whole memory, and that it never does so in the middle of a flood."""

import gc
import subprocess
import sys

import pytest

from playerdesk.kernel.garbage import is_due


@pytest.mark.parametrize(
    ("ended", "seconds", "used", "due"),
    [
        (0, 60.0, 0.0, False),  # nothing can have been left behind
        (500, 60.0, 0.9, False),  # something has, but people are waiting for us
        (500, 60.0, 0.02, True),  # and now nobody is
        (0, 700.0, 0.02, True),
        (0, 700.0, 0.9, False),
        (5000, 1.0, 1.0, True),  # too much to keep, whoever waits
        (0, 8000.0, 1.0, True),
    ],
)
def test_everything_is_looked_through_in_a_quiet_moment_or_when_it_must_be(
    ended: int, seconds: float, used: float, due: bool
) -> None:
    assert is_due(ended, seconds, used) is due


_PROCESS = """
import gc
from playerdesk.kernel.garbage import settle
settle()
before = gc.get_stats()[2]["collections"]
kept = []
for _ in range(2_000_000):
    kept.append([])
print(gc.get_stats()[2]["collections"] - before, gc.get_freeze_count() > 10_000, gc.get_stats()[0]["collections"] > 50)
"""


def test_a_settled_process_searches_only_the_young() -> None:
    # In a process of its own: what is set here stays set.
    said = subprocess.run([sys.executable, "-c", _PROCESS], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == ["0", "True", "True"]
    assert gc.get_threshold()[2] < 1000, "not in this process"
