"""What a brand shows beside a ticket: where live data comes from, embedded pages, the order of the blocks."""

from typing import Annotated, Any, LiteralString
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from playerdesk.audit import Trace, record
from playerdesk.brands import brand_by_id
from playerdesk.kernel import Conflict, Database, NotFound, Reader, Rejected, Remembered, Text, Tx, clean_line

SECONDS = 5.0
MOST_FRAMES = 5

Name = Annotated[str, Meta(max_length=64)]


class FrameSetting(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the company; `categories` empty: beside every ticket."""

    key: Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z0-9_-]+$")]
    title: Text
    url: Annotated[str, Meta(min_length=1, max_length=1000)]
    height: Annotated[int, Meta(ge=80, le=1200)] = 240
    categories: Annotated[list[Name], Meta(max_length=50)] = []


class Layout(msgspec.Struct, frozen=True, rename="camel"):
    """Which parts of the card come first, and which are left out; parts not named follow as they are."""

    order: Annotated[list[Name], Meta(max_length=50)] = []
    hidden: Annotated[list[Name], Meta(max_length=50)] = []


class BlockSetting(msgspec.Struct, frozen=True, rename="camel"):
    """`layout` by category key, "" for all others. `version`: what a change is based on, 0 for nothing set."""

    pull_url: Annotated[str, Meta(max_length=1000)] = ""
    frames: Annotated[list[FrameSetting], Meta(max_length=MOST_FRAMES)] = []
    layout: Annotated[dict[Name, Layout], Meta(max_length=200)] = {}
    auto_merge: bool = False
    version: int = 0

    def layout_for(self, case_type: str) -> Layout:
        return self.layout.get(case_type) or self.layout.get("") or Layout()


_settings: Remembered[str, dict[int, BlockSetting]] = Remembered(SECONDS)

_ALL: LiteralString = "SELECT brand_id, pull_url, frames, layout, auto_merge, version FROM players.block_setting"

_PUT: LiteralString = """
    INSERT INTO players.block_setting AS s (brand_id, pull_url, frames, layout, auto_merge) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (brand_id) DO UPDATE SET pull_url = $2, frames = $3, layout = $4, auto_merge = $5, version = s.version + 1
    WHERE s.version = $6
    RETURNING version
"""

CHANGED = Text(zh="有同事刚刚改过这些设置，请刷新后再改。", en="A colleague has just changed this; reload first.")
NO_BRAND = Text(zh="没有这个品牌。", en="There is no such brand.")
BAD_URL = Text(zh="请填写完整的 http(s) 网址。", en="Write a whole http(s) address.")


async def block_settings(reader: Reader) -> dict[int, BlockSetting]:
    """By brand; brands without any are absent. A few seconds old at most."""
    known = _settings.get(reader, "all")
    if known is None:
        known = _settings.put(reader, "all", {
            row[0]: msgspec.convert(dict(zip(BlockSetting.__struct_encode_fields__, tuple(row)[1:], strict=True)), BlockSetting)
            for row in await reader.fetch(_ALL)
        })
    return known


async def block_setting(reader: Reader, brand_id: int) -> BlockSetting:
    """What is set for this brand, else nothing: no address, no frames."""
    return (await block_settings(reader)).get(brand_id) or BlockSetting()


async def frame_origins(database: Database) -> list[str]:
    """The only places whose pages may be embedded in the workspace."""
    known = _settings.get(database, "all")
    if known is None:
        async with database.reading() as reader:
            known = await block_settings(reader)
    return sorted({origin_of(frame.url) for each in known.values() for frame in each.frames})


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def change_block_setting(tx: Tx, brand_id: int, wanted: BlockSetting, by_id: int) -> BlockSetting:
    """Replace the settings of a brand; refused when somebody was faster."""
    if await brand_by_id(tx, brand_id) is None:
        raise NotFound("no_such_brand", NO_BRAND)
    wanted = _checked(wanted)
    _settings.forget(tx)
    before = await block_setting(tx, brand_id)
    stored: Any = msgspec.to_builtins(wanted)
    version = None
    if before.version == wanted.version:
        version = await tx.value(
            _PUT, brand_id, wanted.pull_url, stored["frames"], stored["layout"], wanted.auto_merge, wanted.version
        )
    if version is None:
        raise Conflict("settings_changed", CHANGED)
    await record(tx, Trace(
        actor_id=by_id, action="data_blocks.changed", kind="brand", object_id=str(brand_id), brand_id=brand_id,
        before=msgspec.to_builtins(before), after=stored,
    ))
    _settings.forget(tx)
    return msgspec.structs.replace(wanted, version=version)


def _checked(wanted: BlockSetting) -> BlockSetting:
    fields: dict[str, Text] = {}
    if wanted.pull_url and not _is_address(wanted.pull_url):
        fields["pullUrl"] = BAD_URL
    for place, frame in enumerate(wanted.frames):
        if not _is_address(frame.url):
            fields[f"frames.{place}.url"] = BAD_URL
        if not clean_line(frame.title.zh) or not clean_line(frame.title.en):
            fields[f"frames.{place}.title"] = Text(zh="请填写中英文标题。", en="Give a title in both languages.")
    if len({frame.key for frame in wanted.frames}) < len(wanted.frames):
        fields["frames"] = Text(zh="每个页面的键不能相同。", en="Each page needs a key of its own.")
    if fields:
        raise Rejected("settings_invalid", next(iter(fields.values())), fields=fields)
    return wanted


def _is_address(url: str) -> bool:
    """Printable and without what would end a directive of the content security policy."""
    parts = urlsplit(url)
    clean = url.isprintable() and not set(url) & set(" ;,'\"<>\\") and url.isascii()
    return clean and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
