"""Service levels as a document: the grid of targets and the escalation chain, of one game or of every one."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, LiteralString, cast

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published
from playerdesk.brands import brand_by_key, brands
from playerdesk.forms import Category, categories
from playerdesk.kernel import Conflict, Reader, Text, Tx
from playerdesk.players import TIERS
from playerdesk.sla.chains import ChainStep
from playerdesk.sla.queries import forget_policy
from playerdesk.sla.replanning import request_replan

KEY = "standard"
CHANNELS = ("chat", "game", "mail", "forum", "wechat", "phone")
LONGEST = 366 * 86_400
NAME = {"zh": "服务标准", "en": "Service levels"}

ONE_EACH = Text(
    zh="每个游戏只有一份服务标准，标识固定为 standard。", en="A brand has one set of service levels; its key is standard."
)
NO_NAME = Text(zh="请填写中文名称。", en="Give it a name (Chinese at least).")
NO_CHANNEL = Text(zh="没有这个渠道。", en="There is no such channel.")
NO_TIER = Text(zh="没有这个分层。", en="There is no such tier.")
NO_CATEGORY = Text(zh="没有这个问题分类，或不属于这个游戏。", en="There is no such category, or it is another brand's.")
NO_CALENDAR = Text(zh="没有这个日历，或已停用。", en="There is no such calendar, or it is retired.")
NO_QUEUE = Text(zh="没有这个队列。", en="There is no such queue.")
NO_PERSON = Text(zh="没有这个人，或已停用。", en="There is nobody of this name, or the account is suspended.")
BAD_SECONDS = Text(zh="时限应大于 0，最长一年。", en="A target is above zero and a year at most.")
BAD_WARNING = Text(zh="提醒点应在 1% 到 99% 之间。", en="The warning lies between 1 % and 99 % of the target.")
TWICE = Text(zh="同一渠道、分层、类型只能有一行。", en="Another row is for the same channel, tier and category.")
NOTHING = Text(zh="这一行没有任何时限。", en="This row promises nothing.")
NO_GENERAL = Text(
    zh="这个渠道没有适用于所有人的一行，没被其他行覆盖的玩家将没有时限。",
    en="No row of this channel is for everybody; whoever no other row is for has no target.",
)
KEY_TWICE = Text(zh="步骤的标识重复。", en="Another step has this key.")
NO_ACTION = Text(zh="请至少添加一个动作。", en="Add at least one thing to do.")
BAD_DELAY = Text(zh="延迟应在 0 到 30 天之间。", en="The delay lies between nothing and 30 days.")
NOT_GENERAL = Text(
    zh="适用于全部游戏的服务标准不能停用，可以修改它。", en="What is promised to everybody cannot be retired; change it instead."
)

Seconds = int | None
Body = dict[str, Any]


class TargetRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the grid; no tier or category: every one."""

    channel: str
    tier: str | None = None
    category: str | None = None
    first: Seconds = None
    next: Seconds = None
    resolution: Seconds = None
    warn: float = 0.5
    calendar: str = "always"


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document."""

    name: Text
    targets: Annotated[list[TargetRow], msgspec.Meta(max_length=2000)]
    escalation: Annotated[list[ChainStep], msgspec.Meta(max_length=50)] = []


class Known(msgspec.Struct, frozen=True):
    """What rows may mention."""

    categories: frozenset[str]
    calendars: frozenset[str]
    queues: frozenset[str]
    logins: frozenset[str]


_PUT: LiteralString = """
    WITH before AS (DELETE FROM sla.target WHERE brand_id IS NOT DISTINCT FROM $1::bigint)
    INSERT INTO sla.policy (brand_id, name, escalation, version, changed_at) VALUES ($1, $2, $3, $4, now())
    ON CONFLICT (brand_id) DO UPDATE SET
        name = excluded.name, escalation = excluded.escalation, version = excluded.version, changed_at = now()
"""
_ROWS: LiteralString = """
    INSERT INTO sla.target (
        brand_id, channel, category_id, tier, first_seconds, next_seconds, resolution_seconds, warn_fraction,
        calendar_id, position
    )
    SELECT $1::bigint, r.channel, r.category_id, r.tier, r.first, r.next, r.resolution, r.warn, c.id, r.position
    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::int[], $6::int[], $7::int[], $8::float8[], $9::text[])
        WITH ORDINALITY AS r (channel, category_id, tier, first, next, resolution, warn, calendar, position)
    JOIN sla.calendar c ON c.key = r.calendar
