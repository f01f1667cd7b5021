"""The directory of the workspace: the names behind the numbers in every row."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from playerdesk.brands import Brand, Server, brands, servers
from playerdesk.forms.queries import categories
from playerdesk.forms.shapes import Field
from playerdesk.kernel import Database, Reader, Text, now
from playerdesk.kernel.http import answer, any_staff
from playerdesk.staff import Agent, Presence, Queue, people, queues


class BrandEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A brand, as the workspace names it."""

    id: int
    key: str
    name: Text
    time_zone: str
    modules: dict[str, bool]
    """Functions that are switched off for it."""
    tone: Text | None
    """How agents talk to its players."""


class PersonEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A colleague."""

    id: int
    login: str
    name: str
    roles: list[str]
    presence: Presence | None


class CategoryEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A category, as the workspace names it."""

    id: int
    brand_id: int | None
    parent_id: int | None
    key: str
    name: Text
    icon: str
    priority: int
    fields: list[Field]


class Directory(msgspec.Struct, frozen=True, rename="camel"):
    """The names behind the numbers in every row; `server_time` sets the screen's countdowns."""

    brands: list[BrandEntry]
    queues: list[Queue]
    people: list[PersonEntry]
    categories: list[CategoryEntry]
    servers: list[Server]
    server_time: datetime


async def directory(reader: Reader, agent: Agent) -> Directory:
    """Everything somebody on staff may see by name, for the brands she works for."""
    own: list[Brand] = [brand for brand in await brands(reader) if agent.serves(brand.id)]
    places: list[Server] = [server for server in await servers(reader) if agent.serves(server.brand_id)]
    return Directory(
        brands=[BrandEntry(brand.id, brand.key, brand.name, brand.time_zone, brand.modules, brand.tone) for brand in own],
        queues=[queue for queue in await queues(reader) if queue.brand_id is None or agent.serves(queue.brand_id)],
        people=[
            PersonEntry(person.id, person.login, person.name, person.roles, Presence(person.state, person.since))
            for person in await people(reader)
        ],
        categories=[
            CategoryEntry(each.id, each.brand_id, each.parent_id, each.key, each.name, each.icon, each.priority, each.fields)
            for each in await categories(reader)
            if each.brand_id is None or agent.serves(each.brand_id)
        ],
        servers=places,
        server_time=now(),
    )


@get("/agent/v1/directory", guards=[any_staff])
async def show_directory(
    database: NamedDependency[Database], request: Request[Any, Any, Any]
) -> Response[Directory]:
    """Brands, queues, people, categories and servers by their numbers."""
    async with database.reading() as reader:
        return answer(await directory(reader, request.scope["user"]))


ROUTES: list[Any] = [show_directory]
