"""What tiers are called and get, for every workspace."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from playerdesk.kernel import Database
from playerdesk.kernel.http import answer, any_staff
from playerdesk.players import TierService, tier_services


class Tiers(msgspec.Struct, frozen=True):
    """The best tier first."""

    tiers: list[TierService]


@get("/agent/v1/tiers", guards=[any_staff])
async def show_tiers(database: NamedDependency[Database]) -> Response[Tiers]:
    """What each tier is called and gets."""
    async with database.reading() as reader:
        return answer(Tiers(list((await tier_services(reader)).values())))


ROUTES: list[Any] = [show_tiers]
