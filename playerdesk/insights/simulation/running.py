"""A simulation from beginning to end: read, reckoned in a process of its own, bounded in time."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.brands import brands
from playerdesk.insights.simulation.outcome import Outcome, Question
from playerdesk.insights.simulation.traffic import Traffic, traffic
from playerdesk.kernel import Conflict, Database, Rejected, Text

SECONDS = 30.0
LEAST = 50
TOO_LITTLE = Text(
    zh="近 30 天的咨询太少（不足 50 次），还不足以模拟。", en="The last 30 days have fewer than 50 contacts: too few to simulate."
)
NOBODY = Text(
    zh="近 30 天没有客服在线的记录，无法模拟。", en="The last 30 days have no record of anybody on duty: nothing to simulate."
)
TOO_LONG = Text(
    zh="模拟超过 30 秒，已停止。请只选一个队列再试。", en="The simulation took over 30 seconds and was ended. Try a single queue."
)
BUSY = Text(zh="正有一个模拟在进行，请稍候再试。", en="A simulation is running. Please try again in a moment.")

_one = asyncio.Semaphore(1)


class Draft(msgspec.Struct, frozen=True, rename="camel"):
    """Head starts of the tiers, in seconds, that are tried."""

    head_starts: dict[str, float]
    parallel: float = 3.0
    seed: int = 1


class Simulation(msgspec.Struct, frozen=True, rename="camel"):
    """What came of it, and what it stands on."""

    outcome: Outcome
    arrivals: int
    days: float
    measured: int
    hours: list[float]
    staff: list[float]
    time_zone: str
    parallel: float


async def run(
    database: Database, brand_ids: Sequence[int] | None, queue_id: int | None, draft: Draft, at: datetime
) -> Simulation:
    """Rejected when there is too little to go by; one at a time in a server."""
    if _one.locked():
        raise Conflict("simulation_busy", BUSY)
    async with _one:
        async with database.reading() as reader:
            known = await brands(reader)
            chosen = [brand for brand in known if brand_ids is None or brand.id in brand_ids]
            zone = ZoneInfo(chosen[0].time_zone if chosen else "Asia/Shanghai")
            shift = at.astimezone(zone).utcoffset()
            offset = int(shift.total_seconds() // 60) if shift else 0
            found = await traffic(
                reader, [brand.id for brand in chosen], queue_id, at, parallel=draft.parallel, seed=draft.seed, offset=offset
            )
        if len(found.arrivals) < LEAST:
            raise Rejected("too_little_traffic", TOO_LITTLE)
        if not found.presence_known:
            raise Rejected("nobody_on_record", NOBODY)
        outcome = await _elsewhere(found, draft)
        return Simulation(
            outcome, len(found.arrivals), round(found.days, 1), found.measured, found.hours, found.staff, zone.key,
            draft.parallel,
        )


async def _elsewhere(found: Traffic, draft: Draft) -> Outcome:
    """In a process that is nice to the others and is ended when it takes too long."""
    question = Question(found.arrivals, found.shifts, draft.head_starts, found.hours)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playerdesk.insights.simulation", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, preexec_fn=_nice,
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate(msgspec.msgpack.encode(question))
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Rejected("simulation_too_long", TOO_LONG) from None
    return msgspec.msgpack.decode(out, type=Outcome)


def _nice() -> None:
    os.nice(10)
