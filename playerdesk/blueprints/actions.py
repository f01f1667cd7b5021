"""What can happen to a blueprint. Each locks its row first, so two editors come one after the other."""

import re
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.blueprints.events import BlueprintChanged
from playerdesk.blueprints.kinds import Asked, Body, Kind, Kinds, Place, Problem, Published, shape_problem
from playerdesk.blueprints.needs import demand_unneeded, missing
from playerdesk.blueprints.queries import in_force, version_body
from playerdesk.kernel import Conflict, NotFound, Reader, Rejected, Text, Tx, clean_line, encode

LARGEST = 1_000_000
"""Bytes of a body; the largest real process has a few ten thousand."""
LONGEST_NOTE = 500
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

NOT_THERE = Text(zh="没有这项配置，可能已被删除。请刷新。", en="There is no such thing any more. Please reload.")
CHANGED = Text(
    zh="这项内容刚被同事改过。请先看对方改了什么，再决定保留哪一份。",
    en="A colleague has just changed this. Look at what changed, then decide which one to keep.",
)
NO_DRAFT = Text(zh="没有可发布的修改。", en="There is nothing new to publish.")
TOO_LARGE = Text(zh="内容太大，最多 1 MB。", en="This is too large; 1 MB at most.")
NOT_OF_A_BRAND = Text(zh="这种配置适用于全部游戏，不能只属于一个。", en="This is for every brand and cannot belong to one.")
NOT_COMMON = Text(zh="请选择它属于哪个游戏。", en="Choose the brand this belongs to.")
BAD_KEY = Text(
    zh="标识只能用小写字母、数字、_ 和 -，以字母或数字开头，最长 60 个字符。",
    en="A key is made of lower-case letters, digits, _ and -, begins with a letter or digit, and has 60 at most.",
)
_UNFIT = Text(zh="内容还有问题，请按提示修改后再发布。", en="Something is wrong here; mend what is marked, then publish.")


class Unfit(Rejected):
    """422: problems hinder publishing; `fields` names each place, `extra["problems"]` has them all."""

    def __init__(self, problems: list[Problem], place: Place | None = None) -> None:
        super().__init__(
            "blueprint_unfit", _UNFIT, fields={each.place or "body": each.message for each in problems},
            extra={"problems": problems, **({} if place is None else {"blueprint": place})},
        )
        self.problems = problems
        self.place = place


class _Row(msgspec.Struct, frozen=True):
    id: int
    version: int
    retired: bool
    draft: Body | None
    revision: int


_LOCK: LiteralString = """
    SELECT id, version, retired, draft, revision FROM blueprints.blueprint
    WHERE kind = $1 AND brand_key = $2 AND key = $3 FOR UPDATE
"""
_BEGIN: LiteralString = """
    INSERT INTO blueprints.blueprint (kind, brand_key, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_DRAFT: LiteralString = """
    UPDATE blueprints.blueprint SET draft = $2, revision = revision + 1, changed_by = $3, changed_at = now()
    WHERE id = $1 RETURNING revision
"""
_PUBLISH: LiteralString = """
    WITH kept AS (
        INSERT INTO blueprints.version (blueprint_id, version, body, note, published_by) VALUES ($1, $2, $3, $4, $5)
    )
    UPDATE blueprints.blueprint SET version = $2, retired = false, draft = NULL, revision = revision + 1,
        changed_by = $5, changed_at = now()
    WHERE id = $1 RETURNING revision
"""
_RETIRE: LiteralString = """
    WITH noted AS (
        UPDATE blueprints.version v SET retired_at = now(), retired_by = $2, retire_note = $3
        FROM blueprints.blueprint b WHERE b.id = $1 AND v.blueprint_id = b.id AND v.version = b.version
    )
    UPDATE blueprints.blueprint SET retired = true, draft = NULL, revision = revision + 1, changed_by = $2, changed_at = now()
    WHERE id = $1 RETURNING revision
