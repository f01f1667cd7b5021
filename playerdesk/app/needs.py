"""What still needs a department, team, queue or role that somebody is about to take away, wherever she does it."""

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, needed_by
from playerdesk.kernel import Reader, Text


async def documents(reader: Reader, kind: str, key: str) -> list[Text]:
    """Everything designed that mentions it. Steps of processes are named by `processes`, with those under way."""
    if kind not in {each.name for each in KINDS}:
        return []
    brand_key = next((brand for brand, named in await KINDS[kind].names(reader) if named == key), "")
    needed = await needed_by(reader, KINDS, Place(kind, brand_key, key))
    return list({each.blueprint: each.words for each in needed if each.blueprint.kind != "process"}.values())


async def open_tickets(reader: Reader, kind: str, key: str) -> list[Text]:
    """Tickets that wait in a queue would wait for ever."""
    count: int = 0 if kind != "queue" else await reader.value(
        "SELECT count(*)::int FROM tickets.ticket t JOIN staff.queue q ON q.id = t.queue_id"
        " WHERE q.key = $1 AND t.status IN ('new', 'open', 'pending', 'hold')", key,
    )
    return [Text(f"{count} 张未结工单", f"{count} open tickets")] if count else []


ASKED = (documents, open_tickets)
