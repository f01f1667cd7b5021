"""`python -m bench`: a desk of its own, seeded, measured row by row beside its floor, and printed."""

import argparse
import os
import platform
import shutil
import tempfile
from pathlib import Path
from time import perf_counter

import msgspec
import uvloop

from bench import assigning, chatting, deadlines, idling, opening, reading, replanning, ruling, searching
from bench.desk import Desk, open_desk
from bench.figures import Row, details, table
from bench.plan import QUICK, Plan
from bench.seed import seed
from bench.world import World

ROWS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, help="how many tickets the desk has (1000000 and more are fine)")
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many entries row 4 searches (1000000, 10000000)")
    parser.add_argument("--rows", default=",".join(map(str, ROWS)), help="which rows of the table to measure")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, says little")
    return parser.parse_args()


def note(text: str) -> None:
    print(text, flush=True)


async def _measure(desk: Desk, world: World, plan: Plan, wanted: set[int], messages: int) -> list[Row]:
    rows: list[Row] = []

    def done(found: list[Row]) -> None:
        rows.extend(found)
        for row in found:
            note(f"  {row.what}\n  {details(row)}")

    if wanted & {1, 2, 3}:
        async with desk.server() as server:
            # Reading first: the pages are those of the seeded desk, whatever row 1 adds to it.
            if 2 in wanted:
                done(await reading.pages(desk, world, server, plan))
            if 3 in wanted:
                done(await reading.tickets(desk, world, server, plan))
            if 1 in wanted:
                done(await opening.measure(desk, world, server, plan))
    if 5 in wanted:
        async with desk.server() as server:
            done(await chatting.measure(desk, world, server, plan))
    if 6 in wanted:
        async with desk.server() as server:
            done(await idling.measure(desk, world, server, plan))
    if 7 in wanted:
        done(await deadlines.measure(desk, plan))
    if 8 in wanted:
        done(await assigning.measure(desk, world, plan))
    if 12 in wanted:
        done(await ruling.measure(desk, plan))
    if 9 in wanted:
        async with desk.server() as server:
            done(await replanning.measure(desk, world, server, plan))
    if 4 in wanted:
        # Last: its entries would be in the way of the others.
        done(await searching.measure(desk, world, plan, messages))
    return sorted(rows, key=lambda row: row.number)


async def run(tickets: int, messages: int, plan: Plan, wanted: set[int]) -> tuple[list[Row], float]:
    """Everything, in a folder that is gone afterwards; the rows and how long seeding took."""
    folder = Path(tempfile.mkdtemp(prefix="pd-bench-"))
    try:
        async with open_desk(folder) as desk:
            began = perf_counter()
            world = await seed(desk, tickets)
            seconds = perf_counter() - began
            note(f"  seeded {tickets:,} tickets in {seconds:.1f} s")
            return await _measure(desk, world, plan, wanted, messages), seconds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    arguments = _arguments()
    wanted = {int(each) for each in arguments.rows.split(",")}
    tickets = min(arguments.tickets, 5000) if arguments.quick else arguments.tickets
    messages = min(arguments.messages, 20_000) if arguments.quick else arguments.messages
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    note(f"PlayerDesk measured beside its floor · {machine} · {tickets:,} tickets · durable (fsync on)")
    rows, seconds = uvloop.run(run(tickets, messages, QUICK if arguments.quick else Plan(), wanted))
    note("\n" + table(rows) + "\n\n" + "\n".join(map(details, rows)))
    if arguments.quick:
        note("\nQuick: the sizes are too small for the figures to mean much.")
    if arguments.json:
        figures = {"machine": machine, "tickets": tickets, "seedSeconds": seconds, "rows": rows}
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")


if __name__ == "__main__":
    main()