"""


async def change_draft(tx: Tx, kinds: Kinds, place: Place, body: Body, based_on: int, by_id: int) -> int:
    """Keep what somebody is working on; the new revision. Conflict (409) when somebody else was faster.

    A draft may be wrong, it is checked when it is published; only its size and its name are looked at.
    """
    _check_place(kinds[place.kind], place)
    _check_size(body)
    await tx.execute(_BEGIN, place.kind, place.brand_key, place.key)
    row = await _lock(tx, place, based_on)
    revision: int = await tx.value(_DRAFT, row.id, body, by_id)
    await _tell(tx, place, "draft", revision, row.version, by_id)
    return revision


async def discard_draft(tx: Tx, place: Place, based_on: int, by_id: int) -> int:
    """Back to what is published."""
    row = await _lock(tx, place, based_on)
    if row.version == 0:
        await tx.execute("DELETE FROM blueprints.blueprint WHERE id = $1", row.id)
        await _tell(tx, place, "draft", 0, 0, by_id)
        return 0
    revision: int = await tx.value(_DRAFT, row.id, None, by_id)
    await _tell(tx, place, "draft", revision, row.version, by_id)
    return revision


async def publish(tx: Tx, kinds: Kinds, place: Place, based_on: int, by_id: int, note: str = "") -> int:
    """The draft becomes true, all of it or nothing; the new version. `Unfit` (422) with every problem."""
    row = await _lock(tx, place, based_on)
    if row.draft is None:
        raise Rejected("nothing_to_publish", NO_DRAFT)
    return await _make_true(tx, kinds, place, row, row.draft, by_id, note)


async def publish_body(tx: Tx, kinds: Kinds, place: Place, body: Body, by_id: int | None, note: str = "") -> int:
    """The same for a body that was drafted elsewhere, such as in a text file; a draft on the screen is given up."""
    _check_place(kinds[place.kind], place)
    _check_size(body)
    await tx.execute(_BEGIN, place.kind, place.brand_key, place.key)
    return await _make_true(tx, kinds, place, await _lock(tx, place, None), body, by_id, note)


async def take_back(tx: Tx, kinds: Kinds, place: Place, version: int, based_on: int, by_id: int, note: str = "") -> int:
    """Publish again what was published as `version`: one click back, as a version of its own."""
    row = await _lock(tx, place, based_on)
    body = await version_body(tx, place, version)
    if body is None:
        raise NotFound("no_such_version", NOT_THERE)
    return await _make_true(tx, kinds, place, row, body, by_id, note)


async def retire(
    tx: Tx, kinds: Kinds, place: Place, based_on: int | None, by_id: int | None, note: str = "", *, replaced: bool = False
) -> None:
    """Out of use; publishing it again brings it back. Conflict (409) while another document mentions it.

    `replaced`: what mentions it will mean something else, which takes over its key in this transaction.
    """
    row = await _lock(tx, place, based_on)
    if row.version == 0 or row.retired:
        raise NotFound("no_such_blueprint", NOT_THERE)
    if not replaced:
        await demand_unneeded(tx, kinds, place)
    await kinds[place.kind].retire(tx, place)
    note = clean_line(note)[:LONGEST_NOTE]
    revision: int = await tx.value(_RETIRE, row.id, by_id, note)
    await record(tx, Trace(
        actor_id=by_id, actor_kind="staff" if by_id else "system", action=f"{place.kind}.retired", kind=place.kind,
        object_id=place.name, before=await version_body(tx, place, row.version), reason=note,
    ))
    await _tell(tx, place, "retired", revision, row.version, by_id)


async def check_body(reader: Reader, kinds: Kinds, place: Place, body: Body) -> list[Problem]:
    """Everything that is wrong with it."""
    kind = kinds[place.kind]
    try:
        normal = kind.normal(body)
    except msgspec.ValidationError as failure:
        return [shape_problem(failure)]
    found = await kind.check(reader, Asked(place, normal))
    told = {each.place for each in found}
    return [*found, *(each for each in await missing(reader, kinds, place, kind.mentions(normal)) if each.place not in told)]


async def adopt(tx: Tx, kinds: Kinds, only: str | None = None) -> int:
    """Take over what the domains' tables say and no version does; how many that were.

    That is what was there before there were blueprints, or was changed past them. Drafts stay.
    """
    taken = 0
    for kind in kinds:
        if only is None or kind.name == only:
            taken += await _adopt_kind(tx, kind)
    return taken


async def _adopt_kind(tx: Tx, kind: Kind) -> int:
    known = await in_force(tx, kind.name)
    living = {Place(kind.name, each.brand_key, each.key): each.body for each in await kind.living(tx)}
    changed = [place for place, body in living.items() if known.get(place) != body]
    gone = [place for place in known if place not in living]
    if not changed and not gone:
        return 0
    # Two who look at once must not both adopt.
    await tx.value("SELECT pg_advisory_xact_lock(hashtext('playerdesk adopt ' || $1))", kind.name)
    for place in changed:
        await tx.execute(_BEGIN, place.kind, place.brand_key, place.key)
        row = await _lock(tx, place, None)
        if await version_body(tx, place, row.version) != living[place] or row.retired:
            await tx.value(_ADOPT, row.id, row.version + 1, living[place])
    for place in gone:
        await tx.execute(
            "UPDATE blueprints.blueprint SET retired = true, revision = revision + 1"
            " WHERE kind = $1 AND brand_key = $2 AND key = $3", place.kind, place.brand_key, place.key,
        )
    return len(changed) + len(gone)


_ADOPT: LiteralString = """
    WITH kept AS (
        INSERT INTO blueprints.version (blueprint_id, version, body, note) VALUES ($1, $2, $3, '')
    )
    UPDATE blueprints.blueprint SET version = $2, retired = false, revision = revision + 1 WHERE id = $1 RETURNING revision
