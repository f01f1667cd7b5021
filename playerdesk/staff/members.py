"""The people of the desk as those who manage them see and change them."""

import re
from datetime import datetime
from typing import Annotated, Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Reader, Rejected, Text, Tx, clean_line
from playerdesk.staff.authority import demand_another_admin, demand_over, demand_within
from playerdesk.staff.events import PersonChanged, QueueChanged
from playerdesk.staff.roles import demand_roles
from playerdesk.staff.rules import Agent, State
from playerdesk.staff.sessions import forget_sessions

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody on staff with her place in the tree."""

    id: int
    login: str
    name: str
    email: str | None
    roles: list[str]
    brand_ids: list[int]
    queue_ids: list[int]
    department_id: int | None
    team_id: int | None
    superior_id: int | None
    vendor_id: int | None
    skills: list[str]
    languages: list[str]
    chat_capacity: int
    ticket_capacity: int
    deputy_id: int | None
    suspended_at: datetime | None
    has_password: bool
    second_factor: bool
    last_seen_at: datetime | None
    state: State


class MemberWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Somebody as she should be."""

    login: str
    name: Annotated[str, msgspec.Meta(max_length=80)]
    roles: list[str]
    email: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    brand_ids: list[int] = []
    queue_ids: list[int] = []
    department_id: int | None = None
    team_id: int | None = None
    superior_id: int | None = None
    vendor_id: int | None = None
    skills: Annotated[list[Tag], msgspec.Meta(max_length=50)] = []
    languages: Annotated[list[Tag], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=lambda: ["zh"])
    chat_capacity: Annotated[int, msgspec.Meta(ge=0, le=50)] = 5
    ticket_capacity: Annotated[int, msgspec.Meta(ge=0, le=500)] = 20
    deputy_id: int | None = None


NO_LOGIN = "!"
"""In the place of a hash: nobody has chosen a password yet."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_MEMBERS: LiteralString = """
    SELECT p.id, p.login, p.name, p.email, p.roles, p.brand_ids,
           array(SELECT m.queue_id FROM staff.queue_member m WHERE m.person_id = p.id ORDER BY 1),
           p.department_id, p.team_id, p.superior_id, p.vendor_id, p.skills, p.languages, p.chat_capacity,
           p.ticket_capacity, p.deputy_id, p.suspended_at, p.password_hash <> '!',
           EXISTS (SELECT FROM staff.totp t WHERE t.person_id = p.id AND t.confirmed_at IS NOT NULL)
           OR EXISTS (SELECT FROM staff.passkey k WHERE k.person_id = p.id),
           (SELECT max(s.seen_at) FROM staff.session s WHERE s.person_id = p.id), coalesce(n.state, 'offline')
    FROM staff.person p LEFT JOIN staff.presence n ON n.person_id = p.id
"""

_ADD: LiteralString = """
    WITH person AS (
        INSERT INTO staff.person (login, name, password_hash, roles) VALUES ($1, $2, $3, $4) RETURNING id
    ), presence AS (
        INSERT INTO staff.presence (person_id) SELECT id FROM person
    )
    SELECT id FROM person
"""

_CHANGE: LiteralString = """
    UPDATE staff.person SET login = $2, name = $3, email = $4, roles = $5, brand_ids = $6, department_id = $7, team_id = $8,
        superior_id = $9, vendor_id = $10, skills = $11, languages = $12, chat_capacity = $13, ticket_capacity = $14,
        deputy_id = $15
    WHERE id = $1
"""

# What a wish names and the desk does not have; her own id where she would stand above herself.
_PROBLEMS: LiteralString = """
    WITH RECURSIVE above AS (
        SELECT $2::bigint AS id UNION SELECT p.superior_id FROM staff.person p JOIN above a ON p.id = a.id
        WHERE p.superior_id IS NOT NULL
    )
    SELECT field FROM (VALUES
        ('login', EXISTS (SELECT FROM staff.person WHERE login = $3 AND id <> $1)),
        ('email', EXISTS (SELECT FROM staff.person WHERE lower(email) = lower($4) AND id <> $1)),
        ('superiorId', EXISTS (SELECT FROM above WHERE id = $1)
            OR $2 IS NOT NULL AND NOT EXISTS (SELECT FROM staff.person WHERE id = $2)),
        ('deputyId', $5::bigint = $1 OR $5 IS NOT NULL AND NOT EXISTS (SELECT FROM staff.person WHERE id = $5)),
        ('departmentId', $6::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM staff.department WHERE id = $6)),
        ('teamId', $7::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM staff.team WHERE id = $7)),
        ('vendorId', $8::bigint IS NOT NULL AND NOT EXISTS (SELECT FROM staff.vendor WHERE id = $8)),
        ('brandIds', $9::bigint[] <> '{}' AND EXISTS (
            SELECT FROM unnest($9::bigint[]) AS b WHERE b NOT IN (SELECT id FROM brands.brand))),
        ('queueIds', EXISTS (SELECT FROM unnest($10::bigint[]) AS q WHERE q NOT IN (SELECT id FROM staff.queue)))
    ) AS found (field, is_wrong) WHERE is_wrong
