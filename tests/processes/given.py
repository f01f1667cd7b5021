"""Builders for processes: bodies in few words, an office to do them, and people as routes see them."""

from typing import Any

import msgspec

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import Tx, now
from playerdesk.processes.starting import start_process
from playerdesk.processes.tasks import Answer, complete
from playerdesk.staff import Agent, permissions_of
from tests.given import a_brand, a_player, a_queue, a_ticket, an_agent, number


def text(word: str) -> dict[str, str]:
    return {"zh": word, "en": word}


def step(key: str, to: Any = (), **more: Any) -> dict[str, Any]:
    """A step; `to`: keys, or ways as they are written."""
    ways = [each if isinstance(each, dict) else {"to": each} for each in ([to] if isinstance(to, str) else to)]
    found: dict[str, Any] = {"key": key, "name": text(key), **more}
    return {**found, "next": ways} if ways else found


def end(key: str = "end", **more: Any) -> dict[str, Any]:
    return step(key, kind="end", **more)


def by(kind: str, key: str = "", since: str = "") -> dict[str, str]:
    found = {"kind": kind, "key": key}
    return {**found, "since": since} if since else found


def body(*steps: dict[str, Any], start: str = "") -> dict[str, Any]:
    return {"name": text("process"), "start": start or steps[0]["key"], "steps": list(steps)}


class Office(msgspec.Struct):
    """Three departments with people, and a brand with a queue."""

    brand_id: int
    queue_id: int
    front: str
    middle: str
    back: str
    people: dict[str, Agent]

    async def ticket(self, tx: Tx, **changes: Any) -> int:
        player = await a_player(tx)
        return await a_ticket(tx, self.brand_id, player, now(), **changes)


async def a_person(tx: Tx, department: str | None = None, superior: int | None = None, **facts: Any) -> Agent:
    person = await an_agent(tx, **facts)
    await tx.execute(
        "UPDATE staff.person SET superior_id = $2, department_id = (SELECT id FROM staff.department WHERE key = $3) WHERE id = $1",
        person, superior, department,
    )
    roles = list(facts.get("roles", ("agent",)))
    return Agent(id=person, name="", roles=roles, permissions=permissions_of(roles), brand_ids=[], locale="zh-CN")


async def an_office(tx: Tx) -> Office:
    brand, queue, n = await a_brand(tx), await a_queue(tx), number()
    keys = [f"{name}-{n}" for name in ("front", "middle", "back")]
    for key in keys:
        await tx.execute("INSERT INTO staff.department (key, name) VALUES ($1, $2)", key, text(key))
    front, middle, back = keys
    people = {"chief": await a_person(tx, middle, roles=("agent", "lead"))}
    for name, department in (("fay", front), ("mia", middle), ("mo", middle), ("bea", back)):
        superior = people["chief"].id if department == middle else None
        people[name] = await a_person(tx, department, superior)
    return Office(brand, queue, front, middle, back, people)


async def published(tx: Tx, drawn: dict[str, Any], key: str = "") -> str:
    key = key or f"process-{number()}"
    await publish_body(tx, KINDS, Place("process", "", key), drawn, None)
    return key


async def begun(tx: Tx, office: Office, drawn: dict[str, Any], **ticket: Any) -> tuple[int, int]:
    """(ticket, instance) of a process that has begun."""
    key = await published(tx, drawn)
    ticket_id = await office.ticket(tx, **ticket)
    return ticket_id, (await start_process(tx, ticket_id, key, office.people["fay"].id, f"k{number()}")).instance_id


async def at_steps(tx: Any, instance_id: int, *states: str) -> list[str]:
    return [row[0] for row in await tx.fetch(
        "SELECT step_key FROM processes.task WHERE instance_id = $1 AND state = ANY($2::text[]) ORDER BY id",
        instance_id, list(states or ("open", "waiting")),
    )]


async def task_at(tx: Any, instance_id: int, key: str) -> int:
    return await tx.value(
        "SELECT max(id) FROM processes.task WHERE instance_id = $1 AND step_key = $2 AND state IN ('open', 'waiting')",
        instance_id, key,
    )


async def does(tx: Tx, office: Office, who: str, instance_id: int, key: str, **answer: Any) -> None:
    task = await task_at(tx, instance_id, key)
    await complete(tx, office.people[who], task, Answer(client_key=f"c{number()}", **answer), now())


async def state_of(tx: Any, instance_id: int) -> str:
    return await tx.value("SELECT state FROM processes.instance WHERE id = $1", instance_id)
