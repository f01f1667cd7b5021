"""Roles: what their holders may do, how far they see, and whether they must show a second factor."""

import re
from collections.abc import Iterable, Sequence
from typing import LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Forbidden, NotFound, Reader, Rejected, Remembered, Text, Tx, clean_line
from playerdesk.staff.removing import demand_unneeded
from playerdesk.staff.rules import ALL_PERMISSIONS, PERMISSIONS, SCOPES, Agent, ScopeKind, widest


class RoleRow(msgspec.Struct, frozen=True, rename="camel"):
    """A role. Built-in ones cannot be deleted, and the administrator's cannot be changed."""

    key: str
    name: Text
    permissions: list[str]
    scope: ScopeKind
    two_factors: bool
    built_in: bool
    as_shipped: bool


class RoleWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A role as somebody wants it; `permissions` None: as the desk ships it (built-in roles only)."""

    name: Text
    permissions: list[str] | None
    scope: ScopeKind
    two_factors: bool = False


class Grants(msgspec.Struct, frozen=True):
    """What somebody's roles come to together."""

    permissions: frozenset[str]
    scope: ScopeKind
    two_factors: bool


NO_ROLE = Text(zh="没有这个角色，请刷新后重新选择。", en="There is no such role. Reload and choose another.")
ABOVE_YOU = Text(
    zh="你不能授予或管理自己没有的权限，请找权限更高的管理员。",
    en="You cannot grant or manage what you may not do yourself. Ask somebody who may.",
)
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_remembered: Remembered[str, dict[str, RoleRow]] = Remembered(5.0)

_ROLES: LiteralString = """
    SELECT key, name, permissions, scope, two_factors, built_in FROM staff.role ORDER BY NOT built_in, key
"""

_SAVE: LiteralString = """
    INSERT INTO staff.role (key, name, permissions, scope, two_factors) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (key) DO UPDATE SET name = excluded.name, permissions = excluded.permissions,
        scope = excluded.scope, two_factors = excluded.two_factors
"""


def forget_roles(reader: Reader) -> None:
    """Called by whoever changes a role."""
    _remembered.forget(reader)


async def roles(reader: Reader) -> dict[str, RoleRow]:
    """Every role by its key, built-in ones first; remembered for seconds."""
    known = _remembered.get(reader, "all")
    if known is not None:
        return known
    found = {
        key: RoleRow(
            key, Text(**name), sorted(PERMISSIONS.get(key, ()) if permissions is None else permissions), scope, two_factors,
            built_in, permissions is None,
        )
        for key, name, permissions, scope, two_factors, built_in in await reader.fetch(_ROLES)
    }
    return _remembered.put(reader, "all", dict(sorted(found.items(), key=lambda one: not one[1].built_in)))


async def leading_roles(reader: Reader, permission: str) -> set[str]:
    """Roles that may do this, the administrator's aside."""
    return {key for key, role in (await roles(reader)).items() if permission in role.permissions and key != "admin"}


async def grants_of(reader: Reader, keys: Iterable[str]) -> Grants:
    """What holding these roles comes to: the union of permissions, the widest scope."""
    known = await roles(reader)
    held = [known[key] for key in keys if key in known]
    return Grants(
        frozenset(permission for role in held for permission in role.permissions),
        widest(role.scope for role in held), any(role.two_factors for role in held),
    )


def demand_reach(agent: Agent, permissions: Iterable[str], scope: ScopeKind) -> None:
    """Refused when this is more than the agent herself has."""
    if not agent.permissions.issuperset(permissions) or SCOPES.index(scope) > SCOPES.index(agent.scope):
        raise Forbidden("above_you", ABOVE_YOU)


