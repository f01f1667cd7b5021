"""Sets up a real desk: change the lines below, then run it. Running it again changes what is there.

PLAYERDESK_DATA=/srv/playerdesk .venv/bin/python docs/handbook/first_desk.py

A desk needs its queues and a first account before anybody can sign in; the rest is on screens as well (Settings). The actions
are the ones screens call, so nothing here goes past a check.
"""
# ruff: noqa: INP001, T201

import asyncio
import secrets

from playerdesk.app.wiring import WIRING
from playerdesk.brands import add_brand, add_server, add_signing_key, set_webhook
from playerdesk.forms import define_category
from playerdesk.kernel import Rejected, Text, Tx, connect
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import load
from playerdesk.sla import set_default_targets
from playerdesk.staff import add_member, add_person, add_queue, set_deputy

BRAND, BRAND_NAME = "mygame", Text(zh="我的游戏", en="My Game")
THEME = {"accent": "#4f6bed", "greeting": {"zh": "遇到什么问题了？", "en": "What can we do for you?"}}
SERVERS = [("s1", "一区"), ("s2", "二区")]
WEBHOOK: str | None = None  # "https://game.example.com/support-webhook"

QUEUES = [("vip", Text(zh="VIP 专席", en="VIP desk")), ("general", Text(zh="综合咨询", en="General"))]

# key, name, icon, priority (0 urgent … 3 low), queue, fields
CATEGORIES = [
    ("recharge", Text(zh="充值未到账", en="Payment not received"), "wallet", 1, "general", [
        {"key": "amount", "kind": "money", "label": {"zh": "充值金额（元）", "en": "Amount paid (¥)"}, "required": True},
        {"key": "order", "kind": "text", "label": {"zh": "订单号", "en": "Order number"}, "required": False},
    ]),
    ("other", Text(zh="其他问题", en="Something else"), "help", 2, "general", []),
]

# login, name, roles (agent, vip_manager, lead, admin), queues
PEOPLE = [
    ("boss", "组长", ["agent", "lead", "admin"], ["general"]),
    ("lin", "林若曦", ["agent", "vip_manager"], ["vip", "general"]),
    ("zhou", "周子航", ["agent", "vip_manager"], ["vip", "general"]),
]
DEPUTIES = [("lin", "zhou"), ("zhou", "lin")]


async def games(tx: Tx) -> None:
    """The brand, its servers, and a key that is made once and printed once."""
    brand_id = await add_brand(tx, BRAND, BRAND_NAME, theme=THEME)
    for position, (key, name) in enumerate(SERVERS, 1):
        await add_server(tx, brand_id, key, name, position=position)
    kid = f"{BRAND}-1"
    if not await tx.value("SELECT 1 FROM brands.signing_key WHERE kid = $1", kid):
        secret = secrets.token_urlsafe(32)
        await add_signing_key(tx, brand_id, kid, "HS256", secret)
        print(f"key   kid={kid} secret={secret}   for the game's back end; it is not shown again")
    await set_webhook(tx, brand_id, WEBHOOK, kid if WEBHOOK else None)


async def work(tx: Tx) -> dict[str, int]:
    """Queues, categories and what is promised; the queues by key."""
    queues = {
        key: await add_queue(tx, key, name, is_vip_pool=key == "vip", position=position)
        for position, (key, name) in enumerate(QUEUES, 1)
    }
    for position, (key, name, icon, priority, queue, fields) in enumerate(CATEGORIES, 1):
        await define_category(
            tx, key, name, icon=icon, priority=priority, queue_id=queues[queue], fields=fields, position=position
        )
    await set_default_targets(tx)
    return queues


async def people(tx: Tx, queues: dict[str, int]) -> None:
    """Logins with a password that is printed once; somebody who is there keeps hers."""
    ids: dict[str, int] = {}
    for login, name, roles, member_of in PEOPLE:
        password = secrets.token_urlsafe(9)
        known = await tx.value("SELECT id FROM staff.person WHERE login = $1", login)
        ids[login] = known or await add_person(tx, login, name, password, roles=roles)
        for queue in member_of:
            await add_member(tx, queues[queue], ids[login])
        if not known:
            print(f"login {login:<10} {password}   {name}")
    for login, deputy in DEPUTIES:
        await set_deputy(tx, ids[login], ids[deputy])


async def main() -> None:
    """All of it in one transaction: a mistake leaves nothing half done."""
    async with running(load(), join=True) as dsn:
        await migrate(dsn)
        database = await connect(dsn, wiring=WIRING, size=2)
        try:
            async with database.transaction() as tx:
                await games(tx)
                await people(tx, await work(tx))
        except Rejected as refusal:
            raise SystemExit(refusal.message.en) from None
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(main())
