"""From a card and a player's tickets to the facts that may explain her anger. Pure."""

from collections.abc import Sequence

from playerdesk.players import Contacted, Facts, Penalty, Play, PlayerCard, Purchase
from playerdesk.tickets import OPEN, TicketRow


def facts_of(card: PlayerCard, tickets: Sequence[TicketRow]) -> Facts:
    """Newest first in each list, as the card has them. What is masked on the card explains nothing here either."""
    return Facts(
        purchases=[Purchase(each.product, _money(each.amount_minor, each.currency), each.state, each.at)
                  for each in card.purchases],
        plays=[Play(each.ended_at, each.end_reason, each.server_name or each.server_key or "") for each in card.sessions],
        penalties=[Penalty(each.kind, each.reason, each.at, each.until, each.lifted_at) for each in card.penalties],
        tickets=[
            Contacted(each.id, each.status in OPEN, each.waiting_since, each.breached, each.reopened, each.rating,
                      each.updated_at)
            for each in tickets
        ],
        realname=card.realname, age=card.realname_age,
    )


def _money(minor: int, currency: str) -> str:
    sign = {"CNY": "¥", "USD": "$", "EUR": "€"}.get(currency, f"{currency} ")
    return f"{sign}{minor // 100}" if minor % 100 == 0 else f"{sign}{minor / 100:.2f}"