"""

_WRONG = {
    "login": Text(zh="登录名已被使用。", en="This login is taken."),
    "email": Text(zh="邮箱已被另一位同事使用。", en="A colleague has this e-mail address."),
    "superiorId": Text(zh="上级不存在，或会形成循环（自己管自己）。", en="No such superior, or it would be a circle."),
    "deputyId": Text(zh="请选择另一位同事作代理。", en="Choose another colleague as deputy."),
}
_GONE = Text(zh="所选项已不存在，请刷新后重新选择。", en="What was chosen is gone. Reload and choose again.")


async def members(reader: Reader, agent: Agent) -> list[Member]:
    """Everybody within the agent's scope, suspended or not."""
    found = await reader.rows(
        Member, _MEMBERS + " WHERE $1::bigint[] IS NULL OR p.id = ANY($1) ORDER BY p.id",
        None if agent.person_ids is None else sorted(agent.person_ids),
    )
    mine = set(agent.brand_ids)
    return [each for each in found if not mine or mine & set(each.brand_ids)]


async def member(reader: Reader, person_id: int) -> Member:
    """One of them, who is there."""
    return (await reader.rows(Member, _MEMBERS + " WHERE p.id = $1", person_id))[0]


async def save_member(tx: Tx, agent: Agent, person_id: int | None, wish: MemberWish) -> Member:
    """Add or change somebody, within what the agent may do and see herself."""
    wish = await _clean(tx, person_id or 0, wish)
    await demand_roles(tx, agent, wish.roles)
    before: Member | None = None
    if person_id is None:
        person_id = int(await tx.value(_ADD, wish.login, wish.name, NO_LOGIN, wish.roles))
    else:
        await demand_over(tx, agent, person_id)
        before = await member(tx, person_id)
        if "admin" in before.roles and "admin" not in wish.roles:
            await demand_another_admin(tx, person_id)
    await tx.execute(
        _CHANGE, person_id, wish.login, wish.name, wish.email, wish.roles, wish.brand_ids, wish.department_id, wish.team_id,
        wish.superior_id, wish.vendor_id, wish.skills, wish.languages, wish.chat_capacity, wish.ticket_capacity, wish.deputy_id,
    )
    await _join(tx, person_id, wish.queue_ids)
    # After the change, so that nobody moves somebody, or makes somebody, out of her own reach.
    await demand_within(tx, agent, person_id)
    after = await member(tx, person_id)
    await record(tx, Trace(
        actor_id=agent.id, action="person.changed" if before else "person.created", kind="person", object_id=str(person_id),
        before=before and _facts(before), after=_facts(after),
    ))
    await tx.emit(PersonChanged(person_id=person_id))
    forget_sessions(tx)
    return after


async def _clean(tx: Tx, person_id: int, wish: MemberWish) -> MemberWish:
    login, name = wish.login.strip().lower(), clean_line(wish.name)
    email = (wish.email or "").strip() or None
    wrong: dict[str, Text] = {}
    if not _LOGIN.fullmatch(login):
        wrong["login"] = Text(
            zh="以字母或数字开头，只含字母、数字和 . _ @ -，最长 64 个字符。",
            en="Begins with a letter or digit; letters, digits and . _ @ - only, 64 at most.",
        )
    if not name:
        wrong["name"] = Text(zh="请填写姓名。", en="A name is needed.")
    if email is not None and not _EMAIL.fullmatch(email):
        wrong["email"] = Text(zh="邮箱格式不对。", en="This is no e-mail address.")
    for record_ in await tx.fetch(
        _PROBLEMS, person_id, wish.superior_id, login, email, wish.deputy_id, wish.department_id, wish.team_id, wish.vendor_id,
        wish.brand_ids, wish.queue_ids,
    ):
        wrong.setdefault(record_[0], _WRONG.get(record_[0], _GONE))
    if wrong:
        raise Rejected("person_invalid", next(iter(wrong.values())), fields=wrong)
    return msgspec.structs.replace(
        wish, login=login, name=name, email=email, roles=list(dict.fromkeys(wish.roles)),
        skills=sorted({clean_line(each) for each in wish.skills} - {""}),
        languages=list(dict.fromkeys(wish.languages)), brand_ids=sorted(set(wish.brand_ids)), queue_ids=sorted(set(wish.queue_ids)),
    )


async def _join(tx: Tx, person_id: int, queue_ids: list[int]) -> None:
    """She serves these queues and no others."""
    records = await tx.fetch("SELECT queue_id FROM staff.queue_member WHERE person_id = $1", person_id)
    before = {record_[0] for record_ in records}
    if before == set(queue_ids):
        return
    await tx.execute("DELETE FROM staff.queue_member WHERE person_id = $1 AND queue_id <> ALL($2::bigint[])", person_id, queue_ids)
    await tx.execute(
        "INSERT INTO staff.queue_member (queue_id, person_id) SELECT unnest($2::bigint[]), $1 ON CONFLICT DO NOTHING",
        person_id, queue_ids,
    )
    await tx.emit(*[QueueChanged(queue_id=each, person_id=person_id) for each in sorted(before ^ set(queue_ids))])


def _facts(one: Member) -> dict[str, Any]:
    """What a trace keeps: not whether she happens to be there."""
    moving = {"state", "last_seen_at", "has_password", "second_factor"}
    return {name: value for name, value in msgspec.structs.asdict(one).items() if name not in moving}
