"""Queues, departments, teams and roles as documents. People are not: accounts are made by inviting somebody."""

from typing import Any, ClassVar, LiteralString

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published, body_of
from playerdesk.brands import brand_by_key, brands
from playerdesk.kernel import Conflict, Reader, Text, Tx
from playerdesk.staff.actions import add_queue, retire_queue
from playerdesk.staff.removing import demand_unneeded
from playerdesk.staff.roles import forget_roles, roles
from playerdesk.staff.rules import ALL_PERMISSIONS, PERMISSIONS, ScopeKind
from playerdesk.staff.sessions import forget_sessions

NO_NAME = Text(zh="请填写中文和英文名称。", en="Give it a name in both languages.")
NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")
KEY_TAKEN = Text(zh="这个标识已被另一个队列使用。", en="Another queue has this key.")
IN_ITSELF = Text(zh="部门不能放在自己下面。", en="A department cannot stand under itself.")
IN_USE = Text(zh="里面还有人，请先把他们移走。", en="There are people in it. Move them first.")
BUILT_IN = Text(zh="内置角色不能删除。", en="Built-in roles cannot be deleted.")
ADMIN_STAYS = Text(zh="管理员角色始终拥有全部权限。", en="The administrator's role keeps every permission.")


class QueueBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A line of waiting tickets."""

    name: Text
    push: bool = True
    is_vip_pool: bool = False
    position: int = 0


class UnitBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A department or a team; `parent` is the key of the department above it."""

    name: Text
    parent: str | None = None


class RoleBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A role; without `permissions` as this version of the desk ships it."""

    name: Text
    scope: ScopeKind
    permissions: list[str] | None = None
    two_factors: bool = False


def _nameless(name: Text) -> list[Problem]:
    return [] if name.zh.strip() and name.en.strip() else [Problem("name", NO_NAME)]


class QueueKind(Kind):
    """Queues; who serves one is decided with the people."""

    name: ClassVar[str] = "queue"
    label: ClassVar[Text] = Text(zh="队列", en="Queue")
    after: ClassVar[tuple[str, ...]] = ("brand",)

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        return body_of(msgspec.convert(body, QueueBody))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        problems = _nameless(msgspec.convert(asked.body, QueueBody).name)
        brand = await brand_by_key(reader, asked.place.brand_key)
        if asked.place.brand_key and brand is None:
            problems.append(Problem("", NO_BRAND))
        taken = await reader.fetch(
            "SELECT FROM staff.queue WHERE key = $1 AND brand_id IS DISTINCT FROM $2", asked.place.key, brand and brand.id
        )
        return [*problems, Problem("key", KEY_TAKEN)] if taken else problems

    async def apply(self, tx: Tx, published: Published) -> None:
        body = msgspec.convert(published.body, QueueBody)
        brand = await brand_by_key(tx, published.place.brand_key)
        await add_queue(
            tx, published.place.key, body.name, brand_id=brand and brand.id, push=body.push, is_vip_pool=body.is_vip_pool,
            position=body.position,
        )

    async def retire(self, tx: Tx, place: Place) -> None:
        await demand_unneeded(tx, self.name, place.key)
        await retire_queue(tx, await tx.value("SELECT id FROM staff.queue WHERE key = $1", place.key))

    async def living(self, reader: Reader) -> list[Living]:
        keys = {brand.id: brand.key for brand in await brands(reader)}
        return [
            Living(keys.get(brand_id, ""), key, self.normal({
                "name": name, "push": push, "isVipPool": is_vip_pool, "position": position,
            }))
            for key, name, brand_id, push, is_vip_pool, position in await reader.fetch(
                "SELECT key, name, brand_id, push, is_vip_pool, position FROM staff.queue WHERE retired_at IS NULL"
            )
        ]


class _UnitKind(Kind):
    """What departments and teams have in common."""

    branded: ClassVar[bool] = False
    save: ClassVar[LiteralString]
    drop: ClassVar[LiteralString]
    used: ClassVar[LiteralString]
    all: ClassVar[LiteralString]

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        return body_of(msgspec.convert(body, UnitBody))

    def mentions(self, body: dict[str, Any]) -> list[Mention]:
        return [Mention("department", body["parent"], "parent")] if body.get("parent") else []

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        return _nameless(msgspec.convert(asked.body, UnitBody).name)

    async def apply(self, tx: Tx, published: Published) -> None:
        body = msgspec.convert(published.body, UnitBody)
        await tx.execute(self.save, published.place.key, body.name, body.parent)
        forget_sessions(tx)

    async def retire(self, tx: Tx, place: Place) -> None:
        if await tx.value(self.used, place.key):
            raise Conflict("in_use", IN_USE)
        await demand_unneeded(tx, self.name, place.key)
        await tx.execute(self.drop, place.key)
        forget_sessions(tx)

    async def living(self, reader: Reader) -> list[Living]:
        return [
            Living("", key, self.normal({"name": name, "parent": parent})) for key, name, parent in await reader.fetch(self.all)
        ]


class DepartmentKind(_UnitKind):
    """Departments, in a tree."""

    name: ClassVar[str] = "department"
    label: ClassVar[Text] = Text(zh="部门", en="Department")
    save: ClassVar[LiteralString] = """
        INSERT INTO staff.department (key, name, parent_id)
        VALUES ($1, $2, (SELECT id FROM staff.department WHERE key = $3))
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id
    """
    drop: ClassVar[LiteralString] = "DELETE FROM staff.department WHERE key = $1"
    used: ClassVar[LiteralString] = """
        SELECT EXISTS (SELECT FROM staff.person p JOIN staff.department d ON d.id = p.department_id WHERE d.key = $1)
            OR EXISTS (SELECT FROM staff.department c JOIN staff.department d ON d.id = c.parent_id WHERE d.key = $1)
            OR EXISTS (SELECT FROM staff.team c JOIN staff.department d ON d.id = c.department_id WHERE d.key = $1)
    """
    all: ClassVar[LiteralString] = """
        SELECT d.key, d.name, above.key FROM staff.department d LEFT JOIN staff.department above ON above.id = d.parent_id
    """

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        problems = await super().check(reader, asked)
        above = {key: parent for key, _, parent in await reader.fetch(self.all)} | {asked.place.key: asked.body.get("parent")}
        seen, key = {asked.place.key}, above[asked.place.key]
        while key is not None and key not in seen:
            seen.add(key)
            key = above.get(key)
        return [*problems, Problem("parent", IN_ITSELF)] if key is not None else problems


class TeamKind(_UnitKind):
    """Teams, each in a department or in none."""

    name: ClassVar[str] = "team"
    label: ClassVar[Text] = Text(zh="小组", en="Team")
    after: ClassVar[tuple[str, ...]] = ("department",)
    save: ClassVar[LiteralString] = """
        INSERT INTO staff.team (key, name, department_id)
        VALUES ($1, $2, (SELECT id FROM staff.department WHERE key = $3))
        ON CONFLICT (key) DO UPDATE SET name = excluded.name, department_id = excluded.department_id
    """
    drop: ClassVar[LiteralString] = "DELETE FROM staff.team WHERE key = $1"
    used: ClassVar[LiteralString] = """
        SELECT EXISTS (SELECT FROM staff.person p JOIN staff.team t ON t.id = p.team_id WHERE t.key = $1)
    """
    all: ClassVar[LiteralString] = """
        SELECT t.key, t.name, d.key FROM staff.team t LEFT JOIN staff.department d ON d.id = t.department_id
    """


class RoleKind(Kind):
    """Roles: what their holders may do, and how far they see."""

    name: ClassVar[str] = "role"
    label: ClassVar[Text] = Text(zh="角色", en="Role")
    branded: ClassVar[bool] = False

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        read = msgspec.convert(body, RoleBody)
        listed = None if read.permissions is None else sorted(set(read.permissions))
        return body_of(msgspec.structs.replace(read, permissions=listed))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        body = msgspec.convert(asked.body, RoleBody)
        problems = _nameless(body.name)
        if body.permissions is None and asked.place.key not in PERMISSIONS:
            problems.append(Problem("permissions", Text(zh="请列出角色的权限。", en="List what this role may do.")))
        for n, permission in enumerate(body.permissions or ()):
            if permission not in ALL_PERMISSIONS:
                problems.append(Problem(f"permissions.{n}", Text(
                    zh=f"没有“{permission}”这个权限。", en=f"There is no permission “{permission}”."
                )))
        if asked.place.key == "admin" and (body.permissions is not None or body.scope != "all"):
            problems.append(Problem("permissions", ADMIN_STAYS))
        return problems

    async def apply(self, tx: Tx, published: Published) -> None:
        body = msgspec.convert(published.body, RoleBody)
        await tx.execute(
            "INSERT INTO staff.role (key, name, permissions, scope, two_factors) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (key) DO UPDATE SET name = excluded.name, permissions = excluded.permissions,"
            " scope = excluded.scope, two_factors = excluded.two_factors",
            published.place.key, body.name, body.permissions, body.scope, body.two_factors,
        )
        forget_roles(tx)
        forget_sessions(tx)

    async def retire(self, tx: Tx, place: Place) -> None:
        if place.key in PERMISSIONS:
            raise Conflict("role_built_in", BUILT_IN)
        if await tx.value("SELECT EXISTS (SELECT FROM staff.person WHERE $1 = ANY(roles))", place.key):
            raise Conflict("in_use", IN_USE)
        await demand_unneeded(tx, self.name, place.key)
        await tx.execute("DELETE FROM staff.role WHERE key = $1", place.key)
        forget_roles(tx)

    async def living(self, reader: Reader) -> list[Living]:
        return [
            Living("", role.key, self.normal({
                "name": msgspec.to_builtins(role.name), "scope": role.scope,
                "permissions": None if role.as_shipped else role.permissions, "twoFactors": role.two_factors,
            }))
            for role in (await roles(reader)).values()
        ]


KINDS: tuple[Kind, ...] = (QueueKind(), DepartmentKind(), TeamKind(), RoleKind())
