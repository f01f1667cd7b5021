"""Tags and segments as documents."""

from typing import Annotated, Any, ClassVar, Literal, LiteralString

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published, body_of
from playerdesk.kernel import Reader, Refused, Rejected, Text, Tx
from playerdesk.kernel.conditions import names, read
from playerdesk.players.segments.fields import asking_about_players, player_fields
from playerdesk.players.segments.members import want_walk

Body = dict[str, Any]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Words = Annotated[str, msgspec.Meta(max_length=500)]

NO_NAME = Text(zh="请填写中文名称。", en="Give it a name (Chinese at least).")
NOBODY_SETS = Text(
    zh="只有分群会设置这个标签，角色的选择没有作用。", en="Only segments set this tag; the roles chosen have no effect."
)
EVERYBODY = Text(zh="没有条件，全部玩家都在这个分群里。", en="There is no condition; every player is in this segment.")
NO_PERSON = Text(zh="没有这个人，或已停用。", en="There is nobody of this name, or the account is suspended.")


class Bilingual(msgspec.Struct, frozen=True):
    """A name in Chinese, and in English where somebody wrote it."""

    zh: Name
    en: Name = ""


class Description(msgspec.Struct, frozen=True):
    zh: Words = ""
    en: Words = ""


class TagBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`roles`: who may set it by hand, besides being allowed to change players; empty: whoever may."""

    name: Bilingual
    description: Description = Description()
    tone: Literal["gray", "blue", "green", "amber", "red", "violet"] = "gray"
    by_hand: bool = True
    roles: list[str] = []


class SegmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"if_": "if"}):
    """`if` is a condition about a player; `tag` is set while it holds."""

    name: Bilingual
    if_: dict[str, Any]
    description: Description = Description()
    tag: str = ""


_PUT_TAG: LiteralString = """
    INSERT INTO players.tag (key, body) VALUES ($1, $2)
    ON CONFLICT (key) DO UPDATE SET body = excluded.body, retired_at = NULL
"""

_PUT_SEGMENT: LiteralString = """
    INSERT INTO players.segment AS s (key, body, tag_key, version) VALUES ($1, $2, nullif($3, ''), $4)
    ON CONFLICT (key) DO UPDATE SET
        body = excluded.body, tag_key = excluded.tag_key, version = excluded.version, retired_at = NULL
"""


def _filled(body: Body) -> Body:
    """Names always have both languages: screens show either."""
    return body | {"name": {"zh": body["name"]["zh"], "en": body["name"].get("en") or body["name"]["zh"]}} | (
        {"description": {"zh": body["description"].get("zh", ""), "en": body["description"].get("en", "")}}
        if "description" in body else {}
    )


class TagKind(Kind):
    """What players can be marked with."""

    name: ClassVar[str] = "tag"
    label: ClassVar[Text] = Text(zh="玩家标签", en="Player tag")
    after: ClassVar[tuple[str, ...]] = ("role",)
    branded: ClassVar[bool] = False

    def normal(self, body: Body) -> Body:
        return _filled(body_of(msgspec.convert(body, TagBody)))

    def mentions(self, body: Body) -> list[Mention]:
        return [Mention("role", key, f"roles.{n}") for n, key in enumerate(body.get("roles", []))]

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        tag = msgspec.convert(asked.body, TagBody)
        found = [] if tag.name.zh.strip() else [Problem("name", NO_NAME)]
        return [*found, *([Problem("roles", NOBODY_SETS, "warning")] if tag.roles and not tag.by_hand else [])]

    async def apply(self, tx: Tx, published: Published) -> None:
        await tx.execute(_PUT_TAG, published.place.key, published.body)

    async def retire(self, tx: Tx, place: Place) -> None:
        """It is shown nowhere any more; the players who had it have it again when it is published again."""
        await tx.execute("UPDATE players.tag SET retired_at = now() WHERE key = $1", place.key)

    async def living(self, reader: Reader) -> list[Living]:
        rows = await reader.fetch("SELECT key, body FROM players.tag WHERE retired_at IS NULL")
        return [Living("", key, body) for key, body in rows]


class SegmentKind(Kind):
    """Players who fit a condition."""

    name: ClassVar[str] = "segment"
    label: ClassVar[Text] = Text(zh="玩家分群", en="Segment")
    after: ClassVar[tuple[str, ...]] = ("tag", "brand")
    branded: ClassVar[bool] = False

    def normal(self, body: Body) -> Body:
        return _filled(body_of(msgspec.convert(body, SegmentBody)))

    def mentions(self, body: Body) -> list[Mention]:
        asked = [
            Mention("brand" if field == "brands" else "tag", key, place)
            for field, key, place in _listed(body["if"], "if") if field in ("brands", "tags")
        ]
        return asked + ([Mention("tag", body["tag"], "tag")] if body.get("tag") else [])

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        segment = msgspec.convert(asked.body, SegmentBody)
        found = [] if segment.name.zh.strip() else [Problem("name", NO_NAME)]
        try:
            node = read(segment.if_, await player_fields(reader))
        except Rejected as refusal:
            return [*found, _problem(refusal)]
        known = (await asking_about_players(reader)).named
        found += [
            Problem(_below(place), NO_PERSON) for place, named in names(node) if (named.kind, named.key) not in known
        ]
        if segment.if_ in ({"all": []}, {"not": {"any": []}}):
            found.append(Problem("if", EVERYBODY, "warning"))
        return found

    async def apply(self, tx: Tx, published: Published) -> None:
        body = published.body
        await want_walk(tx)
        await tx.execute(_PUT_SEGMENT, published.place.key, body, body.get("tag", ""), published.version)

    async def retire(self, tx: Tx, place: Place) -> None:
        """Everybody leaves it, and its tag with them."""
        await want_walk(tx)
        await tx.execute("UPDATE players.segment SET retired_at = now() WHERE key = $1", place.key)

    async def living(self, reader: Reader) -> list[Living]:
        rows = await reader.fetch("SELECT key, body FROM players.segment WHERE retired_at IS NULL")
        return [Living("", key, body) for key, body in rows]


def _below(place: str) -> str:
    return f"if.{place}" if place else "if"


def _problem(refusal: Refused) -> Problem:
    place = next(iter(refusal.fields), "")
    return Problem(_below("" if place == "condition" else place), next(iter(refusal.fields.values())))


def _listed(node: Any, place: str) -> list[tuple[str, str, str]]:
    """Every text that is compared with a field: field, text, place."""
    if not isinstance(node, dict):
        return []
    tree: dict[str, Any] = node
    if "field" in tree:
        return [
            (str(tree["field"]), each, place)
            for operator, value in tree.items() if operator != "field"
            for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)
        ]
    found: list[tuple[str, str, str]] = []
    for name, part in tree.items():
        parts = part if isinstance(part, list) else [part]
        for n, each in enumerate(parts):
            found += _listed(each, f"{place}.{name}" + (f".{n}" if isinstance(part, list) else ""))
    return found


KINDS = (TagKind(), SegmentKind())
