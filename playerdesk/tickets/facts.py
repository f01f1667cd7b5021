"""The facts every ticket event carries, taken from where the ticket stands."""

from datetime import datetime
from typing import Any

from playerdesk.tickets.standing import Standing


def facts(standing: Standing, at: datetime) -> dict[str, Any]:
    """Keyword arguments for any `TicketEvent`."""
    return {
        "ticket_id": standing.id,
        "brand_id": standing.brand_id,
        "player_id": standing.player_id,
        "channel": standing.channel,
        "tier": standing.tier,
        "priority": standing.priority,
        "category_id": standing.category_id,
        "queue_id": standing.queue_id,
        "assignee_id": standing.assignee_id,
        "status": standing.status,
        "live": standing.live,
        "at": at,
    }
