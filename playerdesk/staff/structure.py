"""The frame people stand in: departments, the teams in them, and vendors whose people work here."""

from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, NotFound, Reader, Rejected, Text, Tx, clean_line
from playerdesk.staff.removing import demand_unneeded
from playerdesk.staff.roles import demand_whole_desk
from playerdesk.staff.rules import Agent
from playerdesk.staff.sessions import forget_sessions


class Department(msgspec.Struct, frozen=True, rename="camel"):
    """A part of the company; without `parent_id` it stands at the top."""

    id: int
    parent_id: int | None
    name: Text


class Team(msgspec.Struct, frozen=True, rename="camel"):
    """People who work together, in a department or in none."""

    id: int
    department_id: int | None
    name: Text


class Vendor(msgspec.Struct, frozen=True, rename="camel"):
    """An outsourced company whose people work at the desk; `contact` is a line for people to read."""

    id: int
    name: str
    contact: str


class DepartmentWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A department as it should be; without `id` a new one."""

    name: Text
    id: int | None = None
    parent_id: int | None = None


class TeamWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    name: Text
    id: int | None = None
    department_id: int | None = None


class VendorWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    name: str
    id: int | None = None
    contact: str = ""


NO_SUCH = Text(zh="没有这一项，请刷新后重试。", en="There is no such thing. Reload and try again.")
NAME_NEEDED = Text(zh="请填写名称。", en="Give it a name.")

_CYCLE: LiteralString = """
    WITH RECURSIVE above AS (
        SELECT $2::bigint AS id UNION SELECT d.parent_id FROM staff.department d JOIN above a ON d.id = a.id
        WHERE d.parent_id IS NOT NULL
    ) SELECT EXISTS (SELECT FROM above WHERE id = $1)
