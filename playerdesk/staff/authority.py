"""Who may manage whom: nobody reaches above herself or outside her scope, and one administrator always remains."""

from typing import LiteralString

from playerdesk.kernel import Conflict, Forbidden, NotFound, Text, Tx
from playerdesk.staff.roles import demand_reach, grants_of
from playerdesk.staff.rules import Agent
from playerdesk.staff.scope import people_within

NO_PERSON = Text(zh="没有这位同事，请刷新后重试。", en="There is no such colleague. Reload and try again.")
_OUTSIDE = Text(zh="这位同事不在你的管理范围内。", en="This colleague is outside the part of the desk you manage.")
_LAST_ADMIN = Text(
    zh="这是最后一位在职管理员。请先让另一位同事成为管理员。",
    en="This is the last active administrator. Make somebody else an administrator first.",
)
_YOURSELF = Text(zh="不能停用自己的账号。", en="You cannot suspend yourself.")

_ADMINS: LiteralString = """
    SELECT count(*) FILTER (WHERE id <> $1 AND suspended_at IS NULL), coalesce(bool_or(id = $1), false)
    FROM staff.person WHERE 'admin' = ANY(roles)
"""


async def demand_over(tx: Tx, agent: Agent, person_id: int) -> None:
    """Refused unless this person is within the agent's scope and may do no more than she."""
    records = await tx.fetch("SELECT roles FROM staff.person WHERE id = $1 FOR UPDATE", person_id)
    if not records:
        raise NotFound("no_such_person", NO_PERSON)
    await demand_within(tx, agent, person_id)
    if person_id != agent.id:
        grants = await grants_of(tx, records[0][0])
        demand_reach(agent, grants.permissions, grants.scope)


async def demand_within(tx: Tx, agent: Agent, person_id: int) -> None:
    """Refused when the person is outside the agent's scope, asked of the tree as it stands in this transaction."""
    within = await people_within(tx, agent.id, agent.scope)
    if within is not None and person_id not in within[0]:
        raise Forbidden("outside_your_scope", _OUTSIDE)
    if agent.brand_ids:
        brand_ids = await tx.value("SELECT brand_ids FROM staff.person WHERE id = $1", person_id)
        if not brand_ids or not set(brand_ids) <= set(agent.brand_ids):
            raise Forbidden("outside_your_scope", _OUTSIDE)


async def demand_another_admin(tx: Tx, person_id: int) -> None:
    """Refused when this person is the last active administrator; called before she stops being one."""
    # Two who take each other's role away at the same moment wait here for one another.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('staff.admins', 0))")
    others, is_one = (await tx.fetch(_ADMINS, person_id))[0]
    if is_one and not others:
        raise Conflict("last_admin", _LAST_ADMIN)


def demand_other(agent: Agent, person_id: int) -> None:
    """Refused when somebody would lock herself out."""
    if agent.id == person_id:
        raise Conflict("yourself", _YOURSELF)