"""


async def _make_true(
    tx: Tx, kinds: Kinds, place: Place, row: _Row, body: Body, by_id: int | None, note: str
) -> int:
    kind = kinds[place.kind]
    problems = await check_body(tx, kinds, place, body)
    if any(each.severity == "error" for each in problems):
        raise Unfit(problems, place)
    body = kind.normal(body)
    before = await version_body(tx, place, row.version)
    version = row.version + 1
    revision: int = await tx.value(_PUBLISH, row.id, version, body, clean_line(note)[:LONGEST_NOTE], by_id)
    await kind.apply(tx, Published(place, body, version, by_id))
    await record(tx, Trace(
        actor_id=by_id, actor_kind="staff" if by_id else "system", action=f"{place.kind}.published", kind=place.kind,
        object_id=place.name, before=before, after=body, reason=clean_line(note)[:LONGEST_NOTE],
    ))
    await _tell(tx, place, "published", revision, version, by_id)
    return version


async def _lock(tx: Tx, place: Place, based_on: int | None) -> _Row:
    row = await tx.row(_Row, _LOCK, place.kind, place.brand_key, place.key)
    if row is None:
        raise NotFound("no_such_blueprint", NOT_THERE)
    if based_on is not None and based_on != row.revision:
        by_id, at = (await tx.fetch("SELECT changed_by, changed_at FROM blueprints.blueprint WHERE id = $1", row.id))[0]
        raise Conflict("blueprint_changed", CHANGED, extra={"revision": row.revision, "changedBy": by_id, "changedAt": at})
    return row


def _check_place(kind: Kind, place: Place) -> None:
    if not _KEY.fullmatch(place.key):
        raise Rejected("blueprint_key", BAD_KEY, fields={"key": BAD_KEY})
    if place.brand_key and not kind.branded:
        raise Rejected("blueprint_common", NOT_OF_A_BRAND, fields={"brandKey": NOT_OF_A_BRAND})
    if not place.brand_key and not kind.common:
        raise Rejected("blueprint_branded", NOT_COMMON, fields={"brandKey": NOT_COMMON})


def _check_size(body: Any) -> None:
    if len(encode(body)) > LARGEST:
        raise Rejected("blueprint_too_large", TOO_LARGE)


async def _tell(tx: Tx, place: Place, what: Any, revision: int, version: int, by_id: int | None) -> None:
    await tx.emit(BlueprintChanged(
        kind=place.kind, brand_key=place.brand_key, key=place.key, what=what, revision=revision, version=version, by_id=by_id,
    ))
