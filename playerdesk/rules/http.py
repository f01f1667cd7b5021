"""The routes of rules beside the common ones of documents: their list, the order, the dry run, the log."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.blueprints import Place, Problem
from playerdesk.brands import brand_by_key, brands
from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Rejected, Text
from playerdesk.kernel.conditions import Field
from playerdesk.kernel.http import answer, may
from playerdesk.rules.book import rule_rows
from playerdesk.rules.checking import broken
from playerdesk.rules.document import EVENTS, RuleBody
from playerdesk.rules.fields import rule_fields
from playerdesk.rules.filling import VARIABLES
from playerdesk.rules.firings import Fired, Tally, fired_by, fired_on, tallies
from playerdesk.rules.trying import Tried, try_rule
from playerdesk.staff import Agent, scope_of
from playerdesk.tickets import row as ticket_row

Caller = Request[Any, Any, Any]
NO_TICKET = Text(zh="没有找到这张工单。", en="There is no such ticket.")
NO_RULE = Text(zh="没有这条规则。", en="There is no such rule.")
BAD_BODY = Text(zh="规则还不完整，先按提示补全再试运行。", en="The rule is not complete yet. Mend what is marked, then try it.")
NOT_YOURS = Text(zh="这条规则不属于你负责的游戏。", en="This rule belongs to a brand you do not work for.")


class RuleField(msgspec.Struct, frozen=True):
    """Something the condition of a rule can ask about."""

    name: str
    kind: str
    operators: tuple[str, ...]
    choices: list[str | int] | None
    label: Text | None


class RuleBook(msgspec.Struct, frozen=True):
    """What rules are made of."""

    fields: list[RuleField]
    events: list[str]
    variables: list[str]


class RuleState(msgspec.Struct, frozen=True, rename="camel"):
    """How a published rule does: what hinders it, and how often it fired lately."""

    tally: Tally
    problems: list[Problem]


class RuleStates(msgspec.Struct, frozen=True):
    """Of every rule in force."""

    rules: list[RuleState]


class DryRun(msgspec.Struct, rename="camel"):
    """A rule as it is being written, and of which brand (empty: of all)."""

    body: dict[str, Any]
    brand_key: str = ""


class Firings(msgspec.Struct, frozen=True):
    """A page of the log."""

    firings: list[Fired]


@get("/agent/v1/rules/fields", guards=[may("blueprints.edit")])
async def show_rule_book(database: NamedDependency[Database]) -> Response[RuleBook]:
    """What conditions of rules can ask about, what sets rules off, what texts can be filled with."""
    async with database.reading() as reader:
        fields = await rule_fields(reader)
    return answer(RuleBook([_field(each) for each in fields.fixed.values()], list(EVENTS), sorted(VARIABLES)))


def _field(field: Field) -> RuleField:
    known = field.choices if field.choices is not None else field.options
    return RuleField(field.name, field.kind, field.operators, None if known is None else list(known), field.label)


@get("/agent/v1/rules/states", guards=[may("blueprints.edit")])
async def list_states(request: Caller, database: NamedDependency[Database]) -> Response[RuleStates]:
    """Of every rule in force: what hinders it now, and how often it fired in seven days."""
    async with database.reading() as reader:
        seen = {""} | {brand.key for brand in await brands(reader) if request.user.serves(brand.id)}
        hindered = await broken(reader, await rule_rows(reader))
        return answer(RuleStates([
            RuleState(each, hindered.get((each.brand_key, each.key), []))
            for each in await tallies(reader) if each.brand_key in seen
        ]))


@post("/agent/v1/rules/dry-run", guards=[may("blueprints.edit")], status_code=200)
async def dry_run(request: Caller, data: JSONBody[DryRun]) -> Response[Tried]:
    """Where it would have fired in the last 30 days, on tickets one may see; bounded in time, on connections apart."""
    try:
        body = msgspec.convert(data.body, RuleBody)
    except msgspec.ValidationError:
        raise Rejected("rule_incomplete", BAD_BODY) from None
    database: Database = request.app.state.search_database
    async with database.reading() as reader:
        await _own(reader, request.user, data.brand_key)
        return answer(await try_rule(reader, data.brand_key, body, await scope_of(reader, request.user)))


@get("/agent/v1/rules/{brand:str}/{key:str}/firings", guards=[may("blueprints.edit")])
async def list_firings(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str],
    before: FromQuery[int | None] = None,
) -> Response[Firings]:
    """What a rule did lately and why, newest first."""
    brand_key = "" if brand == "-" else brand
    async with database.reading() as reader:
        await _own(reader, request.user, brand_key)
        scope = await scope_of(reader, request.user)
        return answer(Firings(await fired_by(reader, brand_key, key, before, scope.brand_ids)))


@get("/agent/v1/tickets/{ticket_id:int}/firings", guards=[may("tickets.read")])
async def list_ticket_firings(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[Firings]:
    """Which rules did something to this ticket, and why."""
    async with database.reading() as reader:
        row = await ticket_row(reader, ticket_id)
        if row is None or not request.user.reaches(row.brand_id, row.assignee_id, row.queue_id):
            raise NotFound("no_such_ticket", NO_TICKET)
        return answer(Firings(await fired_on(reader, ticket_id)))


async def _own(reader: Reader, agent: Agent, brand_key: str) -> Place:
    brand = await brand_by_key(reader, brand_key) if brand_key else None
    if brand_key and (brand is None or not agent.serves(brand.id)):
        raise Forbidden("not_your_brand", NOT_YOURS) if brand is not None else NotFound("no_such_rule", NO_RULE)
    return Place("rule", brand_key, "")


ROUTES: list[Any] = [show_rule_book, list_states, dry_run, list_firings, list_ticket_firings]
