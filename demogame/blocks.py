"""What the game shows beside a ticket: fields it pushes, fields it answers live, and a page of its own."""

import html
from datetime import UTC, datetime, timedelta
from typing import Any

from demogame.records import Record, stamp
from demogame.world import CAST, Player, rng_for

Field = dict[str, Any]

MAPS = ("云海仙踪", "苍穹试炼", "龙吟古道", "星落湖畔")
TABLES = ("斗地主·高手场", "四川麻将·血战", "掼蛋·大师场", "跑得快·初级场")
GUILDS = ("云上人家", "剑指苍穹", "不加班联盟", "老友记", "星河")
HEROES = ("剑仙", "灵狐", "天师", "破军")
PHONES = ("iPhone 15 Pro", "HUAWEI Mate 60", "Xiaomi 14", "OPPO Find X7", "vivo X100")
SAME_PHONE = {"sr-000001": "13800001001", "hc-000001": "13800001001"}
SAME_WECHAT = {"sr-000002": "o-demo-chujingyun", "hc-000002": "o-demo-chujingyun"}


def told(player: Player, now: datetime) -> list[Record]:
    """Everything the desk is told about this player besides what she did."""
    return [*_fields(player, now), *_contacts(player), *_incidents(player, now)]


def live(player: Player, now: datetime) -> list[Field]:
    """What the game knows this very minute."""
    rng = rng_for(f"{now:%Y%m%d%H%M}", "live", player.account)
    online = rng.random() < 0.6
    return [
        {"index": 1, "key": "online", "label": "在线", "type": "bool", "value": online},
        {"index": 2, "key": "ping", "label": "延迟 (ms)", "type": "number", "value": rng.randint(18, 320) if online else None},
        {"index": 3, "key": "balance", "label": "钱包余额", "type": "money",
         "value": {"minor": rng.randint(0, 400_000), "currency": "CNY"}},
        {"index": 4, "key": "order_no", "label": "最近订单", "value": f"{player.brand.prefix.upper()}{rng.randint(10**9, 10**10)}"},
        {"index": 5, "key": "bound_phone", "label": "绑定手机", "pii": "phone", "value": _phone(player)},
        {"index": 6, "key": "vip_line", "label": "专属通道", "tier": "high", "type": "bool", "value": True},
    ]  # fmt: skip


def looked_up(player: Player, what: str, number: str, now: datetime) -> list[Field]:
    """What the game knows under a number a player wrote; nothing for what is no number of ours."""
    digits = number.strip()
    if what != "match" or not digits.isdigit() or not 6 <= len(digits) <= 12:
        return []
    rng = rng_for(digits, "match", player.brand.key)
    at = now - timedelta(minutes=rng.randint(20, 3000))
    return [
        {"index": 1, "key": "where", "label": "对局", "value": rng.choice(TABLES if player.brand.is_cards else MAPS)},
        {"index": 2, "key": "at", "label": "时间", "type": "date", "value": stamp(at)},
        {"index": 3, "key": "result", "label": "结果", "value": rng.choice(("胜", "负", "掉线判负", "异常中断"))},
    ]  # fmt: skip


def page(player: Player, now: datetime) -> str:
    """A small page of the game's own tools, as it is embedded beside a ticket."""
    rows = "".join(
        f"<tr><td>{html.escape(when)}</td><td>{html.escape(what)}</td><td>{html.escape(result)}</td></tr>"
        for when, what, result in _matches(player, now)
    )
    return (
        "<!doctype html><meta charset=utf-8><title>战绩</title><style>body{font:12px/1.6 system-ui;margin:8px;color:#1e293b}"
        "table{width:100%;border-collapse:collapse}td{border-bottom:1px solid #e2e8f0;padding:2px 4px}</style>"
        f"<b>{html.escape(player.name)}</b> · {html.escape(player.main.name)}<table>{rows}</table>"
    )


def _matches(player: Player, now: datetime) -> list[tuple[str, str, str]]:
    rng = rng_for(f"{now:%Y%m%d}", "matches", player.account)
    places = TABLES if player.brand.is_cards else MAPS
    return [
        (f"{(now - timedelta(hours=3 * n + 1)):%m-%d %H:00}", rng.choice(places), rng.choice(("胜", "负", "掉线判负", "平")))
        for n in range(5)
    ]