"""

# What still stands in the way of taking something out of the frame.
_USED: dict[str, LiteralString] = {
    "department": "SELECT (SELECT count(*) FROM staff.person WHERE department_id = $1)"
                  " + (SELECT count(*) FROM staff.department WHERE parent_id = $1)"
                  " + (SELECT count(*) FROM staff.team WHERE department_id = $1)",
    "team": "SELECT count(*) FROM staff.person WHERE team_id = $1",
    "vendor": "SELECT count(*) FROM staff.person WHERE vendor_id = $1",
}
_ONE: dict[str, LiteralString] = {
    "department": "SELECT to_jsonb(d) FROM staff.department d WHERE id = $1 FOR UPDATE",
    "team": "SELECT to_jsonb(d) FROM staff.team d WHERE id = $1 FOR UPDATE",
    "vendor": "SELECT to_jsonb(d) FROM staff.vendor d WHERE id = $1 FOR UPDATE",
}
_DELETE: dict[str, LiteralString] = {
    "department": "DELETE FROM staff.department WHERE id = $1",
    "team": "DELETE FROM staff.team WHERE id = $1",
    "vendor": "DELETE FROM staff.vendor WHERE id = $1",
}


async def departments(reader: Reader) -> list[Department]:
    records = await reader.fetch("SELECT id, parent_id, name FROM staff.department ORDER BY id")
    return [Department(record_[0], record_[1], Text(**record_[2])) for record_ in records]


async def teams(reader: Reader) -> list[Team]:
    records = await reader.fetch("SELECT id, department_id, name FROM staff.team ORDER BY id")
    return [Team(record_[0], record_[1], Text(**record_[2])) for record_ in records]


async def vendors(reader: Reader) -> list[Vendor]:
    return await reader.rows(Vendor, "SELECT id, name, contact FROM staff.vendor ORDER BY id")


async def save_department(tx: Tx, agent: Agent, wish: DepartmentWish) -> int:
    """Add or change one; returns its id."""
    demand_whole_desk(agent)
    name = _name(wish.name)
    before = await _before(tx, "department", wish.id)
    if wish.parent_id is not None:
        if await tx.value("SELECT id FROM staff.department WHERE id = $1", wish.parent_id) is None:
            raise NotFound("no_such_department", NO_SUCH)
        if wish.id is not None and await tx.value(_CYCLE, wish.id, wish.parent_id):
            raise Rejected("department_cycle", Text(zh="部门不能放在自己下面。", en="A department cannot stand under itself."))
    if wish.id is None:
        changed: int = await tx.value(
            "INSERT INTO staff.department (parent_id, name) VALUES ($1, $2) RETURNING id", wish.parent_id, name)
    else:
        changed = wish.id
        await tx.execute("UPDATE staff.department SET parent_id = $2, name = $3 WHERE id = $1", wish.id, wish.parent_id, name)
    return await _traced(tx, agent, "department", changed, before, wish)


async def save_team(tx: Tx, agent: Agent, wish: TeamWish) -> int:
    """Add or change one; returns its id."""
    demand_whole_desk(agent)
    name = _name(wish.name)
    before = await _before(tx, "team", wish.id)
    if wish.department_id is not None:
        await _before(tx, "department", wish.department_id)
    if wish.id is None:
        changed: int = await tx.value(
            "INSERT INTO staff.team (department_id, name) VALUES ($1, $2) RETURNING id", wish.department_id, name)
    else:
        changed = wish.id
        await tx.execute("UPDATE staff.team SET department_id = $2, name = $3 WHERE id = $1", wish.id, wish.department_id, name)
    return await _traced(tx, agent, "team", changed, before, wish)


async def save_vendor(tx: Tx, agent: Agent, wish: VendorWish) -> int:
    """Add or change one; returns its id."""
    demand_whole_desk(agent)
    name, contact = clean_line(wish.name)[:80], clean_line(wish.contact)[:200]
    if not name:
        raise Rejected("name_needed", NAME_NEEDED, fields={"name": NAME_NEEDED})
    before = await _before(tx, "vendor", wish.id)
    if await tx.value("SELECT id FROM staff.vendor WHERE name = $1 AND id IS DISTINCT FROM $2", name, wish.id) is not None:
        raise Conflict("vendor_known", Text(zh="已有同名的供应商。", en="There is a vendor of this name already."))
    if wish.id is None:
        changed: int = await tx.value("INSERT INTO staff.vendor (name, contact) VALUES ($1, $2) RETURNING id", name, contact)
    else:
        changed = wish.id
        await tx.execute("UPDATE staff.vendor SET name = $2, contact = $3 WHERE id = $1", wish.id, name, contact)
    return await _traced(tx, agent, "vendor", changed, before, wish)


async def remove(tx: Tx, agent: Agent, kind: str, thing_id: int) -> None:
    """Take a department, team or vendor out of the frame; refused while anybody stands in it."""
    demand_whole_desk(agent)
    if kind not in _DELETE:
        raise NotFound("no_such_kind", NO_SUCH)
    before = await _before(tx, kind, thing_id)
    used: int = await tx.value(_USED[kind], thing_id)
    if used:
        raise Conflict("in_use", Text(
            zh=f"里面还有 {used} 项（人员或下级），请先移走。", en=f"{used} people or parts are still in it. Move them first."
        ))
    if "key" in before:
        await demand_unneeded(tx, kind, before["key"])
    await tx.execute(_DELETE[kind], thing_id)
    await record(tx, Trace(actor_id=agent.id, action=f"{kind}.deleted", kind=kind, object_id=str(thing_id), before=before))


def _name(name: Text) -> Text:
    zh, en = clean_line(name.zh)[:80], clean_line(name.en)[:80]
    if not zh and not en:
        raise Rejected("name_needed", NAME_NEEDED, fields={"name": NAME_NEEDED})
    return Text(zh or en, en or zh)


async def _before(tx: Tx, kind: str, thing_id: int | None) -> Any:
    if thing_id is None:
        return None
    found = await tx.value(_ONE[kind], thing_id)
    if found is None:
        raise NotFound(f"no_such_{kind}", NO_SUCH)
    return found


async def _traced(tx: Tx, agent: Agent, kind: str, thing_id: int, before: Any, after: Any) -> int:
    forget_sessions(tx)
    await record(tx, Trace(
        actor_id=agent.id, action=f"{kind}.changed" if before else f"{kind}.created", kind=kind, object_id=str(thing_id),
        before=before, after=after,
    ))
    return thing_id
