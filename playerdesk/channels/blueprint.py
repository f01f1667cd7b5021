"""Doors of the channels as a document: open, closed or limited by tier and hour; of one game or of every one."""

from collections import Counter
from typing import Annotated, Any, ClassVar, LiteralString, cast

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published
from playerdesk.brands import brand_by_key, brands
from playerdesk.channels.doors import forget_doors
from playerdesk.kernel import Reader, Text, Tx
from playerdesk.players import TIERS

KEY = "standard"
CHANNELS = ("chat", "game")
Body = dict[str, Any]

ONE_EACH = Text(
    zh="每个游戏只有一份渠道开放设置，标识固定为 standard。", en="A brand has one set of doors; its key is standard."
)
NO_CHANNEL = Text(zh="这个渠道还不能在这里开关。", en="This channel cannot be opened and closed here.")
NO_TIER = Text(zh="没有这个分层。", en="There is no such tier.")
NO_CALENDAR = Text(zh="没有这个日历，或已停用。", en="There is no such calendar, or it is retired.")
BAD_LIMIT = Text(zh="排队上限应大于 0。", en="The limit is above zero.")
NO_LINE = Text(zh="留言没有排队，不能设排队上限。", en="Messages have no line, so no limit of it.")
TWICE = Text(zh="同一渠道、分层只能有一行。", en="Another row is for the same channel and tier.")
NOBODY_IN = Text(
    zh="在线会话和留言对这些玩家都关闭了，他们将无法联系客服。",
    en="Both live chat and messages are closed for these players: they cannot reach anybody.",
)


class DoorRow(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A row; no tier: everybody. `instead` is what the player reads at a closed door; empty: the desk's own words."""

    channel: str
    tier: str | None = None
    open: bool = True
    calendar: str | None = None
    most_waiting: int | None = None
    instead: Text | None = None


class Doors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document."""

    doors: Annotated[list[DoorRow], msgspec.Meta(max_length=100)]


_PUT: LiteralString = """
    INSERT INTO channels.door (brand_id, position, channel, tier, open, calendar_key, most_waiting, instead)
    SELECT $1::bigint, d.position, d.channel, d.tier, d.open, d.calendar, d.most, d.instead
    FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[], $6::int[], $7::jsonb[])
        WITH ORDINALITY AS d (channel, tier, open, calendar, most, instead, position)
"""


class ChannelDoorsKind(Kind):
    """One of every brand, and one for each brand that opens otherwise."""

    name: ClassVar[str] = "channel_doors"
    label: ClassVar[Text] = Text(zh="渠道开放", en="Channel doors")
    after: ClassVar[tuple[str, ...]] = ("calendar", "brand")

    def title(self, place: Place, body: Body) -> Text:
        return self.label

    def normal(self, body: Body) -> Body:
        return cast("Body", msgspec.to_builtins(msgspec.convert(body, Doors)))

    def mentions(self, body: Body) -> list[Mention]:
        return [
            Mention("calendar", door["calendar"], f"doors.{n}.calendar")
            for n, door in enumerate(body["doors"]) if door.get("calendar")
        ]

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        keys = {row[0] for row in await reader.fetch("SELECT key FROM sla.calendar WHERE retired_at IS NULL")}
        wrong = [] if asked.place.key == KEY else [Problem("", ONE_EACH)]
        return [*wrong, *problems_of(msgspec.convert(asked.body, Doors), keys)]

    async def apply(self, tx: Tx, published: Published) -> None:
        rows = msgspec.convert(published.body, Doors).doors
        brand_id = await self._clear(tx, published.place)
        await tx.execute(
            _PUT, brand_id, [r.channel for r in rows], [r.tier for r in rows], [r.open for r in rows],
            [r.calendar for r in rows], [r.most_waiting for r in rows],
            [r.instead and msgspec.to_builtins(r.instead) for r in rows],
        )

    async def retire(self, tx: Tx, place: Place) -> None:
        await self._clear(tx, place)

    async def living(self, reader: Reader) -> list[Living]:
        keys: dict[int | None, str] = {None: "", **{brand.id: brand.key for brand in await brands(reader)}}
        rows: dict[int | None, list[dict[str, Any]]] = {}
        for row in await reader.fetch(
            "SELECT brand_id, channel, tier, open, calendar_key, most_waiting, instead FROM channels.door"
            " ORDER BY position, id"
        ):
            rows.setdefault(row[0], []).append({
                "channel": row[1], "tier": row[2], "open": row[3], "calendar": row[4], "mostWaiting": row[5],
                "instead": row[6],
            })
        return [
            Living(keys[brand_id], KEY, self.normal({"doors": found})) for brand_id, found in rows.items() if brand_id in keys
        ]

    async def _clear(self, tx: Tx, place: Place) -> int | None:
        brand = await brand_by_key(tx, place.brand_key) if place.brand_key else None
        await tx.execute("DELETE FROM channels.door WHERE brand_id IS NOT DISTINCT FROM $1", brand and brand.id)
        forget_doors(tx)
        return brand and brand.id


def problems_of(body: Doors, calendars: set[str]) -> list[Problem]:
    """Everything that is wrong, each at its place."""
    found: list[Problem] = []
    times = Counter((row.channel, row.tier) for row in body.doors)
    for n, row in enumerate(body.doors):
        if row.channel not in CHANNELS:
            found.append(Problem(f"doors.{n}.channel", NO_CHANNEL))
        if row.tier is not None and row.tier not in TIERS:
            found.append(Problem(f"doors.{n}.tier", NO_TIER))
        if row.calendar is not None and row.calendar not in calendars:
            found.append(Problem(f"doors.{n}.calendar", NO_CALENDAR))
        if row.most_waiting is not None and row.most_waiting < 1:
            found.append(Problem(f"doors.{n}.mostWaiting", BAD_LIMIT))
        if row.most_waiting is not None and row.channel != "chat":
            found.append(Problem(f"doors.{n}.mostWaiting", NO_LINE))
        if times[row.channel, row.tier] > 1:
            found.append(Problem(f"doors.{n}", TWICE))
        if row.channel == "game" and not row.open and _closed(body, "chat", row.tier):
            found.append(Problem(f"doors.{n}.open", NOBODY_IN, "warning"))
    return found


def _closed(body: Doors, channel: str, tier: str | None) -> bool:
    """Whether the channel is closed for this tier here."""
    rows = {row.tier: row.open for row in body.doors if row.channel == channel}
    return not rows.get(tier, rows.get(None, True))
