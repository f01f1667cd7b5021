"""The simulation as a route."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from playerdesk.insights.http import brands_for
from playerdesk.insights.simulation.running import Draft, Simulation, run
from playerdesk.kernel import Database, now
from playerdesk.kernel.http import answer, may

Seconds = Annotated[float, msgspec.Meta(ge=0, le=604_800)]


class SimulationQuestion(msgspec.Struct, rename="camel"):
    """Which weights are tried on whose traffic. `brand`: its number or "all"; no queue: all of them together."""

    head_starts: dict[str, Seconds]
    brand: str = "all"
    queue_id: int | None = None
    parallel: Annotated[float, msgspec.Meta(ge=1, le=20)] = 3.0
    seed: int = 1


@post("/agent/v1/tiers/simulate", guards=[may("blueprints.edit")])
async def simulate_tiers(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: JSONBody[SimulationQuestion]
) -> Response[Simulation]:
    """The last 30 days' traffic under these weights, beside first come, first served."""
    chosen = brands_for(request.user, data.brand)
    draft = Draft(data.head_starts, data.parallel, data.seed)
    return answer(await run(database, chosen, data.queue_id, draft, now()), 200)


ROUTES: list[Any] = [simulate_tiers]
