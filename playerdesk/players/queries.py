"""Players, the tier rule and portfolios, as others see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.players.rules import Portfolio, Thresholds
from playerdesk.staff import people


class Player(msgspec.Struct, frozen=True, rename="camel"):
    """What a ticket or a routing decision needs to know about a player."""

    id: int
    name: str
    language: str
    tier: str
    vip_manager_id: int | None
    last_seen_at: datetime | None


class TierRule(msgspec.Struct, frozen=True, rename="camel"):
    """From which spend in the window a tier begins, in minor units of the currency."""

    window_days: int
    high_minor: int
    mid_minor: int
    low_minor: int
    currency: str
    currencies: dict[str, dict[str, int]] = {}
    """Those of other currencies: {"USD": {"high": …, "mid": …, "low": …}}; the best tier of all counts."""

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.high_minor, self.mid_minor, self.low_minor)


class ManagerLoad(msgspec.Struct, frozen=True, rename="camel"):
    """A VIP manager and how many players she looks after."""

    person_id: int
    name: str
    players: int


class Account(msgspec.Struct, frozen=True):
    """A game account."""

    player_id: int
    brand_id: int
    account: str


_ACCOUNT: LiteralString = """
    SELECT i.player_id, b.id, i.value FROM players.identity i JOIN brands.brand b ON b.key = i.issuer
    WHERE i.player_id = ANY($1::bigint[]) AND i.kind = 'game_account' AND b.id = ANY($2::bigint[])
    ORDER BY array_position($1, i.player_id), i.id LIMIT 1
"""

_PLAYERS: LiteralString = """
    SELECT id, name, language, tier, vip_manager_id, last_seen_at FROM players.player WHERE id = ANY($1::bigint[])
"""

BY_ACCOUNT: LiteralString = """
    SELECT p.id, p.name, p.language, p.tier, p.vip_manager_id, p.last_seen_at
    FROM players.identity i JOIN players.player p ON p.id = i.player_id
    WHERE i.kind = 'game_account' AND i.issuer = $1 AND i.value = $2
"""

_RULE: LiteralString = "SELECT window_days, high_minor, mid_minor, low_minor, currency, currencies FROM players.tier_rule"

_LOADS: LiteralString = """
    SELECT vip_manager_id, count(*) FROM players.player
    WHERE vip_manager_id = ANY($1::bigint[]) AND merged_into IS NULL GROUP BY 1
"""


async def players_by_id(reader: Reader, ids: Sequence[int]) -> dict[int, Player]:
    """These players; unknown ids are simply absent."""
    return {player.id: player for player in await reader.rows(Player, _PLAYERS, list(ids))}


async def player_by_account(reader: Reader, brand_key: str, account: str) -> Player | None:
    """Who plays with this account."""
    return await reader.row(Player, BY_ACCOUNT, brand_key, account)


async def account_in(reader: Reader, player_ids: Sequence[int], brand_ids: Sequence[int]) -> Account | None:
    """The first account of these players in one of these brands."""
    return await reader.row(Account, _ACCOUNT, list(player_ids), list(brand_ids))


async def tier_rule(reader: Reader) -> TierRule:
    """The rule in force."""
    rule = await reader.row(TierRule, _RULE)
    if rule is None:
        raise LookupError("players.tier_rule is empty; the migrations put one row into it")
    return rule


async def manager_of(reader: Reader, player_id: int) -> int | None:
    """Her VIP manager, if she has one."""
    return await reader.value("SELECT vip_manager_id FROM players.player WHERE id = $1", player_id)


async def portfolios(reader: Reader) -> list[Portfolio]:
    """Everybody who may look after high payers, with how many she has."""
    managers = [person for person in await people(reader) if "vip_manager" in person.roles]
    loads = {record[0]: record[1] for record in await reader.fetch(_LOADS, [person.id for person in managers])}
    return [Portfolio(person.id, person.brand_ids, loads.get(person.id, 0)) for person in managers]


async def managers_load(reader: Reader) -> list[ManagerLoad]:
    """The VIP managers, the least loaded first."""
    names = {person.id: person.name for person in await people(reader)}
    return [
        ManagerLoad(each.person_id, names[each.person_id], each.players)
        for each in sorted(await portfolios(reader), key=lambda each: (each.players, each.person_id))
    ]
