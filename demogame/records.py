"""Turn players and their ledgers into the records of the desk's `POST /game/v1/batch`."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from demogame.ledger import Ledger, Session
from demogame.world import Brand, Player

Record = dict[str, Any]
SESSIONS_KEPT = 4
"""The newest sessions of a player are enough: nobody reads older ones."""


def stamp(moment: datetime) -> str:
    """Write a time as the desk wants it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def servers(brand: Brand) -> list[Record]:
    """Return the servers of a brand."""
    return [{"type": "server", "key": s.key, "name": s.name} for s in brand.servers]


def about(player: Player, ledger: Ledger) -> list[Record]:
    """Return everything the desk should know of a player, given her ledger."""
    seen = ledger.sessions[-1].ended_at if ledger.sessions else _registered(player) + timedelta(days=9)
    person: Record = {
        "type": "player",
        "account": player.account,
        "name": player.name,
        "language": player.language,
        "registeredAt": stamp(_registered(player)),
        "lastSeenAt": stamp(seen),
    }
    return [person, *_characters(player, seen), *happened(player, ledger)]


def happened(player: Player, ledger: Ledger) -> list[Record]:
    """Return the events of a ledger: purchases, refunds, and the newest sessions."""
    place = {"server": player.main.server.key, "roleId": player.main.role_id}
    bought: list[Record] = [
        {
            "type": "purchase",
            "recordId": p.record_id,
            "account": player.account,
            "product": p.product,
            "amountMinor": p.amount_minor,
            "currency": "CNY",
            "state": p.state,
            "at": stamp(p.at),
            **place,
        }
        for p in ledger.purchases
    ]
    returned: list[Record] = [
        {
            "type": "refund",
            "recordId": r.record_id,
            "purchaseRecordId": r.purchase_id,
            "amountMinor": r.amount_minor,
            "reason": r.reason,
            "at": stamp(r.at),
        }
        for r in ledger.refunds
    ]
    return bought + returned + [_session(player, s) | place for s in ledger.sessions[-SESSIONS_KEPT:]]


def _session(player: Player, session: Session) -> Record:
    return {
        "type": "session",
        "recordId": session.record_id,
        "account": player.account,
        "startedAt": stamp(session.started_at),
        "endedAt": stamp(session.ended_at),
        "endReason": session.end_reason,
    }


def _characters(player: Player, seen: datetime) -> list[Record]:
    return [
        {
            "type": "character",
            "account": player.account,
            "server": c.server.key,
            "roleId": c.role_id,
            "name": c.name,
            "level": c.level,
            # Second characters are played now and then: the main one is the newest.
            "at": stamp(seen - timedelta(days=3 * place)),
        }
        for place, c in enumerate(player.characters)
    ]


def _registered(player: Player) -> datetime:
    return datetime.combine(player.registered, time(player.favourite_hour % 24), UTC)
