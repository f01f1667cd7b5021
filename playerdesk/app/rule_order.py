"""The order of rules, and switching one on or off, straight from their list: published at once, a draft goes on as it was."""

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk import blueprints as design
from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place
from playerdesk.blueprints.actions import NOT_THERE
from playerdesk.brands import brand_by_key
from playerdesk.kernel import Database, Forbidden, NotFound, Reader
from playerdesk.kernel.http import answer, may
from playerdesk.rules.http import NOT_YOURS
from playerdesk.staff import Agent

Caller = Request[Any, Any, Any]


class RulePlace(msgspec.Struct):
    """Where it stands among the others (the lower the sooner), and whether it fires."""

    position: float | None = None
    on: bool | None = None


class RulePlaced(msgspec.Struct, frozen=True):
    """The document's revision after it."""

    revision: int


@post("/agent/v1/rules/{brand:str}/{key:str}/place", guards=[may("blueprints.publish")], status_code=200)
async def place_rule(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str], data: JSONBody[RulePlace]
) -> Response[RulePlaced]:
    """Move a rule, or switch it; sent twice, it is as sent once."""
    place = Place("rule", "" if brand == "-" else brand, key)
    wanted = {name: value for name, value in (("position", data.position), ("on", data.on)) if value is not None}
    async with database.transaction() as tx:
        await _own(tx, request.user, place.brand_key)
        found = await design.blueprint(tx, place)
        if found is None:
            raise NotFound("no_such_blueprint", NOT_THERE)
        kind, standing, revision = KINDS["rule"], found.standing, found.standing.revision
        if found.published is not None and not standing.retired:
            body = kind.normal({**found.published, **wanted})
            if body != found.published:
                await design.publish_body(tx, KINDS, place, body, request.user.id)
                after = await design.blueprint(tx, place)
                assert after is not None
                revision = after.standing.revision
        if standing.drafted and any(standing.body.get(name) != value for name, value in wanted.items()):
            body = {**standing.body, **wanted}
            revision = await design.change_draft(tx, KINDS, place, body, revision, request.user.id)
    return answer(RulePlaced(revision))


async def _own(reader: Reader, agent: Agent, brand_key: str) -> None:
    brand = await brand_by_key(reader, brand_key) if brand_key else None
    if agent.brand_ids and (brand is None or not agent.serves(brand.id)):
        raise Forbidden("not_your_brand", NOT_YOURS)


ROUTES: list[Any] = [place_rule]
