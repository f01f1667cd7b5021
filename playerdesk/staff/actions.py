"""What can happen to people and queues (signing in and presence have files of their own)."""

import re
from collections.abc import Sequence
from typing import LiteralString

from playerdesk.kernel import Rejected, Text, Tx, clean_line
from playerdesk.staff.events import QueueChanged
from playerdesk.staff.password_rules import refuse_weak
from playerdesk.staff.passwords import hash_password
from playerdesk.staff.queries import forget_queues
from playerdesk.staff.roles import roles as known_roles

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")

_ADD_PERSON: LiteralString = """
    WITH person AS (
        INSERT INTO staff.person (login, name, password_hash, roles, brand_ids, locale, chat_capacity,
                                  ticket_capacity, deputy_id, languages)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (login) DO NOTHING
        RETURNING id
    ), presence AS (
        INSERT INTO staff.presence (person_id) SELECT id FROM person
    )
    SELECT id FROM person
"""

_ADD_QUEUE: LiteralString = """
    INSERT INTO staff.queue (key, name, brand_id, push, is_vip_pool, position) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (key) DO UPDATE SET name = excluded.name, brand_id = excluded.brand_id, push = excluded.push,
        is_vip_pool = excluded.is_vip_pool, position = excluded.position, retired_at = NULL
    RETURNING id
"""


async def add_person(
    tx: Tx,
    login: str,
    name: str,
    password: str,
    *,
    roles: Sequence[str] = ("agent",),
    brand_ids: Sequence[int] = (),
    locale: str = "zh-CN",
    chat_capacity: int = 5,
    ticket_capacity: int = 20,
    deputy_id: int | None = None,
    languages: Sequence[str] = ("zh", "en"),
) -> int:
    """Somebody who may sign in from now on. Returns her id."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Rejected("login_invalid", Text(
            zh="登录名以字母或数字开头，只含字母、数字和 . _ @ -，最长 64 个字符。",
            en="A login starts with a letter or digit and has letters, digits and . _ @ - only, 64 at most.",
        ))
    refuse_weak(password, login, name)
    known = await known_roles(tx)
    if not roles or set(roles) - set(known):
        raise Rejected("role_unknown", Text(
            zh=f"角色只能是 {', '.join(known)}。", en=f"A role is one of {', '.join(known)}."
        ))
    person_id = await tx.value(
        _ADD_PERSON, login, clean_line(name), await hash_password(password), list(roles), list(brand_ids), locale,
        chat_capacity, ticket_capacity, deputy_id, list(languages),
    )
    if person_id is None:
        raise Rejected("login_taken", Text(
            zh=f"登录名 {login} 已被使用，请换一个。", en=f"The login {login} is taken; choose another one."
        ))
    return person_id


async def add_queue(
    tx: Tx,
    key: str,
    name: Text,
    *,
    brand_id: int | None = None,
    push: bool = True,
    is_vip_pool: bool = False,
    position: int = 0,
) -> int:
    """A queue by its key; adding it again changes it. Returns its id."""
    queue_id: int = await tx.value(_ADD_QUEUE, key, name, brand_id, push, is_vip_pool, position)
    forget_queues(tx)
    await tx.emit(QueueChanged(queue_id=queue_id))
    return queue_id


async def retire_queue(tx: Tx, queue_id: int) -> None:
    """Nothing comes into it any more; old tickets remember it. Whoever calls has looked that nothing waits in it."""
    await tx.execute("UPDATE staff.queue SET retired_at = now() WHERE id = $1", queue_id)
    forget_queues(tx)
    await tx.emit(QueueChanged(queue_id=queue_id))


async def add_member(tx: Tx, queue_id: int, person_id: int) -> None:
    """She serves this queue, too."""
    added = await tx.execute(
        "INSERT INTO staff.queue_member (queue_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        queue_id, person_id,
    )
    if added:
        await tx.emit(QueueChanged(queue_id=queue_id, person_id=person_id))


async def change_locale(tx: Tx, person_id: int, locale: str) -> None:
    """The language of her workspace."""
    if locale not in {"zh-CN", "en"}:
        raise Rejected("locale_unknown", Text(
            zh="界面语言只能是中文或英文。", en="The workspace speaks Chinese (zh-CN) and English (en)."
        ), fields={"locale": Text(zh="请选择 zh-CN 或 en。", en="Choose zh-CN or en.")})
    await tx.execute("UPDATE staff.person SET locale = $2 WHERE id = $1", person_id, locale)


async def place_in_department(tx: Tx, person_id: int, department: str, superior_id: int | None) -> None:
    """Where somebody stands in the tree: the department by its key, and whom her late work goes up to."""
    await tx.execute(
        "UPDATE staff.person SET department_id = (SELECT id FROM staff.department WHERE key = $2), superior_id = $3 WHERE id = $1",
        person_id, department, superior_id,
    )


async def set_deputy(tx: Tx, person_id: int, deputy_id: int | None) -> None:
    """Who looks after this person's players while she is away."""
    await tx.execute("UPDATE staff.person SET deputy_id = $2 WHERE id = $1", person_id, deputy_id)