"""
_LIVING: LiteralString = """
    SELECT t.brand_id, t.channel, t.tier, f.key, t.first_seconds, t.next_seconds, t.resolution_seconds, t.warn_fraction, c.key
    FROM sla.target t JOIN sla.calendar c ON c.id = t.calendar_id LEFT JOIN forms.category f ON f.id = t.category_id
    ORDER BY t.position, t.id
"""


class ServiceLevelKind(Kind):
    """One of every brand, and one for each brand that promises something else."""

    name: ClassVar[str] = "service_level"
    label: ClassVar[Text] = Text(zh="服务标准", en="Service levels")
    after: ClassVar[tuple[str, ...]] = ("calendar", "category", "queue", "person", "brand")

    def normal(self, body: Body) -> Body:
        return cast("Body", msgspec.to_builtins(msgspec.convert(body, Levels)))

    def mentions(self, body: Body) -> list[Mention]:
        levels = msgspec.convert(body, Levels)
        rows = [
            Mention(kind, key, f"targets.{n}.{kind}")
            for n, row in enumerate(levels.targets)
            for kind, key in (("calendar", row.calendar), ("category", row.category)) if key
        ]
        return rows + [
            Mention("queue", action.queue, f"escalation.{n}.do.{m}.queue", required=False)
            for n, step in enumerate(levels.escalation) for m, action in enumerate(step.do)
            if action.kind == "queue" and action.queue
        ]

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        levels = msgspec.convert(asked.body, Levels)
        known = await _known(reader, asked.place)
        wrong = [] if asked.place.key == KEY else [Problem("", ONE_EACH)]
        return [*wrong, *problems_of(levels, known, general=not asked.place.brand_key)]

    async def apply(self, tx: Tx, published: Published) -> None:
        levels = msgspec.convert(published.body, Levels)
        brand = await brand_by_key(tx, published.place.brand_key) if published.place.brand_key else None
        brand_id = brand and brand.id
        ids = {key: category.id for key, category in (await _categories(tx, published.place)).items()}
        rows = levels.targets
        await tx.execute(
            _PUT, brand_id, msgspec.to_builtins(levels.name), msgspec.to_builtins(levels.escalation), published.version
        )
        await tx.execute(
            _ROWS, brand_id, [r.channel for r in rows], [r.category and ids[r.category] for r in rows],
            [r.tier for r in rows], [r.first for r in rows], [r.next for r in rows], [r.resolution for r in rows],
            [r.warn for r in rows], [r.calendar for r in rows],
        )
        forget_policy(tx)
        await request_replan(
            tx, self.name, brand_id=brand_id, name=published.place.name, version=published.version, by_id=published.by_id
        )

    async def retire(self, tx: Tx, place: Place) -> None:
        brand = await brand_by_key(tx, place.brand_key)
        if brand is None:
            raise Conflict("levels_of_everybody", NOT_GENERAL)
        await tx.execute("DELETE FROM sla.target WHERE brand_id = $1", brand.id)
        await tx.execute("DELETE FROM sla.policy WHERE brand_id = $1", brand.id)
        forget_policy(tx)
        await request_replan(tx, self.name, brand_id=brand.id, name=place.name)

    async def living(self, reader: Reader) -> list[Living]:
        policies = {row[0]: (row[1], row[2]) for row in await reader.fetch("SELECT brand_id, name, escalation FROM sla.policy")}
        rows: dict[int | None, list[TargetRow]] = {brand_id: [] for brand_id in policies}
        for row in await reader.fetch(_LIVING):
            rows.setdefault(row[0], []).append(TargetRow(*tuple(row)[1:]))
        keys: dict[int | None, str] = {None: "", **{brand.id: brand.key for brand in await brands(reader)}}
        return [
            Living(keys[brand_id], KEY, self.normal({
                "name": policies.get(brand_id, (NAME, []))[0], "targets": msgspec.to_builtins(targets),
                "escalation": policies.get(brand_id, (NAME, []))[1],
            }))
            for brand_id, targets in rows.items() if brand_id in keys
        ]


def problems_of(levels: Levels, known: Known, *, general: bool) -> list[Problem]:
    """Everything that is wrong with a grid and its chain, each at its place."""
    found = [] if levels.name.zh.strip() else [Problem("name.zh", NO_NAME)]
    times = Counter((row.channel, row.tier, row.category) for row in levels.targets)
    for n, row in enumerate(levels.targets):
        found += _row_problems(f"targets.{n}", row, known)
        if times[row.channel, row.tier, row.category] > 1:
            found.append(Problem(f"targets.{n}", TWICE))
    if general:
        for channel in dict.fromkeys(row.channel for row in levels.targets):
            if not times[channel, None, None]:
                first = next(n for n, row in enumerate(levels.targets) if row.channel == channel)
                found.append(Problem(f"targets.{first}.channel", NO_GENERAL, "warning"))
    keys = Counter(step.key for step in levels.escalation)
    for n, step in enumerate(levels.escalation):
        found += _step_problems(f"escalation.{n}", step, known)
        if keys[step.key] > 1:
            found.append(Problem(f"escalation.{n}.key", KEY_TWICE))
    return found


def _row_problems(place: str, row: TargetRow, known: Known) -> Iterator[Problem]:
    if row.channel not in CHANNELS:
        yield Problem(f"{place}.channel", NO_CHANNEL)
    if row.tier is not None and row.tier not in TIERS:
        yield Problem(f"{place}.tier", NO_TIER)
    if row.category is not None and row.category not in known.categories:
        yield Problem(f"{place}.category", NO_CATEGORY)
    if row.calendar not in known.calendars:
        yield Problem(f"{place}.calendar", NO_CALENDAR)
    if not 0.01 <= row.warn <= 0.99:
        yield Problem(f"{place}.warn", BAD_WARNING)
    for name in ("first", "next", "resolution"):
        seconds: int | None = getattr(row, name)
        if seconds is not None and not 0 < seconds <= LONGEST:
            yield Problem(f"{place}.{name}", BAD_SECONDS)
    if row.first is None and row.next is None and row.resolution is None:
        yield Problem(place, NOTHING, "warning")


def _step_problems(place: str, step: ChainStep, known: Known) -> Iterator[Problem]:
    if not step.do:
        yield Problem(f"{place}.do", NO_ACTION)
    if not 0 <= step.after_seconds <= 30 * 86_400:
        yield Problem(f"{place}.afterSeconds", BAD_DELAY)
    if not set(step.channels) <= set(CHANNELS):
        yield Problem(f"{place}.channels", NO_CHANNEL)
    if not set(step.tiers) <= set(TIERS):
        yield Problem(f"{place}.tiers", NO_TIER)
    for n, action in enumerate(step.do):
        if action.kind == "queue" and action.queue not in known.queues:
            yield Problem(f"{place}.do.{n}.queue", NO_QUEUE)
        if action.kind == "notify" and (action.who is None or (action.who == "person" and action.person not in known.logins)):
            yield Problem(f"{place}.do.{n}.person", NO_PERSON)


async def _categories(reader: Reader, place: Place) -> dict[str, Category]:
    """By key, what a document may mention: its brand's before everybody's, or everybody's only."""
    brand = await brand_by_key(reader, place.brand_key) if place.brand_key else None
    found = [each for each in await categories(reader, brand and brand.id) if each.brand_id in (None, brand and brand.id)]
    ordered = sorted(found, key=lambda each: each.brand_id is not None)
    # A merged one goes on under its old key, too.
    return {alias: each for each in ordered for alias in each.aliases} | {each.key: each for each in ordered}


async def _known(reader: Reader, place: Place) -> Known:
    row = (await reader.fetch(
        "SELECT array(SELECT key FROM sla.calendar WHERE retired_at IS NULL),"
        " array(SELECT key FROM staff.queue WHERE retired_at IS NULL),"
        " array(SELECT login FROM staff.person WHERE suspended_at IS NULL)"
    ))[0]
    return Known(frozenset(await _categories(reader, place)), *(frozenset(each) for each in row))
