"""What processes need of the packages beside and below them: calendars, categories, and a word before a department goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from playerdesk.brands import module_on
from playerdesk.forms import category_by_id
from playerdesk.kernel import Database, NotFound, Reactions, Reader, Text, Tx
from playerdesk.kernel.http import answer, may
from playerdesk.processes import hours, start_process
from playerdesk.processes.parties import names_of
from playerdesk.processes.usage import steps_of_party
from playerdesk.sla import add_open_seconds
from playerdesk.sla.queries import calendar_of
from playerdesk.staff import queues
from playerdesk.staff.removing import ask_before_removing
from playerdesk.tickets import TicketOpened

Caller = Request[Any, Any, Any]

reactions = Reactions("processes")


@reactions.within(TicketOpened)
async def start_by_category(tx: Tx, events: Sequence[TicketOpened]) -> None:
    """A category can name the process that begins with a ticket of it. Costs nothing where none does."""
    for event in events:
        category = await category_by_id(tx, event.category_id) if event.category_id else None
        key: str = category.process_key if category else ""
        if key and await module_on(tx, event.brand_id, "processes"):
            try:
                await start_process(tx, event.ticket_id, key, None, "category", event.at)
            except NotFound:
                continue  # retired meanwhile; the player's question is what counts


async def open_minutes(reader: Reader, calendar: str, start: datetime, minutes: int) -> datetime | None:
    """Deadlines of steps in the open hours of a service level's calendar."""
    found = await reader.fetch(
        "SELECT time_zone, week, chinese_holidays, exceptions FROM sla.calendar WHERE key = $1", calendar
    )
    return add_open_seconds(calendar_of(*found[0]), start, minutes * 60) if found else None


async def owns_steps(reader: Reader, kind: str, key: str) -> list[Text]:
    """Why a department cannot go: the steps it is responsible for."""
    return await steps_of_party(reader, f"{kind}:{key}") if kind in ("department", "queue", "role") else []


class BookEntry(msgspec.Struct, frozen=True):
    """Something a process can name."""

    key: str
    name: Text


class ProcessBook(msgspec.Struct, frozen=True):
    """What the editor offers: who can be responsible, and by whose hours deadlines are counted."""

    departments: list[BookEntry]
    queues: list[BookEntry]
    roles: list[BookEntry]
    people: list[BookEntry]
    calendars: list[BookEntry]


_BOOK: tuple[tuple[str, str], ...] = (
    ("department", "departments"), ("queue", "queues"), ("role", "roles"), ("person", "people"),
)


@get("/agent/v1/processes/book", guards=[may("blueprints.edit")])
async def process_book(request: Caller, database: NamedDependency[Database]) -> Response[ProcessBook]:
    """Departments, queues, roles, people and calendars by key; of queues those of her games and everybody's."""
    async with database.reading() as reader:
        others = {
            f"queue:{each.key}" for each in await queues(reader)
            if each.brand_id is not None and not request.user.serves(each.brand_id)
        }
        names = {key: name for key, name in (await names_of(reader)).items() if key not in others}
        calendars = await reader.fetch("SELECT key, name FROM sla.calendar ORDER BY key")
    found: dict[str, list[BookEntry]] = {}
    for kind, part in _BOOK:
        found[part] = [BookEntry(key.partition(":")[2], name) for key, name in names.items() if key.startswith(f"{kind}:")]
    return answer(ProcessBook(**found, calendars=[BookEntry(row[0], Text(**row[1])) for row in calendars]))


ROUTES: list[Any] = [process_book]

hours.reckon_with(open_minutes)
ask_before_removing(owns_steps)
