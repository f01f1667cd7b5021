"""Tags of players, by hand and by rule."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Forbidden, NotFound, Reader, Rejected, Text, Tx
from playerdesk.players.membership import tell_cards
from playerdesk.players.segments.portraits import draw_again

MOST_BY_HAND = 30

NO_TAG = Text(zh="没有这个标签，或已停用。", en="There is no such tag, or it is retired.")
NOT_BY_HAND = Text(zh="这个标签不能由你手动设置。", en="This tag is not yours to set by hand.")
BY_SEGMENT = Text(
    zh="这个标签由分群自动设置，玩家不再符合条件时会自动消失。",
    en="A segment sets this tag; it goes by itself once the player no longer fits.",
)
TOO_MANY = Text(zh=f"一位玩家最多手动打 {MOST_BY_HAND} 个标签。", en=f"A player has {MOST_BY_HAND} tags by hand at most.")


class TagEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A tag there is; `mine`: whether the one who asks may set it by hand."""

    key: str
    name: Text
    tone: str
    mine: bool


class PlayerTag(msgspec.Struct, frozen=True, rename="camel"):
    """A tag on a player: who set it and since when; `segment` names the one that did, by itself."""

    key: str
    name: Text
    tone: str
    description: Text
    since: datetime
    by_id: int | None
    segment: Text | None
    removable: bool


_OF: LiteralString = """
    SELECT t.tag_key, k.body, min(t.since), (array_agg(t.by_id) FILTER (WHERE t.by_id IS NOT NULL))[1],
        (array_agg(s.body -> 'name') FILTER (WHERE s.id IS NOT NULL))[1]
    FROM players.player_tag t JOIN players.tag k ON k.key = t.tag_key AND k.retired_at IS NULL
    LEFT JOIN players.segment s ON s.id = t.segment_id
    WHERE t.player_id = ANY($1::bigint[]) GROUP BY t.tag_key, k.body ORDER BY min(t.since), t.tag_key
"""

_ADD: LiteralString = """
    INSERT INTO players.player_tag (player_id, tag_key, by_id) VALUES ($1, $2, $3)
    ON CONFLICT (player_id, tag_key, coalesce(segment_id, 0)) DO NOTHING
"""

_REMOVE: LiteralString = """
    DELETE FROM players.player_tag WHERE player_id = ANY($1::bigint[]) AND tag_key = $2 AND segment_id IS NULL
"""

_KNOWN: LiteralString = """
    SELECT count(*) FILTER (WHERE segment_id IS NULL AND tag_key = $2),
        count(*) FILTER (WHERE segment_id IS NOT NULL AND tag_key = $2),
        count(DISTINCT tag_key) FILTER (WHERE segment_id IS NULL)
    FROM players.player_tag WHERE player_id = ANY($1::bigint[])
"""


def by_hand(body: dict[str, Any], roles: Sequence[str]) -> bool:
    """Whether somebody with these roles may set this tag, if she may change players at all."""
    allowed: list[str] = body.get("roles", [])
    return body.get("byHand", True) and (not allowed or not set(allowed).isdisjoint(roles))


async def tags(reader: Reader, roles: Sequence[str], *, editor: bool) -> list[TagEntry]:
    """Every tag in use, by name."""
    rows = await reader.fetch("SELECT key, body FROM players.tag WHERE retired_at IS NULL ORDER BY body -> 'name' ->> 'zh', key")
    return [
        TagEntry(key, Text(**body["name"]), body.get("tone", "gray"), editor and by_hand(body, roles)) for key, body in rows
    ]


async def tags_of(reader: Reader, person: Sequence[int], roles: Sequence[str] = (), *, editor: bool = False) -> list[PlayerTag]:
    """On all accounts of a person, the oldest first."""
    return [
        PlayerTag(
            key, Text(**body["name"]), body.get("tone", "gray"), Text(**body.get("description", {"zh": "", "en": ""})), since,
            by_id, None if segment is None else Text(**segment), by_id is not None and editor and by_hand(body, roles),
        )
        for key, body, since, by_id, segment in await reader.fetch(_OF, list(person))
    ]


async def add_tag(tx: Tx, person: Sequence[int], key: str, by_id: int, roles: Sequence[str]) -> None:
    """By hand, on the person; once more, nothing happens."""
    body = await _allowed(tx, key, roles)
    await tx.execute("SELECT FROM players.player WHERE id = $1 FOR NO KEY UPDATE", person[0])
    own, _, many = (await tx.fetch(_KNOWN, list(person), key))[0]
    if own:
        return
    if many >= MOST_BY_HAND:
        raise Rejected("too_many_tags", TOO_MANY)
    await tx.execute(_ADD, person[0], key, by_id)
    await _changed(tx, person, key, by_id, body, added=True)


async def remove_tag(tx: Tx, person: Sequence[int], key: str, by_id: int, roles: Sequence[str]) -> None:
    """What was set by hand; what a segment sets stays as long as she fits. Not there, nothing happens."""
    body = await _allowed(tx, key, roles)
    own, by_rule, _ = (await tx.fetch(_KNOWN, list(person), key))[0]
    if not own:
        if by_rule:
            raise Conflict("set_by_segment", BY_SEGMENT)
        return
    await tx.execute(_REMOVE, list(person), key)
    await _changed(tx, person, key, by_id, body, added=False)


async def _allowed(tx: Tx, key: str, roles: Sequence[str]) -> dict[str, Any]:
    body: dict[str, Any] | None = await tx.value("SELECT body FROM players.tag WHERE key = $1 AND retired_at IS NULL", key)
    if body is None:
        raise NotFound("no_such_tag", NO_TAG)
    if not by_hand(body, roles):
        raise Forbidden("tag_not_by_hand", NOT_BY_HAND)
    return body


async def _changed(tx: Tx, person: Sequence[int], key: str, by_id: int, body: dict[str, Any], *, added: bool) -> None:
    what = {"tag": key, "name": body["name"]}
    await record(tx, Trace(
        actor_id=by_id, action="player.tagged" if added else "player.untagged", kind="player", object_id=str(person[0]),
        before=None if added else what, after=what if added else None,
    ))
    await tell_cards(tx, [person[0]])
    await draw_again(tx, [person[0]])
    await tx.execute("INSERT INTO players.search_due (player_id) SELECT unnest($1::bigint[])", list(person))
