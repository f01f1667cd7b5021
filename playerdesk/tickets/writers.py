"""The two lanes over which the hot commands are written in this process."""

from playerdesk.kernel import Database, Lane, now
from playerdesk.tickets.messages import Post, Posted, post_messages
from playerdesk.tickets.opening import Opened, OpenTicket, open_tickets


class Writers:
    """Open tickets and post messages, coalesced: under a flood many share one statement."""

    def __init__(self, database: Database) -> None:
        self._open: Lane[OpenTicket, Opened] = Lane(
            database, lambda tx, items: open_tickets(tx, items, now()), widest=128
        )
        self._post: Lane[Post, Posted] = Lane(
            database, lambda tx, items: post_messages(tx, items, now()), widest=256
        )

    async def open(self, ticket: OpenTicket) -> Opened:
        """The ticket, committed; raises the refusal that concerns this item."""
        return await self._open.put(ticket)

    async def post(self, post: Post) -> Posted:
        """The message's place, committed; raises the refusal that concerns this item."""
        return await self._post.put(post)
