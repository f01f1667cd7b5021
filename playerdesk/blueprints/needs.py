"""What a document needs, and who still needs one that is to go.

The answer is read from the domains' own tables, never from the versions alone: what was made past the documents, by a
script or an older screen, needs its queue as much as what was published.
"""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from playerdesk.blueprints.kinds import Kinds, Mention, Place, Problem
from playerdesk.kernel import Conflict, Reader, Text

SHOWN = 5
MOST = 50


class Need(msgspec.Struct, frozen=True):
    """A document that mentions another one: which, what people call it, and where in it."""

    blueprint: Place
    place: str
    words: Text


def asked_about(tree: Any, place: str) -> Iterator[Mention]:
    """Categories and queues a condition asks about by key: they may be another brand's, but do not go unnoticed."""
    if not isinstance(tree, dict):
        return
    node = cast("dict[str, Any]", tree)
    if "field" in node:
        for operator, value in node.items():
            for each in value if operator != "field" and isinstance(value, list) else [value]:
                key = cast("dict[str, Any]", each).get("key") if isinstance(each, dict) else None
                if node["field"] in ("category", "queue") and isinstance(key, str):
                    yield Mention(str(node["field"]), key, place, required=False)
        return
    for name, part in node.items():
        if isinstance(part, list):
            for n, each in enumerate(cast("list[Any]", part)):
                yield from asked_about(each, f"{place}.{name}.{n}")
        else:
            yield from asked_about(part, f"{place}.{name}")


async def missing(reader: Reader, kinds: Kinds, place: Place, mentions: Sequence[Mention]) -> list[Problem]:
    """A problem for each thing that is needed and is not there for this brand."""
    needed = [each for each in mentions if each.required]
    known = {
        (name, key)
        for name in {each.kind for each in needed} for brand_key, key in await kinds[name].names(reader)
        if brand_key in ("", place.brand_key)
    }
    return [
        Problem(each.place, Text(zh=f"找不到“{each.key}”，可能已停用。", en=f"“{each.key}” is not there, or out of use."))
        for each in needed if (each.kind, each.key) not in known
    ]


async def needed_by(reader: Reader, kinds: Kinds, place: Place) -> list[Need]:
    """What is true now and mentions this one, and where in it."""
    # What a server remembers for some seconds may miss what a colleague has just made on another one.
    kept, reader.memory = reader.memory, {}
    try:
        namesakes = {brand_key for brand_key, key in await kinds[place.kind].names(reader) if key == place.key}
        found: list[Need] = []
        for kind in kinds:
            for each in await kind.living(reader):
                body = kind.normal(each.body)
                for one in kind.mentions(body):
                    if (one.kind, one.key) == (place.kind, place.key) and _meant(one, each.brand_key, place, namesakes):
                        other = Place(kind.name, each.brand_key, each.key)
                        title = kind.title(other, body)
                        found.append(Need(other, one.place, Text(
                            zh=f"{kind.label.zh}“{title.zh}”（{one.place}）", en=f"{kind.label.en} “{title.en}” ({one.place})",
                        )))
    finally:
        reader.memory = kept
    return found


def _meant(one: Mention, brand_key: str, place: Place, namesakes: set[str]) -> bool:
    """Whether a document of this brand means that one by its key: a brand's own goes before everybody's."""
    if place.brand_key == brand_key:
        return True
    if not place.brand_key:
        return brand_key not in namesakes
    return not one.required and not brand_key and len(namesakes) == 1


async def demand_unneeded(reader: Reader, kinds: Kinds, place: Place) -> None:
    """Conflict (409) with every document and place that still needs it."""
    needed = await needed_by(reader, kinds, place)
    if needed:
        raise Conflict("blueprint_needed", Text(
            zh=f"还有配置在使用它：{'；'.join(each.words.zh for each in needed[:SHOWN])}。请先修改它们。",
            en=f"Other documents still use this: {'; '.join(each.words.en for each in needed[:SHOWN])}. Change them first.",
        ), extra={"needed": needed[:MOST]})