async def save_role(tx: Tx, agent: Agent, key: str, wish: RoleWish) -> None:
    """Define or change a role; nobody changes one that has, had or gets more than she has herself."""
    demand_whole_desk(agent)
    if not _KEY.fullmatch(key):
        raise Rejected("role_key", Text(
            zh="角色代号以小写字母开头，只含小写字母、数字和下划线，2–40 个字符。",
            en="A role's key begins with a lower-case letter and has lower-case letters, digits and _ only, 2 to 40 of them.",
        ))
    if key == "admin" and (wish.permissions is not None or wish.scope != "all"):
        raise Rejected("admin_stays", Text(
            zh="管理员角色始终拥有全部权限，只能改名称和两步验证。",
            en="The administrator's role keeps every permission; only its name and two factors can be changed.",
        ))
    before = await _lock(tx, key)
    if wish.permissions is None and not (before and before.built_in):
        raise Rejected("permissions_needed", Text(zh="请勾选角色的权限。", en="Choose what this role may do."))
    unknown = sorted(set(wish.permissions or ()) - set(ALL_PERMISSIONS))
    if unknown:
        raise Rejected("permission_unknown", Text(
            zh=f"没有这些权限：{'、'.join(unknown)}。", en=f"There are no such permissions: {', '.join(unknown)}."
        ))
    name = Text(clean_line(wish.name.zh)[:60], clean_line(wish.name.en)[:60])
    if not name.zh or not name.en:
        raise Rejected("name_needed", Text(zh="请填写中文和英文名称。", en="Give it a name in both languages."))
    after = RoleWish(name, sorted(set(wish.permissions)) if wish.permissions is not None else None, wish.scope, wish.two_factors)
    if before is not None:
        demand_reach(agent, before.permissions, before.scope)
    demand_reach(agent, PERMISSIONS[key] if after.permissions is None else after.permissions, after.scope)
    await tx.execute(_SAVE, key, after.name, after.permissions, after.scope, after.two_factors)
    await record(tx, Trace(
        actor_id=agent.id, action="role.changed" if before else "role.created", kind="role", object_id=key,
        before=before, after=after,
    ))
    _remembered.forget(tx)


async def delete_role(tx: Tx, agent: Agent, key: str) -> None:
    """A role nobody holds any more."""
    demand_whole_desk(agent)
    before = await _lock(tx, key)
    if before is None:
        raise NotFound("no_such_role", NO_ROLE)
    if before.built_in:
        raise Rejected("role_built_in", Text(zh="内置角色不能删除。", en="Built-in roles cannot be deleted."))
    demand_reach(agent, before.permissions, before.scope)
    held: int = await tx.value("SELECT count(*) FROM staff.person WHERE $1 = ANY(roles)", key)
    if held:
        raise Conflict("role_in_use", Text(
            zh=f"还有 {held} 人使用这个角色，请先为他们换一个。",
            en=f"{held} people still have this role. Give them another one first."
        ))
    await demand_unneeded(tx, "role", key)
    await tx.execute("DELETE FROM staff.role WHERE key = $1", key)
    await record(tx, Trace(actor_id=agent.id, action="role.deleted", kind="role", object_id=key, before=before))
    _remembered.forget(tx)


async def demand_roles(tx: Tx, agent: Agent, keys: Sequence[str]) -> None:
    """Refused unless these roles exist and together are no more than the agent has."""
    known = await roles(tx)
    unknown = sorted(set(keys) - set(known))
    if unknown or not keys:
        raise Rejected("role_unknown", NO_ROLE, fields={"roles": NO_ROLE})
    grants = await grants_of(tx, keys)
    demand_reach(agent, grants.permissions, grants.scope)


def demand_whole_desk(agent: Agent) -> None:
    if agent.limited:
        raise Forbidden("whole_desk", Text(
            zh="只有能看到全部数据的管理员可以修改角色和组织。",
            en="Only somebody who sees the whole desk may change roles and structure."
        ))


async def _lock(tx: Tx, key: str) -> RoleRow | None:
    _remembered.forget(tx)
    await tx.fetch("SELECT key FROM staff.role WHERE key = $1 FOR UPDATE", key)
    return (await roles(tx)).get(key)
