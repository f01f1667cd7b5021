"""Who plays: brands, servers, players and characters, each a pure function of seed and account."""

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Literal

from msgspec import Struct

from demogame import names

Segment = Literal["high", "mid", "low", "none"]
Habit = Literal["daily", "weekly", "gone"]


class Server(Struct, frozen=True):
    """One world players live in."""

    key: str
    name: str


class Brand(Struct, frozen=True):
    """One game with its own accounts, servers and signing key."""

    key: str
    name_zh: str
    name_en: str
    prefix: str
    players: int
    servers: tuple[Server, ...]
    top_level: int

    @property
    def is_cards(self) -> bool:
        """Tell the card game from the MMO: names and words differ."""
        return self.key == "happycards"


class Character(Struct, frozen=True):
    """A role on a server."""

    server: Server
    role_id: str
    name: str
    level: int


class Player(Struct, frozen=True):
    """A game account and what kind of person plays it."""

    brand: Brand
    account: str
    name: str
    language: Literal["zh", "en"]
    segment: Segment
    habit: Habit
    registered: date
    favourite_hour: int
    """Hour of the day in Shanghai around which this person plays."""
    characters: tuple[Character, ...]

    @property
    def main(self) -> Character:
        """Return the character the player usually plays."""
        return self.characters[0]


SKYREACH = Brand(
    key="skyreach", name_zh="云境传说", name_en="Skyreach", prefix="sr", players=12_000, top_level=120,
    servers=(Server("s1", "云海之巅"), Server("s2", "苍穹圣殿"), Server("s3", "星落平原"), Server("s4", "龙吟峡谷")),
)  # fmt: skip
HAPPYCARDS = Brand(
    key="happycards", name_zh="欢乐牌局", name_en="Happy Cards", prefix="hc", players=8_000, top_level=60,
    servers=(Server("h1", "欢乐一区"), Server("h2", "巅峰对决")),
)  # fmt: skip
BRANDS = (SKYREACH, HAPPYCARDS)

# The players a person tries out by hand: always the same people, and the crowd leaves them alone.
CAST: dict[str, tuple[str, Segment, Literal["zh", "en"]]] = {
    "sr-000001": ("剑舞红尘", "high", "zh"),
    "sr-000002": ("楚惊云", "high", "zh"),
    "sr-000003": ("晚风入怀", "mid", "zh"),
    "sr-000004": ("爱吃小鱼干", "low", "zh"),
    "sr-000005": ("今天不加班", "none", "zh"),
    "sr-000006": ("FrostRaven", "high", "en"),
    "hc-000001": ("成都老李", "high", "zh"),
    "hc-000002": ("逢炸必赢", "mid", "zh"),
    "hc-000003": ("退休老干部", "low", "zh"),
    "hc-000004": ("三缺一", "none", "zh"),
    "hc-000005": ("LuckyJoker", "mid", "en"),
}
FIRST_DAY = date(2020, 1, 1)


def rng_for(seed: str, topic: str, account: str) -> Random:
    """Return the dice of one topic for one account: the same ones in every run."""
    return Random(f"{seed}|{topic}|{account}")


def brand_of(account: str) -> Brand | None:
    """Return the brand of a well-formed account that exists, or None."""
    prefix, _, number = account.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) == 6):
        return None
    found = (b for b in BRANDS if b.prefix == prefix and 1 <= int(number) <= b.players)
    return next(found, None)


def account_of(brand: Brand, number: int) -> str:
    """Return the account name of the n-th player of a brand."""
    return f"{brand.prefix}-{number:06d}"


@lru_cache(maxsize=32_768)
def player(seed: str, account: str) -> Player:
    """Return the person behind an account."""
    brand = brand_of(account)
    if brand is None:
        raise KeyError(account)
    rng = rng_for(seed, "player", account)
    segment = _segment(rng)
    language: Literal["zh", "en"] = "en" if rng.random() < 0.07 else "zh"
    name = names.english_nickname(rng) if language == "en" else names.chinese_nickname(rng, brand.is_cards)
    if account in CAST:
        name, segment, language = CAST[account]
    habit = "daily" if account in CAST else _habit(rng, segment)
    return Player(
        brand=brand, account=account, name=name, language=language, segment=segment, habit=habit,
        registered=FIRST_DAY + timedelta(days=int(rng.random() ** 0.7 * 2000)),
        favourite_hour=rng.choices((1, 8, 12, 13, 18, 20, 21, 22, 23), (3, 4, 12, 10, 14, 20, 20, 14, 6))[0],
        characters=_characters(rng, brand, account, segment, language),
    )  # fmt: skip


def _segment(rng: Random) -> Segment:
    return rng.choices(("high", "mid", "low", "none"), (1.6, 8, 26, 64.4))[0]


def _habit(rng: Random, segment: Segment) -> Habit:
    weights = {"high": (90, 9, 1), "mid": (70, 28, 2), "low": (45, 50, 5), "none": (20, 40, 40)}[segment]
    return rng.choices(("daily", "weekly", "gone"), weights)[0]


def _characters(rng: Random, brand: Brand, account: str, segment: Segment, language: str) -> tuple[Character, ...]:
    count = rng.choices((1, 2, 3), (78, 17, 5))[0] if not brand.is_cards else 1
    servers = rng.sample(brand.servers, min(count, len(brand.servers)))
    effort = {"high": 0.85, "mid": 0.7, "low": 0.5, "none": 0.3}[segment]
    number = int(account[-6:])
    return tuple(
        Character(
            server=server,
            role_id=f"{server.key}{number:06d}{place}",
            name=names.character_name(rng, language, brand.is_cards),
            level=max(1, min(brand.top_level, round(rng.gauss(effort, 0.15) * brand.top_level / (place + 1)))),
        )
        for place, server in enumerate(servers)
    )
