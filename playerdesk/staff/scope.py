"""Whose tickets somebody may see: brands always, and for a limited role only certain people's and queues'."""

from typing import LiteralString

import msgspec

from playerdesk.brands import brands
from playerdesk.kernel import Reader
from playerdesk.staff.rules import Agent, ScopeKind


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
    brand_ids = list(agent.brand_ids) or [brand.id for brand in await brands(reader)]
    if agent.person_ids is None:
        return Scope(brand_ids)
    return Scope(brand_ids, sorted(agent.person_ids), sorted(agent.queue_ids or ()))


# Each wider than the one before it, so that a wider scope never sees less.
_OWN: LiteralString = "SELECT $1::bigint AS id"
_TEAM: LiteralString = """
    SELECT id FROM below
    UNION SELECT p.id FROM staff.person p WHERE p.team_id = (SELECT team_id FROM staff.person WHERE id = $1)
"""
_DEPARTMENT: LiteralString = _TEAM + """
    UNION SELECT p.id FROM staff.person p WHERE p.department_id IN (SELECT id FROM departments)
"""
_VENDOR: LiteralString = _DEPARTMENT + """
    UNION SELECT p.id FROM staff.person p WHERE p.vendor_id = (SELECT vendor_id FROM staff.person WHERE id = $1)
"""
_PEOPLE: dict[ScopeKind, LiteralString] = {
    "own": _OWN, "team": _OWN + " UNION " + _TEAM, "department": _OWN + " UNION " + _DEPARTMENT,
    "vendor": _OWN + " UNION " + _VENDOR,
}


async def people_within(reader: Reader, person_id: int, scope: ScopeKind) -> tuple[frozenset[int], frozenset[int]] | None:
    """Whose tickets, and whose queues' waiting tickets, somebody with this scope may see; None: no limit.

    A team is those she shares one with and everybody below her; a department includes the departments under it.
    """
    within = _PEOPLE.get(scope)
    if within is None:
        return None
    sql: LiteralString = f"""
        WITH RECURSIVE below AS (
            SELECT $1::bigint AS id
            UNION SELECT p.id FROM staff.person p JOIN below b ON p.superior_id = b.id
        ), departments AS (
            SELECT department_id AS id FROM staff.person WHERE id = $1
            UNION SELECT d.id FROM staff.department d JOIN departments o ON d.parent_id = o.id
        ), reached AS ({within})
        SELECT array(SELECT id FROM reached),
               array(SELECT DISTINCT queue_id FROM staff.queue_member WHERE person_id IN (SELECT id FROM reached))
    """
    people, queues = (await reader.fetch(sql, person_id))[0]
    return frozenset(people), frozenset(queues)
