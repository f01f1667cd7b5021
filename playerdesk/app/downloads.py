"""Who on staff looks at an attachment, and may she: a link made for staff opens nothing without her session."""

from collections.abc import Awaitable, Callable
from typing import Any, LiteralString

from playerdesk.audit import Sightings, Trace
from playerdesk.kernel import Database, NotFound
from playerdesk.kernel.errors import Unauthenticated
from playerdesk.kernel.files import GONE, StoredFile
from playerdesk.kernel.http import SIGNED_OUT
from playerdesk.staff import authenticate, session_token

_WHERE: LiteralString = """
    SELECT t.id, t.brand_id, t.assignee_id, t.queue_id
    FROM tickets.message m JOIN tickets.ticket t ON t.id = m.ticket_id
    WHERE m.attachments <> '[]' AND m.attachments @> jsonb_build_array(jsonb_build_object('id', $1::text)) LIMIT 50
"""


def downloads(database: Database, sightings: Sightings) -> Callable[[Any, StoredFile, bool, bool], Awaitable[None]]:
    """What the files' route asks before it gives a file out.

    What staff may see can change every minute. So a colleague whose scope reaches none of the tickets a file was sent
    in is refused, whoever made the link and whenever.
    """

    async def ask(scope: Any, file: StoredFile, whole: bool, staff: bool) -> None:
        agent = await authenticate(database, session_token(scope))
        if agent is None:
            if staff:
                raise Unauthenticated("signed_out", SIGNED_OUT)
            return  # a player
        if staff and "tickets.read" not in agent.permissions:
            raise NotFound("file_not_found", GONE)
        if not whole and not agent.limited:
            return
        async with database.reading() as reader:
            found = await reader.fetch(_WHERE, file.id)
        # What was sent in no ticket is her own upload, or a word aside.
        if found and not any(agent.reaches(brand, assignee, queue) for _, brand, assignee, queue in found):
            raise NotFound("file_not_found", GONE)
        if whole:
            ticket_id, brand_id = (found[0][0], found[0][1]) if found else (None, None)
            await sightings.saw(Trace(
                actor_id=agent.id, action="file.downloaded", kind="file", object_id=file.id, brand_id=brand_id,
                after={"name": file.name, "ticketId": ticket_id},
            ))

    return ask
