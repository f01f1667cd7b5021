"""How a player likes to be talked to, in a few structured words everybody can keep to."""

from collections.abc import Sequence
from typing import Annotated, LiteralString

import msgspec
from msgspec import Meta

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Text, Tx, clean_line
from playerdesk.players.card import PREFERENCES
from playerdesk.players.card_shapes import PlayerPreferences
from playerdesk.players.events import CardChanged
from playerdesk.players.membership import edges_of
from playerdesk.players.persons import source

Line = Annotated[str, Meta(max_length=60)]


class Wishes(msgspec.Struct, frozen=True, rename="camel"):
    """What an agent writes; `version`: what she had on screen."""

    version: int
    call_me: Line = ""
    language: Annotated[str, Meta(max_length=10)] = ""
    tone: Line = ""
    no_go: Annotated[list[Line], Meta(max_length=12)] = []
    best_time: Line = ""


_PUT: LiteralString = """
    INSERT INTO players.preference AS p (player_id, call_me, language, tone, no_go, best_time, changed_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (player_id) DO UPDATE SET call_me = $2, language = $3, tone = $4, no_go = $5, best_time = $6,
        changed_by = $7, changed_at = now(), version = p.version + 1 WHERE p.version = $8
    RETURNING call_me, language, tone, no_go, best_time, version
"""

CHANGED = Text(zh="有同事刚刚改过，请看过最新内容再改。", en="A colleague has just changed this; look at it first.")


async def set_preferences(tx: Tx, person: Sequence[int], wishes: Wishes, by_id: int) -> PlayerPreferences:
    """Of the person with these accounts, her head first; refused when somebody was faster."""
    whose = source(person[0], await edges_of(tx, person), "preferences")
    before = await tx.row(PlayerPreferences, PREFERENCES, whose)
    if (before.version if before else 0) != wishes.version:
        raise Conflict("preferences_changed", CHANGED, extra={"preferences": before})
    no_go = [line for each in wishes.no_go if (line := clean_line(each))]
    after = await tx.row(
        PlayerPreferences, _PUT, whose, clean_line(wishes.call_me), clean_line(wishes.language), clean_line(wishes.tone),
        no_go, clean_line(wishes.best_time), by_id, wishes.version,
    )
    if after is None:
        raise Conflict("preferences_changed", CHANGED)
    await tx.emit(CardChanged(player_ids=list(person)))
    await record(tx, Trace(
        actor_id=by_id, action="player_preferences.changed", kind="player", object_id=str(whose),
        before=None if before is None else msgspec.to_builtins(before), after=msgspec.to_builtins(after),
    ))
    return after
