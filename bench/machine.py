"""What processes have cost so far, read from /proc: CPU seconds and memory."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[int]:
    """utime, stime and those of children that have ended, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """CPU of one process, all its threads."""
    return sum(_stat(pid)[:2]) / _TICK


def cpu_seconds_of_family(pid: int) -> float:
    """CPU of a process and its children, also of those that have ended meanwhile (PostgreSQL and its backends)."""
    while True:
        children = _children(pid)
        try:
            total = sum(sum(_stat(child)[:2]) for child in children) + sum(_stat(pid))
        except OSError:  # one has just ended; its parent has the sum in a moment
            continue
        if _children(pid) == children:
            return total / _TICK


def resident_bytes(pid: int) -> int:
    """Memory a process really holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