def _fields(player: Player, now: datetime) -> list[Record]:
    rng = rng_for(f"{now:%Y%m%d}", "fields", player.account)
    where = rng.choice(TABLES if player.brand.is_cards else MAPS)
    play: list[Field] = [
        {"index": 1, "key": "guild", "group": "游戏", "label": "牌友圈" if player.brand.is_cards else "公会",
         "value": rng.choice(GUILDS), "href": "https://example.com/guild"},
        {"index": 2, "key": "map", "group": "游戏", "label": "当前位置", "value": where},
        {"index": 3, "key": "matches", "group": "游戏", "label": "最近对局", "type": "list",
         "value": [f"{what} {result}" for _, what, result in _matches(player, now)[:3]]},
        {"index": 4, "key": "hero", "group": "游戏", "label": "常用", "value": rng.choice(HEROES)},
        {"index": 5, "key": "items", "group": "背包", "label": "贵重物品", "type": "list",
         "value": rng.sample(("神兵·霜华", "坐骑·白泽", "时装·云裳", "至尊月卡", "改名卡"), 3)},
        {"index": 6, "key": "gems", "group": "背包", "label": "元宝", "type": "number", "value": rng.randint(0, 90_000)},
        {"index": 7, "key": "internal_score", "group": "背包", "label": "风控分", "hidden": True, "type": "number",
         "value": rng.randint(0, 100)},
    ]  # fmt: skip
    device: list[Field] = [
        {"index": 1, "key": "model", "group": "设备", "label": "机型", "value": rng.choice(PHONES)},
        {"index": 2, "key": "device_id", "group": "设备", "label": "设备号", "value": f"d-{rng.randint(10**11, 10**12):x}"},
        {"index": 3, "key": "id_number", "group": "设备", "label": "实名证件", "pii": "id_number",
         "value": f"11010119{rng.randint(60, 99)}0101{rng.randint(1000, 9999)}"},
        {"index": 4, "key": "client", "group": "设备", "label": "客户端", "value": f"{player.brand.key} 3.{rng.randint(0, 9)}"},
    ]  # fmt: skip
    version = int(now.timestamp() // 3600)
    return [
        {"type": "fields", "source": name, "recordId": player.account, "account": player.account, "version": version,
         "fields": fields}
        for name, fields in (("play", play), ("device", device))
    ]  # fmt: skip


def _phone(player: Player) -> str:
    return SAME_PHONE.get(player.account) or f"139{int(player.account[-6:]):08d}"


def _contacts(player: Player) -> list[Record]:
    at = stamp(datetime.combine(player.registered, datetime.min.time(), UTC) + timedelta(days=1))
    contacts: list[Record] = [
        {"type": "contact", "account": player.account, "kind": "phone", "value": _phone(player), "verified": True, "at": at}
    ]
    if player.account in SAME_WECHAT:
        contacts.append({
            "type": "contact", "account": player.account, "kind": "wechat", "value": SAME_WECHAT[player.account],
            "verified": True, "at": at,
        })  # fmt: skip
    state = {"state": "minor", "age": 15} if player.account == "sr-000005" else {"state": "adult"}
    return [*contacts, {"type": "realname", "account": player.account, "at": at, **state}]


def _incidents(player: Player, now: datetime) -> list[Record]:
    """The cast has stories to tell: a mute, a ban that was a mistake, and the last steps of everybody."""
    if player.account not in CAST:
        return []
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[Record] = []
    if player.account == "sr-000003":
        found.append({
            "type": "penalty", "recordId": "mute-1", "account": player.account, "kind": "mute", "reason": "世界频道刷屏",
            "by": "反骚扰系统", "at": stamp(today - timedelta(hours=5)), "until": stamp(today + timedelta(days=3)),
        })  # fmt: skip
    if player.account == "hc-000003":
        found.append({
            "type": "penalty", "recordId": "ban-1", "account": player.account, "kind": "ban", "reason": "疑似使用外挂",
            "by": "风控组", "at": stamp(today - timedelta(days=3)), "liftedAt": stamp(today - timedelta(days=1)),
        })  # fmt: skip
    steps = ("打开商城", "选择 6480 档位", "拉起支付", "支付页返回", "打开客服")
    return found + [
        {"type": "breadcrumb", "recordId": f"{player.account}-{today:%m%d}-{n}", "account": player.account, "text": step,
         "at": stamp(today - timedelta(minutes=30 - n))}
        for n, step in enumerate(steps)
    ]  # fmt: skip
