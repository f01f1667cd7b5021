"""Merging tickets of one player, and undoing it.

Nothing is rewritten: the source keeps its row, its messages and its numbers, and says where it goes on. Its entries
are read beside the target's. What the merge changed in either is kept (`tickets.merging`), so undoing is exact.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Conflict, NotFound, Reader, Rejected, Text, Tx
from playerdesk.tickets.craft import joining
from playerdesk.tickets.craft.events import CraftChanged, TicketMerged, TicketUnmerged
from playerdesk.tickets.craft.joining import Stand
from playerdesk.tickets.craft.marks import Marks, by_hand, marks, put_marks
from playerdesk.tickets.events import TicketChanged
from playerdesk.tickets.messages import NO_SUCH
from playerdesk.tickets.rules import rank
from playerdesk.tickets.standing import Standing, Step, append, facts, lock, save

MOST_SOURCES = 20
ITSELF = Text(zh="不能把工单合并到它自己，请另选一张。", en="A ticket cannot be merged into itself. Choose another one.")
TOO_MANY = Text(zh="一次最多合并 20 张工单。", en="Twenty tickets at a time, at most.")
NOT_MERGED = Text(zh="这张工单没有被合并，无需取消。", en="This ticket is not merged into another; there is nothing to undo.")


class _Kept(msgspec.Struct, frozen=True):
    """A row of tickets.merging: what it takes to undo it."""

    id: int
    target_id: int
    source_before: dict[str, object]
    source_after: dict[str, object]
    target_before: dict[str, object]
    target_after: dict[str, object]

    def stand(self, which: str) -> Stand:
        return msgspec.convert(getattr(self, which), Stand)


_KEEP: LiteralString = """
    INSERT INTO tickets.merging (source_id, target_id, by_id, at, source_before, source_after, target_before, target_after)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""

# The merge to undo, and those into the same target after it: they stood upon it.
_KEPT: LiteralString = """
    SELECT m.id, m.target_id, m.source_before, m.source_after, m.target_before, m.target_after
    FROM tickets.merging a JOIN tickets.merging m ON m.target_id = a.target_id AND m.id >= a.id AND m.undone_at IS NULL
    WHERE a.source_id = $1 AND a.undone_at IS NULL ORDER BY m.id FOR UPDATE OF m
"""

# Since when she has waited for an answer to what she wrote into the target after the merge.
_WROTE: LiteralString = """
    SELECT min(created_at) FROM tickets.message
    WHERE ticket_id = $1 AND seq > $2 AND kind = 'message' AND author = 'player' AND seq > coalesce((
        SELECT max(seq) FROM tickets.message WHERE ticket_id = $1 AND seq > $2 AND kind = 'message' AND author = 'staff'), 0)
"""

_FAMILY: LiteralString = """
    WITH RECURSIVE family (id, depth) AS (
        SELECT id, 1 FROM tickets.ticket WHERE merged_into_id = $1
        UNION ALL
        SELECT t.id, f.depth + 1 FROM family f JOIN tickets.ticket t ON t.merged_into_id = f.id WHERE f.depth < 20
    )
    SELECT id FROM family ORDER BY id
"""

_GOES_ON: LiteralString = """
    WITH RECURSIVE way (id, player_id, further, depth) AS (
        SELECT id, player_id, merged_into_id, 0 FROM tickets.ticket WHERE id = $1
        UNION ALL
        SELECT t.id, t.player_id, t.merged_into_id, w.depth + 1 FROM way w JOIN tickets.ticket t ON t.id = w.further
        WHERE t.player_id = w.player_id AND w.depth < 20
    )
    SELECT id FROM way WHERE depth > 0 ORDER BY depth DESC LIMIT 1
"""


async def merge(tx: Tx, target_id: int, source_ids: Sequence[int], by_id: int, at: datetime) -> None:
    """The sources go on in the target. Done again, it stays as it is."""
    wanted = list(dict.fromkeys(source_ids))
    if target_id in wanted:
        raise Rejected("merge_with_itself", ITSELF, fields={"sourceIds": ITSELF})
    if len(wanted) > MOST_SOURCES:
        raise Rejected("too_many", TOO_MANY, fields={"sourceIds": TOO_MANY})
    standings = await lock(tx, [target_id, *wanted])
    if missing := {target_id, *wanted} - set(standings):
        raise NotFound("no_such_ticket", NO_SUCH, extra={"ids": sorted(missing)})
    known = await marks(tx, list(standings))
    left = [i for i in wanted if known[i].merged_into_id != target_id]
    for source_id in left:
        refusal = joining.check(standings[target_id], known[target_id], standings[source_id], known[source_id])
        if refusal is not None:
            refusal.extra = {**refusal.extra, "ticketId": source_id}
            raise refusal
        # One by one: each is kept with what it alone has changed, so that each can be undone alone.
        standings[target_id], known[target_id] = await _merge_one(
            tx, (standings[target_id], known[target_id]), (standings[source_id], known[source_id]), by_id, at
        )


