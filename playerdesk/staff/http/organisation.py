"""The tree of people and their roles, for those who manage them. Suspending is in app/people.py: it hands over work."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database, Text, now
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.staff import accounts, structure
from playerdesk.staff.authority import demand_over
from playerdesk.staff.members import Member, MemberWish, member, members, save_member
from playerdesk.staff.permission_words import words_for
from playerdesk.staff.roles import RoleRow, RoleWish, delete_role, roles, save_role
from playerdesk.staff.rules import ALL_PERMISSIONS, INVITED, SCOPES
from playerdesk.staff.sessions import end_sessions

Caller = Request[Any, Any, Any]
MANAGE = may("people.manage")


class PermissionEntry(msgspec.Struct, frozen=True):
    """A permission and what it is called."""

    key: str
    name: Text


class Organisation(msgspec.Struct, frozen=True):
    """Everything the page of people shows."""

    departments: list[structure.Department]
    teams: list[structure.Team]
    vendors: list[structure.Vendor]
    people: list[Member]
    roles: list[RoleRow]
    permissions: list[PermissionEntry]
    scopes: list[str]


class Made(msgspec.Struct, frozen=True):
    """The number of what was saved."""

    id: int


class AccountLink(msgspec.Struct, frozen=True, rename="camel"):
    """Where somebody sets her password; to be passed on by hand, used once."""

    path: str
    expires_at: datetime


@get("/agent/v1/organisation", guards=[MANAGE])
async def show_organisation(request: Caller, database: NamedDependency[Database]) -> Response[Organisation]:
    """Departments, teams, vendors, people and roles."""
    async with database.reading() as reader:
        return answer(Organisation(
            await structure.departments(reader), await structure.teams(reader), await structure.vendors(reader),
            await members(reader, request.user), list((await roles(reader)).values()),
            [PermissionEntry(each, words_for(each)) for each in ALL_PERMISSIONS],
            list(SCOPES),
        ))


@post("/agent/v1/people", guards=[MANAGE])
async def add_person(
    request: Caller, database: NamedDependency[Database], data: JSONBody[MemberWish]
) -> Response[Member]:
    """Somebody new; she comes in by a link or by the company's sign-in."""
    async with database.transaction() as tx:
        return answer(await save_member(tx, request.user, None, data), 201)


@put("/agent/v1/people/{person_id:int}", guards=[MANAGE])
async def change_person(
    request: Caller, database: NamedDependency[Database], person_id: FromPath[int], data: JSONBody[MemberWish]
) -> Response[Member]:
    """Change somebody."""
    async with database.transaction() as tx:
        return answer(await save_member(tx, request.user, person_id, data))


@post("/agent/v1/people/{person_id:int}/link", guards=[MANAGE])
async def make_link(request: Caller, database: NamedDependency[Database], person_id: FromPath[int]) -> Response[AccountLink]:
    """An invitation, or a link for a new password; the one before it is dead."""
    async with database.transaction() as tx:
        token = await accounts.make_link(tx, request.user, person_id)
    # Behind the #, which browsers do not send: it stays out of every log.
    return answer(AccountLink(f"/welcome#{token}", now() + INVITED), 201)


@post("/agent/v1/people/{person_id:int}/reactivate", guards=[MANAGE], status_code=200)
async def reactivate(request: Caller, database: NamedDependency[Database], person_id: FromPath[int]) -> Response[Member]:
    """She may sign in again."""
    async with database.transaction() as tx:
        await accounts.reactivate(tx, request.user, person_id)
        return answer(await member(tx, person_id))


@post("/agent/v1/people/{person_id:int}/forget-factors", guards=[MANAGE])
async def forget_factors(request: Caller, database: NamedDependency[Database], person_id: FromPath[int]) -> Response[None]:
    """She has lost her phone."""
    async with database.transaction() as tx:
        await accounts.forget_factors(tx, request.user, person_id)
    return nothing()


@post("/agent/v1/people/{person_id:int}/sign-out", guards=[MANAGE])
async def sign_out(request: Caller, database: NamedDependency[Database], person_id: FromPath[int]) -> Response[None]:
    """All her sessions are over."""
    async with database.transaction() as tx:
        await demand_over(tx, request.user, person_id)
        await end_sessions(tx, person_id)
    return nothing()


@put("/agent/v1/roles/{key:str}", guards=[MANAGE])
async def put_role(
    request: Caller, database: NamedDependency[Database], key: FromPath[str], data: JSONBody[RoleWish]
) -> Response[list[RoleRow]]:
    """Define or change a role."""
    async with database.transaction() as tx:
        await save_role(tx, request.user, key, data)
        return answer(list((await roles(tx)).values()))


@delete("/agent/v1/roles/{key:str}", guards=[MANAGE])
async def drop_role(request: Caller, database: NamedDependency[Database], key: FromPath[str]) -> None:
    """Delete a role nobody holds."""
    async with database.transaction() as tx:
        await delete_role(tx, request.user, key)


@post("/agent/v1/structure/departments", guards=[MANAGE], status_code=200)
async def save_department(
    request: Caller, database: NamedDependency[Database], data: JSONBody[structure.DepartmentWish]
) -> Response[Made]:
    """Add or change a department."""
    async with database.transaction() as tx:
        return answer(Made(await structure.save_department(tx, request.user, data)))


@post("/agent/v1/structure/teams", guards=[MANAGE], status_code=200)
async def save_team(
    request: Caller, database: NamedDependency[Database], data: JSONBody[structure.TeamWish]
) -> Response[Made]:
    """Add or change a team."""
    async with database.transaction() as tx:
        return answer(Made(await structure.save_team(tx, request.user, data)))


@post("/agent/v1/structure/vendors", guards=[MANAGE], status_code=200)
async def save_vendor(
    request: Caller, database: NamedDependency[Database], data: JSONBody[structure.VendorWish]
) -> Response[Made]:
    """Add or change a vendor."""
    async with database.transaction() as tx:
        return answer(Made(await structure.save_vendor(tx, request.user, data)))


@delete("/agent/v1/structure/{kind:str}/{thing_id:int}", guards=[MANAGE])
async def remove_structure(
    request: Caller, database: NamedDependency[Database], kind: FromPath[str], thing_id: FromPath[int]
) -> None:
    """Take a department, team or vendor (`kind`) away; refused while anybody is in it."""
    async with database.transaction() as tx:
        await structure.remove(tx, request.user, kind, thing_id)


ROUTES: list[Any] = [
    show_organisation, add_person, change_person, make_link, reactivate, forget_factors, sign_out, put_role, drop_role,
    save_department, save_team, save_vendor, remove_structure,
]
