"""Choose a template, fill in the facts of this player's trouble, and make it sound typed on a phone."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

import msgspec
from msgspec import Struct

from demogame.texts.facts import Facts, fill

FOLDER = Path(__file__).parent
Tone = Literal["polite", "plain", "angry"]
Talk = Literal[
    "waiting", "nudging", "leaving", "greeting", "details", "payment", "device", "picture", "no_picture", "holding",
    "done", "undone", "agree", "doubt", "angry", "thanks", "reopening", "field",
]  # fmt: skip


class Openings(Struct):
    """The ways to begin in one category."""

    open: list[str]
    more: list[str]
    skyreach: list[str] = []
    happycards: list[str] = []


@cache
def openings(language: str) -> dict[str, Openings]:
    """Return the openings of a language by category key."""
    return msgspec.toml.decode((FOLDER / f"openings_{language}.toml").read_bytes(), type=dict[str, Openings])


@cache
def _talk(language: str) -> dict[str, list[str]]:
    raw = (FOLDER / f"talk_{language}.toml").read_bytes()
    return msgspec.toml.decode(raw, type=dict[str, list[str]])


CATEGORIES = tuple(openings("zh"))


def opening(rng: Random, facts: Facts, category: str, tone: Tone) -> str:
    """Return the first words of a question."""
    known = openings(facts.language)
    ways = known.get(category, known["other"])
    own = ways.skyreach if facts.brand == "skyreach" else ways.happycards
    return _typed(rng, fill(rng.choice(ways.open + own), facts), facts.language, tone)


def more(rng: Random, facts: Facts, category: str) -> str:
    """Return a second line on the same trouble."""
    known = openings(facts.language)
    return fill(rng.choice(known.get(category, known["other"]).more), facts)


def say(rng: Random, facts: Facts, kind: Talk) -> str:
    """Return one short message of a kind."""
    return fill(rng.choice(_talk(facts.language)[kind]), facts)


def comment(rng: Random, facts: Facts, kind: Literal["good", "middle", "slow", "bad"]) -> str:
    """Return the words beside a rating; may be empty."""
    return fill(rng.choice(_talk(facts.language)[f"rating_{kind}"]), facts)


SLIPS = (
    ("账号", "帐号"), ("登录", "登陆"), ("的", "得"), ("在", "再"), ("什么", "神马"), ("怎么", "咋"), ("没有", "木有"),
    ("是不是", "是不四"),
)  # fmt: skip
FACES = ("😭", "😡", "🙏", "😤", "💢", "😢", "🤮", "😅")
BEGGING = ("，麻烦尽快处理，谢谢", " 谢谢", "，拜托了🙏", " 辛苦了")


def _typed(rng: Random, text: str, language: str, tone: Tone) -> str:
    if language == "en":
        return text.lower() if rng.random() < 0.25 else text
    if tone == "polite":
        return rng.choice(("你好，", "您好，", "客服你好，", "")) + text + rng.choice(BEGGING)
    if rng.random() < 0.30:
        text = text.replace("，", " ").replace("。", " ")
    if rng.random() < 0.12:
        right, slip = rng.choice(SLIPS)
        text = text.replace(right, slip, 1)
    if tone == "angry":
        text += rng.choice(("！！！", "？？？", "!!!", " 快点处理", " 服了", "💢", "😡😡"))
    elif rng.random() < 0.12:
        text += rng.choice(FACES)
    return text
