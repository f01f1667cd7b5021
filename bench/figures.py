"""A measured row, and the table of all of them."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One thing measured. CPU is server + PostgreSQL, in µs an operation; the floor is the bare SQL by pgbench."""

    number: int
    what: str
    aim: str
    met: bool | None = None
    """Whether every aim of the row is met; None where the run was too small to say."""
    cpu_us: float | None = None
    server_us: float | None = None
    database_us: float | None = None
    floor_cpu_us: float | None = None
    per_second: float | None = None
    floor_per_second: float | None = None
    ratio: float | None = None
    """Throughput: ours / floor."""
    more: dict[str, Any] = {}


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile; 0 for nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _figure(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def table(rows: Sequence[Row]) -> str:
    """The rows as text, CPU and ratio first."""
    head = ["#", "what", "CPU µs", "= server", "+ database", "floor CPU", "ratio", "a second", "floor", "aim", ""]
    lines = [head]
    for row in rows:
        verdict = {True: "met", False: "MISSED", None: "?"}[row.met]
        lines.append([
            str(row.number), row.what, _figure(row.cpu_us), _figure(row.server_us), _figure(row.database_us),
            _figure(row.floor_cpu_us), _figure(row.ratio, 2), _figure(row.per_second),
            _figure(row.floor_per_second), row.aim, verdict,
        ])
    widths = [max(_width(line[place]) for line in lines) for place in range(len(head))]
    left = {1, 9, 10}
    shown: list[str] = []
    for line in lines:
        cells = [
            cell + " " * (width - _width(cell)) if place in left else " " * (width - _width(cell)) + cell
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        shown.append("  ".join(cells).rstrip())
    shown.insert(1, "─" * max(map(_width, shown)))
    return "\n".join(shown)


def details(row: Row) -> str:
    """What else was seen, on one line."""
    return f"  {row.number}  " + " · ".join(f"{name} {_value(value)}" for name, value in row.more.items())


def _value(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