async def _merge_one(
    tx: Tx, target: tuple[Standing, Marks], source: tuple[Standing, Marks], by_id: int, at: datetime
) -> tuple[Standing, Marks]:
    own, other = Stand.of(*target), Stand.of(*source)
    target_id, source_id = own.standing.id, other.standing.id
    closed, grown = joining.given_up(other, at), joining.gained(own, other)
    gone, left = append(closed.standing, by_hand(by_id, {"what": "merged", "to": target_id}, public=True), at)
    grew, took = append(grown.standing, by_hand(by_id, {"what": "merged_in", "from": source_id}), at)
    await save(tx, [Step(own.standing, grew, [took]), Step(other.standing, gone, [left])], at)
    target_mark = Marks(target_id, None, grown.snoozed_until, grown.escalated_at)
    await put_marks(tx, target_mark)
    await put_marks(tx, Marks(source_id, target_id, None, None))
    merging_id: int = await tx.value(_KEEP, source_id, target_id, by_id, at, other, closed, own, grown)
    await tx.emit(
        TicketMerged(
            **facts(gone, at), seq=left.seq, merging_id=merging_id, target_id=target_id, by_id=by_id,
            status_before=other.standing.status,
        ),
        TicketChanged(
            **facts(grew, at), seq=took.seq, by_id=by_id, status_before=own.standing.status, what=["merged"]
        ),
        CraftChanged(**facts(grew, at), part="merging"), CraftChanged(**facts(gone, at), part="merging"),
    )
    # The clocks may have put the target on the lead's list.
    return grew, (await marks(tx, [target_id]))[target_id]


async def unmerge(tx: Tx, source_id: int, by_id: int, at: datetime) -> int:
    """The source stands for itself again; what was said in the target since stays there. Returns the target."""
    target_id = await tx.value("SELECT merged_into_id FROM tickets.ticket WHERE id = $1", source_id)
    if target_id is None:
        raise Conflict("not_merged", NOT_MERGED)
    standings = await lock(tx, [source_id, target_id])
    kept = await tx.rows(_Kept, _KEPT, source_id)
    if not kept or kept[0].target_id != target_id:
        raise Conflict("not_merged", NOT_MERGED)
    known = await marks(tx, [source_id, target_id])
    source, target = (Stand.of(standings[i], known[i]) for i in (source_id, target_id))
    back = joining.restored(source, kept[0].stand("source_before"), kept[0].stand("source_after"))
    back = await _as_valued_now(tx, back)
    without, last = await _without_first(tx, kept)
    wrote = await tx.value(_WROTE, target_id, last.standing.seq)
    rest = joining.relieved(target, without, last, wrote)
    came, line = append(back.standing, by_hand(by_id, {"what": "unmerged", "from": target_id}, public=True), at)
    lost, mark = append(rest.standing, by_hand(by_id, {"what": "unmerged_out", "to": source_id}), at)
    await save(tx, [Step(source.standing, came, [line]), Step(target.standing, lost, [mark])], at)
    await put_marks(tx, Marks(source_id, None, back.snoozed_until, back.escalated_at))
    await put_marks(tx, Marks(target_id, known[target_id].merged_into_id, rest.snoozed_until, rest.escalated_at))
    await tx.execute("UPDATE tickets.merging SET undone_at = $2, undone_by = $3 WHERE id = $1", kept[0].id, at, by_id)
    await tx.emit(
        TicketUnmerged(**facts(came, at), seq=line.seq, merging_id=kept[0].id, target_id=target_id, by_id=by_id),
        TicketChanged(
            **facts(lost, at), seq=mark.seq, by_id=by_id, status_before=target.standing.status, what=["unmerged"]
        ),
        CraftChanged(**facts(lost, at), part="merging"), CraftChanged(**facts(came, at), part="merging"),
    )
    return target_id


async def _without_first(tx: Tx, kept: Sequence[_Kept]) -> tuple[Stand, Stand]:
    """The target as it would have become without the first of these merges, and as it did become with all of them.

    The later ones are told anew, so that each can still be undone by itself.
    """
    without, became = kept[0].stand("target_before"), kept[0].stand("target_after")
    for later in kept[1:]:
        before = joining.relieved(later.stand("target_before"), without, became, None)
        without, became = joining.gained(before, later.stand("source_before")), later.stand("target_after")
        await tx.execute(
            "UPDATE tickets.merging SET target_before = $2, target_after = $3 WHERE id = $1", later.id, before, without
        )
    return without, became


async def _as_valued_now(tx: Tx, stand: Stand) -> Stand:
    """What slept under another ticket has not heard of a new tier."""
    tier: str = await tx.value("SELECT tier FROM players.player WHERE id = $1", stand.standing.player_id)
    if tier == stand.standing.tier:
        return stand
    standing = replace(stand.standing, tier=tier)
    return replace(stand, standing=replace(standing, rank_at=rank(standing)))


async def merged_into(reader: Reader, ticket_id: int) -> list[int]:
    """All tickets that go on in this one, those merged into them included."""
    return [row[0] for row in await reader.fetch(_FAMILY, ticket_id)]


async def goes_on_in(reader: Reader, ticket_id: int) -> int | None:
    """Where what is said in this ticket belongs now; never another player's ticket. None: here."""
    return await reader.value(_GOES_ON, ticket_id)
