"""Clocks of tickets that become one, and part again: a promise made in either is kept in the one that goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Reactions, Tx
from playerdesk.sla import machine, queries
from playerdesk.sla.machine import Clock
from playerdesk.sla.outcomes import Late, due_of, facts_of, note_breaches, save
from playerdesk.sla.rules import Facts, Watch, service_channel
from playerdesk.tickets import TicketMerged, TicketUnmerged, lock, set_due

reactions = Reactions("sla.merging")

Clocks = dict[str, Clock]
ANSWERS = ("first", "next")

_KEEP: LiteralString = """
    INSERT INTO sla.merged (merging_id, source, target_before, target_after) VALUES ($1, $2, $3, $4)
"""

_KEPT: LiteralString = """
    SELECT s.merging_id, s.source, s.target_before, s.target_after, m.at,
        m.target_after -> 'standing' ->> 'status'
    FROM sla.merged s JOIN tickets.merging m ON m.id = s.merging_id
    WHERE m.target_id = $1 AND m.id >= $2 AND (m.undone_at IS NULL OR m.id = $2) ORDER BY m.id
"""


def laid_down(clocks: Clocks, at: datetime) -> Clocks:
    """Nothing is owed in the source any more; what was late stays late."""
    return {
        kind: clock if clock.over else replace(
            clock, state="breached" if clock.state == "breached" else "void", ended_at=at, ring_at=None, paused_at=None
        )
        for kind, clock in clocks.items()
    }


def _owed(clocks: Clocks, kinds: Sequence[str]) -> Clock | None:
    """The nearest promise of these kinds that is neither kept nor dropped."""
    left = [clocks[kind] for kind in kinds if kind in clocks and not clocks[kind].over]
    return min(left, key=lambda clock: clock.due_at, default=None)


def taken_over(ticket_id: int, own: Clocks, other: Clocks) -> Clocks:
    """The target's clocks, where the source promised something sooner with the source's promise in their place."""
    result = dict(own)
    for kinds in (ANSWERS, ("resolution",)):
        ours, theirs = _owed(own, kinds), _owed(other, kinds)
        if theirs is None or theirs.paused_at is not None:
            continue
        if ours is not None and (ours.paused_at is not None or ours.due_at <= theirs.due_at):
            continue
        kind = ours.kind if ours is not None else kinds[-1]
        rounds = ours.round if ours is not None else (own[kind].round + 1 if kind in own else 1)
        result[kind] = replace(theirs, ticket_id=ticket_id, kind=kind, round=rounds)
    return result


def put_back(now: Clocks, before: Clocks, after: Clocks) -> Clocks:
    """Each clock as it was before, unless it has moved since."""
    kept = {kind: clock for kind, clock in now.items() if clock != after.get(kind)}
    return {**{kind: clock for kind, clock in before.items() if kind not in kept}, **kept}


@reactions.within(TicketMerged)
async def hand_the_clocks_over(tx: Tx, batch: Sequence[TicketMerged]) -> None:
    """By hand and rare, so one after the other; the tickets are locked by the action."""
    for event in batch:
        policy = await queries.policy(tx)
        own, other = await _clocks(tx, event.target_id), await _clocks(tx, event.ticket_id)
        target = (await lock(tx, [event.target_id]))[event.target_id]
        watch = Watch(event.target_id, own.values(), policy)
        watch.now(target.status, event.at)
        overdue = {k: machine.breach(c) for k, c in other.items() if c.state == "running" and c.due_at < event.at}
        other = {**other, **overdue}
        late = [Late(facts_of(event), clock) for clock in overdue.values()]
        await note_breaches(tx, late, event.at)
        watch.clocks = taken_over(event.target_id, watch.clocks, other)
        source = Watch(event.ticket_id, other.values(), policy)
        source.clocks = laid_down(other, event.at)
        await save(tx, [watch, source])
        await set_due(tx, [due_of(watch), due_of(source)])
        await tx.execute(_KEEP, event.merging_id, list(other.values()), list(own.values()), list(watch.clocks.values()))


@reactions.within(TicketUnmerged)
async def give_the_clocks_back(tx: Tx, batch: Sequence[TicketUnmerged]) -> None:
    """The source's go on as if nothing had been: she has waited all the while."""
    for event in batch:
        policy = await queries.policy(tx)
        rows = await tx.fetch(_KEPT, event.target_id, event.merging_id)
        if not rows:
            continue
        source, without, became = (_read(part) for part in rows[0][1:4])
        for merging_id, other, before, after, at, status in rows[1:]:
            # The later merges stood upon this one: they are told anew without it.
            told = Watch(event.target_id, put_back(_read(before), without, became).values(), policy)
            stood = list(told.clocks.values())
            told.now(status, at)
            without, became = taken_over(event.target_id, told.clocks, _read(other)), _read(after)
            await tx.execute(
                "UPDATE sla.merged SET target_before = $2, target_after = $3 WHERE merging_id = $1",
                merging_id, stood, list(without.values()),
            )
        target = (await lock(tx, [event.target_id]))[event.target_id]
        now = await _clocks(tx, event.target_id)
        rest = Watch(event.target_id, put_back(now, without, became).values(), policy)
        rest.now(target.status, event.at)
        if target.waiting_since is not None and target.waiting_since > rows[0][4]:
            # What she wrote into the target since is owed there.
            channel = service_channel(target.channel, live=target.live)
            who = Facts(target.brand_id, channel, target.category_id, target.tier)
            rest.said(who, "player", target.status, target.waiting_since)
        await _write(tx, rest, now)
        await _write(tx, Watch(event.ticket_id, source.values(), policy), await _clocks(tx, event.ticket_id))


async def _clocks(tx: Tx, ticket_id: int) -> Clocks:
    return {row.kind: row for row in await queries.clock_rows(tx, [ticket_id])}


def _read(rows: Any) -> Clocks:
    return {clock.kind: clock for clock in msgspec.convert(rows, list[Clock])}


async def _write(tx: Tx, wanted: Watch, now: Clocks) -> None:
    """Exactly these clocks, whatever stood there."""
    if gone := sorted(set(now) - set(wanted.clocks)):
        await tx.execute("DELETE FROM sla.clock WHERE ticket_id = $1 AND kind = ANY($2::text[])", wanted.ticket_id, gone)
    watch = Watch(wanted.ticket_id, now.values(), wanted.policy)
    watch.clocks = wanted.clocks
    await save(tx, [watch])
    await set_due(tx, [due_of(watch)])
