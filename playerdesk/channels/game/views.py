"""A player's tickets and messages, read and put into her shapes."""

from collections.abc import Sequence

from playerdesk.brands import brand_by_id
from playerdesk.channels.game.shapes import PlayerMessage, PlayerTicket, player_message, player_ticket
from playerdesk.kernel import Database, NotFound, Reader, Remembered, Text, now
from playerdesk.tickets import Detail, Entry, detail, of_player, visible_entries

NO_SUCH = Text(zh="没有找到这个问题记录。", en="We could not find this question.")
NEWEST = 50

_names: Remembered[str, dict[int, str]] = Remembered(5.0, grace=0.5)
_keys: Remembered[str, dict[int, str]] = Remembered(5.0, grace=0.5)


async def person_names(reader: Reader) -> dict[int, str]:
    """How agents are called towards players."""
    known = _names.get(reader, "all")
    if known is None:
        known = {row[0]: row[1] for row in await reader.fetch("SELECT id, name FROM staff.person")}
        _names.put(reader, "all", known)
    return known


async def _category_keys(reader: Reader) -> dict[int, str]:
    known = _keys.get(reader, "all")
    if known is None:
        known = {row[0]: row[1] for row in await reader.fetch("SELECT id, key FROM forms.category")}
        _keys.put(reader, "all", known)
    return known


async def shape_tickets(reader: Reader, tickets: Sequence[Detail]) -> list[PlayerTicket]:
    """Details into what the player sees."""
    keys = await _category_keys(reader)
    names = await person_names(reader)
    shaped: list[PlayerTicket] = []
    for ticket in tickets:
        brand = await brand_by_id(reader, ticket.brand_id)
        shaped.append(player_ticket(ticket, keys, names, brand, now()))
    return shaped


async def shape_messages(reader: Reader, entries: Sequence[Entry]) -> list[PlayerMessage]:
    """Entries into what the player sees; private ones are left out, whoever put them in."""
    names = await person_names(reader)
    return [player_message(entry, names) for entry in entries if entry.number is not None]


async def own(reader: Reader, player_id: int, ticket_id: int) -> Detail:
    """The player's own ticket; anybody else's does not exist for her."""
    ticket = await detail(reader, ticket_id)
    if ticket is None or ticket.player_id != player_id:
        raise NotFound("no_such_ticket", NO_SUCH)
    return ticket


async def check_own(database: Database, player_id: int, ticket_id: int) -> Detail:
    """The same on a connection of its own."""
    async with database.reading() as reader:
        return await own(reader, player_id, ticket_id)


async def my_ticket(database: Database, player_id: int, ticket_id: int) -> PlayerTicket:
    """One ticket as the player sees it."""
    async with database.reading() as reader:
        return (await shape_tickets(reader, [await own(reader, player_id, ticket_id)]))[0]


async def show_ticket(database: Database, ticket: Detail) -> PlayerTicket:
    """A ticket just written, as the player sees it."""
    async with database.reading() as reader:
        return (await shape_tickets(reader, [ticket]))[0]


async def show_message(database: Database, entry: Entry) -> PlayerMessage:
    """A message just written, as the player sees it."""
    async with database.reading() as reader:
        return (await shape_messages(reader, [entry]))[0]


async def my_tickets(database: Database, player_id: int) -> list[PlayerTicket]:
    """Her newest tickets."""
    async with database.reading() as reader:
        return await shape_tickets(reader, await of_player(reader, player_id, NEWEST))


async def messages_after(database: Database, ticket_id: int, number: int) -> list[PlayerMessage]:
    """The messages after this number, oldest first."""
    async with database.reading() as reader:
        return await shape_messages(reader, await visible_entries(reader, ticket_id, number))
