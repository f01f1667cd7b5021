"""Forms and categories as documents: what is wrong with one, and how it becomes true."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published, body_of
from playerdesk.brands import brand_by_key, brands
from playerdesk.forms.actions import define_category, define_form, retire_category, retire_form
from playerdesk.forms.checking import problems_of
from playerdesk.forms.queries import Category, categories, keyed
from playerdesk.forms.shapes import Article, Field
from playerdesk.kernel import Conflict, Reader, Text, Tx
from playerdesk.staff import queues

DEEPEST = 4
MOST_ARTICLES = 10
_ICON = re.compile(r"[a-z][a-z0-9-]{0,39}")

NO_NAME = Text(zh="请填写名称。", en="Give it a name.")
NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")


class FormBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A form as a document."""

    name: Text
    fields: list[Field] = []


class CategoryBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A category as a document; everything it mentions by key. `aliases`: categories that were merged into it."""

    name: Text
    parent: str = ""
    position: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] = 0
    icon: str = "help"
    priority: Annotated[int, Meta(ge=0, le=3)] = 2
    queue: str = ""
    form: str = ""
    process: str = ""
    articles: Annotated[list[Article], Meta(max_length=MOST_ARTICLES)] = []
    aliases: Annotated[list[str], Meta(max_length=200)] = []


def _problem(place: str, zh: str, en: str, severity: Any = "error") -> Problem:
    return Problem(place, Text(zh=zh, en=en), severity)


async def brand_of(reader: Reader, brand_key: str) -> int | None:
    """The number of the brand a document belongs to; None for every brand."""
    if not brand_key:
        return None
    found = await brand_by_key(reader, brand_key)
    if found is None:
        raise Conflict("no_such_brand", NO_BRAND)
    return found.id


class _Named(Kind):
    async def _brand_problems(self, reader: Reader, place: Place) -> list[Problem]:
        if place.brand_key and await brand_by_key(reader, place.brand_key) is None:
            return [Problem("", NO_BRAND)]
        return []


class FormKind(_Named):
    """What a category asks its player or agent to fill in."""

    name: ClassVar[str] = "form"
    label: ClassVar[Text] = Text("表单", "Form")
    after: ClassVar[tuple[str, ...]] = ("brand",)

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        return body_of(msgspec.convert(body, FormBody))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        form = msgspec.convert(asked.body, FormBody)
        found = await self._brand_problems(reader, asked.place)
        if not form.name.zh.strip():
            found.append(Problem("name", NO_NAME))
        if not form.fields:
            found.append(_problem("fields", "表单里还没有内容。", "There is nothing in this form yet.", "warning"))
        return found + problems_of(form.fields)

    async def apply(self, tx: Tx, published: Published) -> None:
        form = msgspec.convert(published.body, FormBody)
        brand_id = await brand_of(tx, published.place.brand_key)
        await define_form(tx, published.place.key, form.name, form.fields, brand_id=brand_id)

    async def retire(self, tx: Tx, place: Place) -> None:
        brand_id = await brand_of(tx, place.brand_key)
        await retire_form(tx, brand_id, place.key)

    async def living(self, reader: Reader) -> list[Living]:
        keys = {brand.id: brand.key for brand in await brands(reader)}
        return [
            Living(keys.get(brand_id, ""), key, self.normal({"name": name, "fields": fields}))
            for brand_id, key, name, fields in await reader.fetch(
                "SELECT f.brand_id, f.key, v.name, v.fields FROM forms.form f JOIN forms.version v ON v.id = f.version_id"
                " WHERE f.retired_at IS NULL ORDER BY f.id"
            )
        ]


class CategoryKind(_Named):
    """Something a player can ask about, and what follows from it."""

    name: ClassVar[str] = "category"
    label: ClassVar[Text] = Text("问题分类", "Category")
    after: ClassVar[tuple[str, ...]] = ("brand", "queue", "form", "process")

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        return body_of(msgspec.convert(body, CategoryBody))

    def mentions(self, body: dict[str, Any]) -> list[Mention]:
        return [
            Mention(kind, body[place], place)
            for place, kind in (("parent", "category"), ("queue", "queue"), ("form", "form"), ("process", "process"))
            if body.get(place)
        ]

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        body = msgspec.convert(asked.body, CategoryBody)
        place = asked.place
        if wrong := await self._brand_problems(reader, place):
            return wrong
        brand_id = await brand_of(reader, place.brand_key)
        living = await categories(reader)
        found: list[Problem] = []
        if not body.name.zh.strip():
            found.append(Problem("name", NO_NAME))
        if not _ICON.fullmatch(body.icon):
            found.append(_problem("icon", "没有这个图标。", "There is no such icon."))
        found.extend(_parent_problems(place.key, body, brand_id, living))
        found.extend(_alias_problems(place.key, body, brand_id, living))
        found.extend(_article_problems(body.articles))
        return found

    async def apply(self, tx: Tx, published: Published) -> None:
        body, place = msgspec.convert(published.body, CategoryBody), published.place
        brand_id = await brand_of(tx, place.brand_key)
        parent = keyed(await categories(tx), brand_id).get(body.parent) if body.parent else None
        queue = next((each for each in await queues(tx) if each.key == body.queue), None) if body.queue else None
        await define_category(
            tx, place.key, body.name, brand_id=brand_id, parent_id=parent and parent.id, icon=body.icon,
            priority=body.priority, queue_id=queue and queue.id, position=body.position, form_key=body.form,
            process_key=body.process, articles=body.articles, aliases=body.aliases,
        )

    async def retire(self, tx: Tx, place: Place) -> None:
        brand_id = await brand_of(tx, place.brand_key)
        living = await categories(tx)
        for own in living:
            if own.key == place.key and own.brand_id == brand_id:
                await retire_category(tx, own.id)

    async def names(self, reader: Reader) -> set[tuple[str, str]]:
        found = await self.living(reader)
        return {(each.brand_key, key) for each in found for key in (each.key, *each.body.get("aliases", ()))}

    async def living(self, reader: Reader) -> list[Living]:
        known = await categories(reader)
        brand_keys = {brand.id: brand.key for brand in await brands(reader)}
        queue_keys = {queue.id: queue.key for queue in await queues(reader)}
        keys = {category.id: category.key for category in known}
        return [
            Living(brand_keys.get(each.brand_id or 0, ""), each.key, body_of(CategoryBody(
                name=each.name, parent=keys.get(each.parent_id or 0, ""), position=each.position, icon=each.icon,
                priority=each.priority, queue=queue_keys.get(each.queue_id or 0, ""), form=each.form_key,
                process=each.process_key, articles=each.articles, aliases=each.aliases,
            )))
            for each in known
        ]


def _parent_problems(
    key: str, body: CategoryBody, brand_id: int | None, living: Sequence[Category]
) -> list[Problem]:
    if not body.parent:
        return []
    if body.parent == key:
        return [_problem("parent", "不能放在自己下面。", "It cannot stand below itself.")]
    by_key, by_id = keyed(living, brand_id), {each.id: each for each in living}
    above = by_key.get(body.parent)
    depth, seen = 1, set[int]()
    while above is not None and above.id not in seen:
        if above.key == key and above.brand_id == brand_id:
            return [_problem("parent", "上级绕成了一圈：它已经在这个分类下面。", "That one stands below this one already.")]
        seen.add(above.id)
        depth += 1
        above = by_id.get(above.parent_id or 0)
    own = next((each for each in living if each.key == key and each.brand_id == brand_id), None)
    if depth - 1 + (1 if own is None else _height(own.id, living, set())) > DEEPEST:
        return [_problem("parent", f"分类最多 {DEEPEST} 级。", f"Categories are at most {DEEPEST} levels deep.")]
    return []


def _height(category_id: int, living: Sequence[Category], seen: set[int]) -> int:
    """How many levels it is, itself included."""
    if category_id in seen:
        return 0
    seen.add(category_id)
    return 1 + max((_height(each.id, living, seen) for each in living if each.parent_id == category_id), default=0)


def _alias_problems(key: str, body: CategoryBody, brand_id: int | None, living: Sequence[Category]) -> list[Problem]:
    found: list[Problem] = []
    same = [each for each in living if each.brand_id == brand_id]
    found.extend(
        _problem("", f"它已合并到“{each.name.zh}”，不能再单独使用。", f"It was merged into “{each.name.en}” and is no more.")
        for each in same if each.key != key and key in each.aliases
    )
    for n, alias in enumerate(body.aliases):
        other = next((each for each in same if alias == each.key or (each.key != key and alias in each.aliases)), None)
        if other is not None or alias == key or alias in body.aliases[:n]:
            found.append(_problem(f"aliases.{n}", f"“{alias}”还在使用。", f"“{alias}” is in use."))
    return found


def _article_problems(articles: Sequence[Article]) -> list[Problem]:
    found: list[Problem] = []
    for n, article in enumerate(articles):
        if not article.title.zh.strip():
            found.append(Problem(f"articles.{n}.title", NO_NAME))
        try:
            parts = urlsplit(article.url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or len(article.url) > 1000:
            found.append(_problem(f"articles.{n}.url", "请填写 http(s) 网址。", "Write an http(s) address."))
    return found
