"""People, queues and presence, as others see them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Remembered, Text
from playerdesk.staff.rules import GRACE, Agent, Locale, ScopeKind, State


class Presence(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody says she is, and since when."""

    state: State
    since: datetime


class Person(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody on staff."""

    id: int
    login: str
    name: str
    roles: list[str]
    brand_ids: list[int]
    locale: Locale
    chat_capacity: int
    ticket_capacity: int
    deputy_id: int | None
    languages: list[str]
    suspended_at: datetime | None
    state: State
    since: datetime


class Queue(msgspec.Struct, frozen=True, rename="camel"):
    """A line of waiting tickets. Without a brand it serves every brand; without push agents pull."""

    id: int
    key: str
    name: Text
    brand_id: int | None
    push: bool
    is_vip_pool: bool


class OnDuty(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody who can be given work this second."""

    person_id: int
    queue_ids: list[int]
    brand_ids: list[int]
    chat_capacity: int
    ticket_capacity: int
    languages: list[str]
    state: State
    since: datetime
    deputy_id: int | None
    roles: list[str]

    def serves(self, brand_id: int) -> bool:
        """Whether she works for this brand."""
        return not self.brand_ids or brand_id in self.brand_ids


class Me(msgspec.Struct, frozen=True, rename="camel"):
    """What the workspace needs to know about the person in front of it."""

    id: int
    login: str
    name: str
    roles: list[str]
    permissions: list[str]
    locale: Locale
    brand_ids: list[int]
    queue_ids: list[int]
    presence: Presence
    lost_since: datetime | None
    """Offline because her screens were lost, not because she chose to be: when they were last heard."""
    chat_capacity: int
    ticket_capacity: int
    scope: ScopeKind
    must: Literal["enrol", "prove"] | None
    """Her roles demand a second factor: she has none yet, or has not shown it in this session."""


_queues: Remembered[str, list[Queue]] = Remembered(5.0)

_PERSON: LiteralString = """
    SELECT p.id, p.login, p.name, p.roles, p.brand_ids, p.locale, p.chat_capacity, p.ticket_capacity, p.deputy_id,
           p.languages, p.suspended_at, coalesce(s.state, 'offline'), coalesce(s.since, p.created_at)
    FROM staff.person p LEFT JOIN staff.presence s ON s.person_id = p.id
"""

_QUEUES: LiteralString = """
    SELECT id, key, name, brand_id, push, is_vip_pool FROM staff.queue WHERE retired_at IS NULL ORDER BY position, id
"""

_ON_DUTY: LiteralString = """
    SELECT p.id, array(SELECT m.queue_id FROM staff.queue_member m WHERE m.person_id = p.id ORDER BY 1),
           p.brand_ids, p.chat_capacity, p.ticket_capacity, p.languages, s.state, s.since, p.deputy_id, p.roles
    FROM staff.presence s JOIN staff.person p ON p.id = s.person_id
    WHERE s.state = 'online' AND s.seen_at > now() - $1::interval AND p.suspended_at IS NULL
    ORDER BY p.id
"""

_WHY: LiteralString = """
    SELECT reason FROM staff.presence_interval WHERE person_id = $1 ORDER BY started_at DESC LIMIT 1
"""

_QUEUE_IDS: LiteralString = "SELECT queue_id FROM staff.queue_member WHERE person_id = $1 ORDER BY queue_id"


def forget_queues(reader: Reader | Database) -> None:
    """Called by whoever changes a queue."""
    _queues.forget(reader)


async def people(reader: Reader) -> list[Person]:
    """Everybody who may sign in."""
    return await reader.rows(Person, _PERSON + " WHERE p.suspended_at IS NULL ORDER BY p.id")


async def people_by_id(reader: Reader, ids: Sequence[int]) -> dict[int, Person]:
    """These people, suspended or not; unknown ids are simply absent."""
    rows = await reader.rows(Person, _PERSON + " WHERE p.id = ANY($1::bigint[])", list(ids))
    return {person.id: person for person in rows}


async def queues(reader: Reader) -> list[Queue]:
    """Every queue, in the order of the workspace; remembered for a few seconds."""
    known = _queues.get(reader, "all")
    if known is not None:
        return known
    records = await reader.fetch(_QUEUES)
    found = [Queue(record[0], record[1], Text(**record[2]), *tuple(record)[3:]) for record in records]
    return _queues.put(reader, "all", found)


async def default_queue(reader: Reader, brand_id: int) -> Queue | None:
    """Where a ticket of this brand waits when nothing says otherwise: its own queue before a common one."""
    fitting = _fitting(await queues(reader), brand_id, vip=False)
    return next((queue for queue in fitting if queue.key == "general"), next(iter(fitting), None))


async def vip_pool(reader: Reader, brand_id: int) -> Queue | None:
    """Where a high payer waits when neither her manager nor his deputy is there."""
    return next(iter(_fitting(await queues(reader), brand_id, vip=True)), None)


def _fitting(known: Sequence[Queue], brand_id: int, *, vip: bool) -> list[Queue]:
    """The queues of the brand; the common ones only where it has none of its own."""
    own = [queue for queue in known if queue.is_vip_pool is vip and queue.brand_id == brand_id]
    return own or [queue for queue in known if queue.is_vip_pool is vip and queue.brand_id is None]


async def on_duty(reader: Reader, grace: timedelta = GRACE) -> list[OnDuty]:
    """Those who are online and whose screen has been heard within the grace time."""
    return await reader.rows(OnDuty, _ON_DUTY, grace)


async def me(reader: Reader, agent: Agent) -> Me:
    """The signed-in person; she exists, because her session does."""
    person = (await people_by_id(reader, [agent.id]))[agent.id]
    lost = person.state == "offline" and await reader.value(_WHY, agent.id) == "vanished"
    return Me(
        id=person.id, login=person.login, name=person.name, roles=person.roles,
        permissions=sorted(agent.permissions), locale=person.locale, brand_ids=agent.brand_ids,
        queue_ids=[record[0] for record in await reader.fetch(_QUEUE_IDS, agent.id)],
        presence=Presence(person.state, person.since), lost_since=person.since - GRACE if lost else None,
        chat_capacity=person.chat_capacity, ticket_capacity=person.ticket_capacity, scope=agent.scope, must=agent.must,
    )
