"""Sets the demo desk up once; running it again changes nothing."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from playerdesk.app.demo.categories import CATEGORIES
from playerdesk.app.demo.macros import MACROS
from playerdesk.app.demo.ports import follow_ports
from playerdesk.app.demo.processes import FOR_CATEGORIES, seed_processes
from playerdesk.app.demo.rules import seed_rules
from playerdesk.app.demo.segments import seed_segments
from playerdesk.app.wiring import WIRING
from playerdesk.brands import add_brand, add_server, add_signing_key, brands, set_webhook
from playerdesk.forms import define_category
from playerdesk.kernel import Text, Tx, connect, now
from playerdesk.kernel.settings import Settings
from playerdesk.players import BlockSetting, FrameSetting, Layout, change_block_setting
from playerdesk.sla import set_default_targets
from playerdesk.staff import Agent, add_member, add_person, add_queue, permissions_of, set_deputy
from playerdesk.tickets.macros.actions import Wanted, add_macro

log = structlog.get_logger("demo")

DEMO_FILE = "demo.json"
KEYS_FILE = "demogame-keys.json"

BRANDS = [
    ("skyreach", Text("云境传说", "Skyreach"), "#4f6bed", "云端之上，随时为你效劳。", "Above the clouds, at your service.",
     [("s1", "云海之巅"), ("s2", "苍穹圣殿"), ("s3", "星落平原"), ("s4", "龙吟峡谷")]),
    ("happycards", Text("欢乐牌局", "Happy Cards"), "#0f9d76", "有问题？我们马上来！", "A question? We are on our way!",
     [("h1", "欢乐一区"), ("h2", "巅峰对决")]),
]

QUEUES = [
    ("vip", Text("VIP 专席", "VIP desk")), ("payments", Text("充值与账单", "Payments")),
    ("security", Text("账号安全", "Account security")), ("technical", Text("技术与对局", "Technical")),
    ("general", Text("综合咨询", "General")),
]

# login, name, role for people, roles, queues, chats at once
PEOPLE: list[tuple[str, str, Text, list[str], list[str], int]] = [
    ("lin", "林若曦", Text("VIP 专属客服", "VIP manager"), ["agent", "vip_manager"], ["vip"], 4),
    ("zhou", "周子航", Text("VIP 专属客服", "VIP manager"), ["agent", "vip_manager"], ["vip"], 4),
    ("chen", "陈晓雨", Text("客服（充值、综合）", "Agent (payments, general)"), ["agent"], ["payments", "general"], 5),
    ("wang", "王思远", Text("客服（技术、安全）", "Agent (technical, security)"), ["agent"], ["technical", "security"], 5),
    ("he", "何佳宁", Text("客服（全部队列）", "Agent (all queues)"), ["agent"],
     ["payments", "security", "technical", "general"], 6),
    ("sun", "孙悦", Text("运营支持（中台）", "Middle office"), ["agent"], [], 0),
    ("qian", "钱博", Text("产品经理（后台）", "Product manager, back office"), ["agent"], [], 0),
    ("wu", "吴桐", Text("研发与财务（后台）", "Engineer, back office"), ["agent"], [], 0),
    ("zhao", "赵敏", Text("组长", "Team lead"), ["agent", "lead"], ["general"], 3),
    ("admin", "管理员", Text("管理员", "Administrator"), ["admin", "lead"], [], 0),
]


class DemoFiles(msgspec.Struct, frozen=True):
    """What the demo needs to know again after a restart."""

    accounts: list[dict[str, Any]]
    keys: Path


async def seed_demo(settings: Settings, dsn: str) -> DemoFiles:
    """Brands, servers, keys, queues, people, categories and targets; returns the accounts to sign in with.

    The secrets are written to their files first and the database is filled from them in one
    transaction, so a kill in between leaves nothing that the next start could not finish.
    """
    demo_file, keys_file = settings.data_dir / DEMO_FILE, settings.data_dir / KEYS_FILE
    keys = _read(keys_file) or _write(keys_file, {
        key: {"kid": f"{key}-1", "secret": secrets.token_urlsafe(32)} for key, *_ in BRANDS
    })
    accounts = (_read(demo_file) or _write(demo_file, {"accounts": _accounts()}))["accounts"]
    database = await connect(dsn, wiring=WIRING, size=2)
    try:
        async with database.transaction() as tx:
            if not await tx.value("SELECT EXISTS (SELECT FROM staff.person WHERE login = $1)", accounts[0]["login"]):
                await _fill(tx, settings, keys, accounts)
                log.info("demo desk set up", brands=len(BRANDS), people=len(accounts))
            else:
                await follow_ports(tx, settings)
    finally:
        await database.close()
    return DemoFiles(accounts, keys_file)


def demo_accounts(settings: Settings) -> list[dict[str, Any]]:
    """The accounts shown beside the sign-in form; none unless this is the demo."""
    found = _read(settings.data_dir / DEMO_FILE) if settings.demo else None
    return found["accounts"] if found else []


async def _fill(tx: Tx, settings: Settings, keys: dict[str, Any], accounts: list[dict[str, Any]]) -> None:
    webhook = f"http://127.0.0.1:{settings.demo_game_port}/demo/webhook"
    for key, name, accent, zh, en, servers in BRANDS:
        theme = {"accent": accent, "greeting": {"zh": zh, "en": en}}
        brand_id = await add_brand(tx, key, name, theme=theme)
        for position, (server, title) in enumerate(servers, 1):
            await add_server(tx, brand_id, server, title, position=position)
        await add_signing_key(tx, brand_id, keys[key]["kid"], "HS256", keys[key]["secret"])
        await set_webhook(tx, brand_id, webhook, keys[key]["kid"])
    queues = {
        key: await add_queue(tx, key, name, is_vip_pool=key == "vip", position=position)
        for position, (key, name) in enumerate(QUEUES, 1)
    }
    for position, (key, name, icon, priority, queue, fields) in enumerate(CATEGORIES, 1):
        await define_category(
            tx, key, name, icon=icon, priority=priority, queue_id=queues[queue], fields=fields, position=position,
            process_key=FOR_CATEGORIES.get(key, ""),
        )
    await set_default_targets(tx)
    people = await _people(tx, queues, {each["login"]: each["password"] for each in accounts})
    await seed_processes(tx, people)
    await seed_rules(tx)
    await seed_segments(tx)
    await _macros(tx, queues, people)
    await _blocks(tx, settings, people["admin"])


async def _blocks(tx: Tx, settings: Settings, admin: int) -> None:
    """Both games answer live questions and have a page to embed."""
    host = urlsplit(settings.public_url).hostname or "127.0.0.1"
    frame = f"http://{f'[{host}]' if ':' in host else host}:{settings.demo_game_port}/demo/frame"
    for brand in await brands(tx):
        await change_block_setting(tx, brand.id, BlockSetting(
            pull_url=f"http://127.0.0.1:{settings.demo_game_port}/demo/fields",
            frames=[FrameSetting("matches", Text("最近战绩", "Recent matches"), frame, height=180)],
            layout={"recharge": Layout(order=["spend", "live"])},
        ), admin)


async def _macros(tx: Tx, queues: dict[str, int], people: dict[str, int]) -> None:
    owner = Agent(
        id=people["zhao"], name="", roles=["lead"], permissions=permissions_of(["lead"]), brand_ids=[], locale="zh-CN"
    )
    for title, shortcut, team, language, body, actions in MACROS:
        # A queue is named by its key here and by its number on the desk.
        doing = [{**each, "to": queues.get(str(each.get("to")), each.get("to"))} for each in actions]
        await add_macro(tx, owner, msgspec.convert({
            "title": title, "shortcut": shortcut, "share": "team" if team else "everybody", "queueId": queues.get(team),
            "language": language or None, "body": body, "actions": doing,
        }, Wanted), now())


async def _people(tx: Tx, queues: dict[str, int], passwords: dict[str, str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for login, name, _, roles, member_of, chats in PEOPLE:
        ids[login] = await add_person(tx, login, name, passwords[login], roles=roles, chat_capacity=chats)
        for queue in member_of:
            await add_member(tx, queues[queue], ids[login])
    await set_deputy(tx, ids["lin"], ids["zhou"])
    await set_deputy(tx, ids["zhou"], ids["lin"])
    return ids


def _accounts() -> list[dict[str, Any]]:
    return [
        {"login": login, "password": f"demo-{secrets.token_hex(4)}", "name": name, "role": {"zh": role.zh, "en": role.en}}
        for login, name, role, *_ in PEOPLE
    ]


def _read(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def _write(path: Path, value: Any) -> Any:
    """Whole or not at all, and for nobody else's eyes: there are secrets in it."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(value)))
    fresh.rename(path)
    return value


