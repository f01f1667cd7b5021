"""Merging accounts into one person and taking it back. Nothing is moved: an edge is written, and ended."""

from typing import LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, NotFound, Rejected, Text, Tx, clean_line, now
from playerdesk.players.events import CardChanged, PlayersMerged, PlayersUnmerged
from playerdesk.players.membership import members_of, person_of, settle
from playerdesk.players.spend import recount

_ONE_AT_A_TIME: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('players.merge', 0))"

_WRITE: LiteralString = """
    INSERT INTO players.merge
        (kept_id, merged_id, manager_from_merged, preferences_from_merged, rule, reason, by_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""

_END: LiteralString = """
    UPDATE players.merge SET undone_at = $2, undone_by = $3, undo_reason = $4 WHERE id = $1 AND undone_at IS NULL
    RETURNING kept_id, merged_id
"""

_DECIDED: LiteralString = """
    UPDATE players.merge_proposal SET state = $3, decided_by = $4, decided_at = now()
    WHERE low_id = ANY($1::bigint[]) AND high_id = ANY($2::bigint[]) AND state = 'open'
"""

_AGAIN: LiteralString = """
    UPDATE players.merge_proposal SET state = 'open', decided_by = NULL, decided_at = NULL
    WHERE low_id = $1 AND high_id = $2 AND state = 'dismissed'
"""

NO_PLAYER = Text(zh="没有这位玩家。", en="There is no such player.")
NO_REASON = Text(zh="请写明理由，以后查看时用得上。", en="Please give a reason, for those who look later.")
SAME = Text(zh="这两个账号已经是同一位玩家。", en="These two accounts are one player already.")
NOT_MERGED = Text(zh="这次合并已经撤销了。", en="This merge has been taken back already.")


class Choice(msgspec.Struct, frozen=True, rename="camel"):
    """What survives: the account that heads the person gives her name and language."""

    manager_from_merged: bool = False
    preferences_from_merged: bool = False


async def merge(
    tx: Tx, kept_id: int, merged_id: int, by_id: int | None, reason: str, choice: Choice, *, rule: str = ""
) -> int:
    """`merged_id`'s person becomes part of `kept_id`'s; the number of the merge, by which it is taken back."""
    reason = _reason(reason)
    await tx.execute(_ONE_AT_A_TIME)
    kept, merged = await person_of(tx, kept_id), await person_of(tx, merged_id)
    if not kept or not merged:
        raise NotFound("no_such_player", NO_PLAYER)
    if kept[0] == merged[0]:
        raise Conflict("already_one", SAME)
    at = now()
    merge_id: int = await tx.value(
        _WRITE, kept[0], merged[0], choice.manager_from_merged, choice.preferences_from_merged, rule, reason, by_id, at
    )
    everybody = sorted(kept + merged)
    await settle(tx, everybody)
    await tx.execute(_DECIDED, everybody, everybody, "merged", by_id)
    await recount(tx, everybody, at)
    await tx.emit(
        PlayersMerged(merge_id=merge_id, kept_id=kept[0], merged_id=merged[0], rule=rule, by_id=by_id, at=at),
        CardChanged(player_ids=everybody),
    )
    await record(tx, Trace(
        actor_id=by_id, actor_kind="system" if by_id is None else "staff", action="player.merged", kind="player",
        object_id=str(kept[0]), before={"kept": kept, "merged": merged},
        after={"mergeId": merge_id, "rule": rule, **msgspec.to_builtins(choice)}, reason=reason,
    ))
    return merge_id


async def unmerge(tx: Tx, merge_id: int, by_id: int, reason: str) -> tuple[int, int]:
    """Take a merge back: every account has again what is its own; the two heads."""
    reason = _reason(reason)
    await tx.execute(_ONE_AT_A_TIME)
    at = now()
    ended = await tx.fetch(_END, merge_id, at, by_id, reason)
    if not ended:
        raise Conflict("not_merged", NOT_MERGED)
    kept_id, merged_id = ended[0]
    everybody = await members_of(tx, [kept_id, merged_id])
    await settle(tx, everybody)
    await recount(tx, everybody, at)
    # What was one person for a rule is not proposed again.
    await tx.execute(
        "UPDATE players.merge_proposal SET state = 'dismissed', decided_by = $3, decided_at = now()"
        " WHERE low_id = ANY($1::bigint[]) AND high_id = ANY($2::bigint[]) AND state = 'merged'",
        everybody, everybody, by_id,
    )
    await tx.emit(
        PlayersUnmerged(merge_id=merge_id, kept_id=kept_id, merged_id=merged_id, by_id=by_id, at=at),
        CardChanged(player_ids=everybody),
    )
    await record(tx, Trace(
        actor_id=by_id, action="player.unmerged", kind="player", object_id=str(kept_id),
        before={"mergeId": merge_id}, after={"kept": kept_id, "merged": merged_id}, reason=reason,
    ))
    return kept_id, merged_id


async def dismiss(tx: Tx, low_id: int, high_id: int, by_id: int, reason: str) -> None:
    """These two are not one person, or nobody wants to say so: not proposed again."""
    low_id, high_id = sorted((low_id, high_id))
    if not await tx.execute(_DECIDED, [low_id], [high_id], "dismissed", by_id):
        raise Conflict("already_decided", Text(zh="这条建议已经处理过了。", en="This was decided already."))
    await tx.emit(CardChanged(player_ids=await members_of(tx, [low_id, high_id])))
    await record(tx, Trace(
        actor_id=by_id, action="merge_proposal.dismissed", kind="player", object_id=str(low_id),
        after={"other": high_id}, reason=clean_line(reason),
    ))


async def propose_again(tx: Tx, low_id: int, high_id: int, by_id: int) -> None:
    """That these two were kept apart was a mistake: somebody decides anew."""
    low_id, high_id = sorted((low_id, high_id))
    if not await tx.execute(_AGAIN, low_id, high_id):
        raise Conflict("not_dismissed", Text(zh="这两个账号没有被判定为不同的人。", en="These two were not kept apart."))
    await tx.emit(CardChanged(player_ids=await members_of(tx, [low_id, high_id])))
    await record(tx, Trace(
        actor_id=by_id, action="merge_proposal.restored", kind="player", object_id=str(low_id), after={"other": high_id},
    ))


def _reason(text: str) -> str:
    reason = clean_line(text)
    if not reason:
        raise Rejected("reason_missing", NO_REASON, fields={"reason": NO_REASON})
    return reason[:500]
