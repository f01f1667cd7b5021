"""The two lanes over which the hot commands are written in this process."""

from collections.abc import Sequence

from playerdesk.kernel import Database, Lane, Refused, Tx, now
from playerdesk.tickets.messages import Post, Posted, post_and_tell
from playerdesk.tickets.opening import Opened, OpenTicket, open_tickets
from playerdesk.tickets.queries import Detail, Entry, details, entries_at
from playerdesk.tickets.recent import keep


class Writers:
    """Open tickets and post messages, coalesced: under a flood many share one statement.

    What was written is read back with it, for the whole batch at once: the caller has to show it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: Lane[OpenTicket, tuple[Opened, Detail]] = Lane(database, _open_and_read, widest=128, patience=0.002)
        self._post: Lane[Post, tuple[Posted, Entry]] = Lane(database, _post_and_read, widest=256)

    async def open(self, ticket: OpenTicket) -> Opened:
        """The ticket, committed; raises the refusal that concerns this item."""
        return (await self._open.put(ticket))[0]

    async def open_and_show(self, ticket: OpenTicket) -> tuple[Opened, Detail]:
        """The same, with the ticket as it stands now."""
        return await self._open.put(ticket)

    async def post(self, post: Post) -> Posted:
        """The message's place, committed; raises the refusal that concerns this item."""
        return (await self.post_and_show(post))[0]

    async def post_and_show(self, post: Post) -> tuple[Posted, Entry]:
        """The same, with the entry of the timeline."""
        posted, entry = await self._post.put(post)
        keep(self._database, (entry,))
        return posted, entry


async def _open_and_read(tx: Tx, asked: Sequence[OpenTicket]) -> list[tuple[Opened, Detail] | Refused]:
    results = await open_tickets(tx, asked, now())
    opened = [result for result in results if isinstance(result, Opened)]
    found = {result.ticket_id: result.shown for result in opened if result.shown is not None}
    unseen = {result.ticket_id for result in opened} - found.keys()
    if unseen:
        found |= {ticket.id: ticket for ticket in await details(tx, list(unseen))}
    return [(result, found[result.ticket_id]) if isinstance(result, Opened) else result for result in results]


async def _post_and_read(tx: Tx, posts: Sequence[Post]) -> list[tuple[Posted, Entry] | Refused]:
    results, found = await post_and_tell(tx, posts, now())
    before = {(r.ticket_id, r.seq) for r in results if isinstance(r, Posted)} - found.keys()
    if before:
        found |= {(entry.ticket_id, entry.seq): entry for entry in await entries_at(tx, list(before))}
    return [
        (result, found[result.ticket_id, result.seq]) if isinstance(result, Posted) else result for result in results
    ]
