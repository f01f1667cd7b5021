"""What each tier gets: its name, its head start in line, a manager of its own, privileges."""

from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, Remembered, Text, Tx
from playerdesk.players.rules import TIERS


class Privilege(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a tier is granted, in words for those who serve her: a fast lane, a gift pack, birthday care."""

    key: str
    name: Text
    detail: Text = Text("", "")


class TierService(msgspec.Struct, frozen=True, rename="camel"):
    """A row of players.tier_service."""

    tier: str
    name: Text
    head_start_seconds: int
    manager: bool
    self_service_first: bool
    privileges: list[Privilege]


_services: Remembered[str, dict[str, TierService]] = Remembered(5.0)

_READ: LiteralString = """
    SELECT tier, name, head_start_seconds, manager, self_service_first, privileges FROM players.tier_service
"""

_WRITE: LiteralString = """
    INSERT INTO players.tier_service (tier, name, head_start_seconds, manager, self_service_first, privileges)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tier) DO UPDATE SET
        name = excluded.name, head_start_seconds = excluded.head_start_seconds, manager = excluded.manager,
        self_service_first = excluded.self_service_first, privileges = excluded.privileges
"""


async def tier_services(reader: Reader) -> dict[str, TierService]:
    """By tier, the best first; at most five seconds old."""
    known = _services.get(reader, "all")
    return known or _services.put(reader, "all", await fresh_tier_services(reader))


async def fresh_tier_services(reader: Reader) -> dict[str, TierService]:
    """As the database has them now."""
    rows = {
        row[0]: TierService(row[0], Text(**row[1]), row[2], row[3], row[4], msgspec.convert(row[5], list[Privilege]))
        for row in await reader.fetch(_READ)
    }
    return {tier: rows[tier] for tier in TIERS if tier in rows}


async def set_tier_service(tx: Tx, service: TierService) -> None:
    """From now on."""
    privileges: list[Any] = [msgspec.to_builtins(each) for each in service.privileges]
    await tx.execute(
        _WRITE, service.tier, {"zh": service.name.zh, "en": service.name.en}, service.head_start_seconds, service.manager,
        service.self_service_first, privileges,
    )
    _services.forget(tx)


async def managed_tiers(reader: Reader) -> list[str]:
    """The tiers whose players have a manager of their own."""
    return [tier for tier, each in (await tier_services(reader)).items() if each.manager]
