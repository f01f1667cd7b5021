"""What the game channel does by itself: deliver the outbox, and forget what was delivered long ago."""

from playerdesk.channels.game.webhooks import deliver
from playerdesk.kernel import Database, Loop


async def forget_delivered(database: Database) -> None:
    """The log of what arrived is kept for a month."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM channels.delivery WHERE id IN (SELECT id FROM channels.delivery"
            " WHERE state = 'delivered' AND delivered_at < now() - interval '30 days' LIMIT 5000)"
        )


LOOPS = (Loop("deliver webhooks", 1, deliver), Loop("forget deliveries", 600, forget_delivered))
