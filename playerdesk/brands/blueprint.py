"""A brand as a document: its look, its tone, its clock and its switched-off modules.

Keys and webhook addresses are secrets of the desk and stay out.
"""

import re
from typing import ClassVar
from zoneinfo import available_timezones

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Place, Problem, Published, body_of
from playerdesk.brands.actions import add_brand
from playerdesk.brands.modules import MODULES
from playerdesk.brands.queries import brands
from playerdesk.kernel import Conflict, Reader, Text, Tx

_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_LOGO = re.compile(r"(https://|/)[^\s\"'<>]{1,500}")

NO_NAME = Text(zh="请填写中文和英文名称。", en="Give it a name in both languages.")
STAYS = Text(
    zh="游戏不能删除，它的工单都在。可以关闭它的功能，或停用它的密钥。",
    en="A brand cannot be removed, its tickets are there. Switch its modules off, or retire its keys.",
)


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it shows itself to players."""

    accent: str = ""
    logo: str = ""
    greeting: Text | None = None
    mode: str = ""


class BrandBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A brand. `modules` has only what is switched off."""

    name: Text
    time_zone: str = "Asia/Shanghai"
    reopen_days: int = 7
    theme: Look = Look()
    tone: Text | None = None
    modules: dict[str, bool] = {}


class BrandKind(Kind):
    """Games and shops."""

    name: ClassVar[str] = "brand"
    label: ClassVar[Text] = Text(zh="游戏与店铺", en="Brand")
    branded: ClassVar[bool] = False

    def normal(self, body: dict[str, object]) -> dict[str, object]:
        read = msgspec.convert(body, BrandBody)
        off = {name: on for name, on in sorted(read.modules.items()) if not on or name not in MODULES}
        return body_of(msgspec.structs.replace(read, modules=off))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        body = msgspec.convert(asked.body, BrandBody)
        problems: list[Problem] = []

        def wrong(place: str, zh: str, en: str) -> None:
            problems.append(Problem(place, Text(zh, en)))

        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", asked.place.key):
            wrong("key", "标识只能用小写字母、数字和连字符，最长 40 个。", "A key has lower-case letters, digits and hyphens.")
        if not body.name.zh.strip() or not body.name.en.strip():
            problems.append(Problem("name", NO_NAME))
        if body.time_zone not in available_timezones():
            wrong("timeZone", "没有这个时区，例如可填 Asia/Shanghai。", "There is no such time zone; Asia/Shanghai is one.")
        if not 0 <= body.reopen_days <= 365:
            wrong("reopenDays", "重开期限为 0 到 365 天。", "Reopening is possible for 0 to 365 days.")
        if body.theme.accent and not _ACCENT.fullmatch(body.theme.accent):
            wrong("theme.accent", "颜色应写成 #RRGGBB。", "A colour is written #RRGGBB.")
        if body.theme.logo and not _LOGO.fullmatch(body.theme.logo):
            wrong("theme.logo", "标志应是以 https:// 开头的图片地址。", "A logo is the address of a picture and begins with https://.")
        if body.theme.mode not in ("", "light", "dark", "auto"):
            wrong("theme.mode", "只能是浅色、深色或跟随手机。", "Light, dark or auto.")
        for module in body.modules:
            if module not in MODULES:
                wrong(f"modules.{module}", "没有这个功能模块。", "There is no such module.")
        return problems

    async def apply(self, tx: Tx, published: Published) -> None:
        body = msgspec.convert(published.body, BrandBody)
        await add_brand(
            tx, published.place.key, body.name, theme=body_of(body.theme), time_zone=body.time_zone,
            reopen_days=body.reopen_days, modules=body.modules, tone=body.tone,
        )

    async def retire(self, tx: Tx, place: Place) -> None:
        raise Conflict("brand_stays", STAYS)

    async def living(self, reader: Reader) -> list[Living]:
        return [
            Living("", brand.key, self.normal({
                "name": msgspec.to_builtins(brand.name), "timeZone": brand.time_zone, "reopenDays": brand.reopen_days,
                "theme": {name: brand.theme[name] for name in Look.__struct_fields__ if brand.theme.get(name)},
                "tone": brand.tone and msgspec.to_builtins(brand.tone), "modules": brand.modules,
            }))
            for brand in await brands(reader)
        ]
