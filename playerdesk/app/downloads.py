"""Who on staff has looked at an attachment: links are open to whoever holds one, but her browser shows her session, too."""

from collections.abc import Awaitable, Callable
from typing import Any, LiteralString

from playerdesk.audit import Sightings, Trace
from playerdesk.kernel import Database
from playerdesk.kernel.files import StoredFile
from playerdesk.staff import authenticate, session_token

_WHERE: LiteralString = """
    SELECT t.id, t.brand_id FROM tickets.message m JOIN tickets.ticket t ON t.id = m.ticket_id
    WHERE m.attachments <> '[]' AND m.attachments @> jsonb_build_array(jsonb_build_object('id', $1::text)) LIMIT 1
"""


def downloads(database: Database, sightings: Sightings) -> Callable[[Any, StoredFile], Awaitable[None]]:
    """What the files' route tells of each file it gives out whole."""

    async def tell(scope: Any, file: StoredFile) -> None:
        agent = await authenticate(database, session_token(scope))
        if agent is None:
            return  # a player, or a screen that is not signed in here
        async with database.reading() as reader:
            found = await reader.fetch(_WHERE, file.id)
        ticket_id, brand_id = found[0] if found else (None, None)
        await sightings.saw(Trace(
            actor_id=agent.id, action="file.downloaded", kind="file", object_id=file.id, brand_id=brand_id,
            after={"name": file.name, "ticketId": ticket_id},
        ))

    return tell
