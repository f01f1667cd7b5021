"""Whose tickets somebody may see: brands always, and for a limited role only certain people's and queues'."""

import msgspec

from playerdesk.brands import brands
from playerdesk.kernel import Reader
from playerdesk.staff.rules import Agent


class Scope(msgspec.Struct, frozen=True):
    """What somebody's eyes reach.

    A ticket is inside when its brand is one of `brand_ids` and, unless `person_ids` is None (no limit), it is in
    the hands of one of `person_ids` or is nobody's yet in one of `queue_ids`.
    """

    brand_ids: list[int]
    person_ids: list[int] | None = None
    queue_ids: list[int] | None = None

    def reaches(self, brand_id: int, assignee_id: int | None, queue_id: int | None) -> bool:
        """The same question for one ticket that is already read."""
        if brand_id not in self.brand_ids:
            return False
        if self.person_ids is None:
            return True
        if assignee_id is not None:
            return assignee_id in self.person_ids
        return queue_id is not None and queue_id in (self.queue_ids or ())


async def scope_of(reader: Reader, agent: Agent) -> Scope:
    """The scope of somebody who has signed in."""
    if agent.brand_ids:
        return Scope(list(agent.brand_ids))
    return Scope([brand.id for brand in await brands(reader)])
