"""Writes the pages that repeat the code: settings.md and keys.md. Run it after changing either."""
# ruff: noqa: INP001

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from playerdesk.kernel.settings import PREFIX, Settings
from playerdesk.staff import ALL_PERMISSIONS, PERMISSIONS
from playerdesk.staff.permission_words import PERMISSION_WORDS, SCOPE_WORDS

PERMISSIONS_HEAD = """# Permissions 权限

What each built-in role may do as the desk ships it, down to single fields of a player. An administrator changes it at
*Settings › Roles and permissions* and defines more roles there; several roles add up, and the widest data scope counts.
Nobody can grant, or manage somebody who has, more than she has herself, and the last administrator cannot be taken away.
A change counts within five seconds, on open screens as well.

内置角色的默认权限，细到玩家资料的单个字段。管理员在“设置 › 角色与权限”里修改或新建角色；多个角色权限相加，数据范围取最宽的。
任何人都不能授予或管理超出自己的权限；最后一位管理员不能被移除。修改五秒内生效，包括已打开的页面。

"""

PERMISSIONS_MIDDLE = """

## Data scope 数据范围

Brands narrow every scope but `all`. A limited scope (`own` to `vendor`) sees the tickets in the hands of the people it reaches
and what waits, nobody's yet, in their queues; lists, search, exports, live pushes and player cards end at the same line. Whatever
is outside answers as if it were not there. On the board the day's sums are those of whole brands.

"""

PERMISSIONS_TAIL = """

Without `players.phone`, `players.email` or `players.id_number` a value is masked (`138****8000`); without `players.spend` money
is left out and only the tier is told. What players write in messages is not masked. Attachments are fetched by signed links
that only those get who see the ticket: a player's is good for half an hour at most and her page renews it, one made for staff
opens nothing without a session, nor for a colleague who sees none of the file's tickets.

Made from `playerdesk/staff/rules.py` by `docs/handbook/tables.py`; a test sees to it that it is current.
"""

HERE = Path(__file__).parent
AGENT = HERE.parents[1] / "clients" / "agent" / "src"

HEAD = """# Settings 设置

Each setting is an environment variable, or a line in one TOML file: `playerdesk.toml` in the data folder, or the file named by
`PLAYERDESK_CONFIG`. The environment wins. In the file the name is lower case and without the prefix: `port = 8080`.
`playerdesk check` says what is wrong, all of it at once, and what to write instead. Processes read settings when they start.

每项设置可以是环境变量，也可以写在一个 TOML 文件里：数据文件夹中的 `playerdesk.toml`，或 `PLAYERDESK_CONFIG` 指定的文件。
环境变量优先。文件里用小写、不带前缀，例如 `port = 8080`。`playerdesk check` 会一次指出全部问题。进程启动时读取设置。

"""

TAIL = """
Yes or no is written `1` or `0` (also `yes`/`no`, `on`/`off`, `true`/`false`). Lists are separated by commas in the environment
and written as arrays in the file.

Made from `playerdesk/kernel/settings.py` by `docs/handbook/tables.py`; a test sees to it that it is current.
"""

WORDS = {
    "data": ("数据文件夹：自带数据库、附件、演示账号", "the data folder: embedded database, attachments, demo accounts"),
    "host": ("监听的地址；`0.0.0.0` 为全部", "the address to listen on; `0.0.0.0` is all of them"),
    "port": ("监听的端口", "the port to listen on"),
    "base_url": (
        "用户访问的网址，例如 `https://desk.example.com`；决定登录 cookie 是否只走 https",
        "the address people use, such as `https://desk.example.com`; decides whether sign-in cookies want https",
    ),
    "trusted_proxies": (
        "可信反向代理的地址或网段，例如 `10.0.0.0/8,127.0.0.1`；只相信它们转告的客户端地址",
        "addresses or networks of reverse proxies, such as `10.0.0.0/8,127.0.0.1`; only they may say who called",
    ),
    "secure_cookies": (
        "登录 cookie 是否只走 https；`auto` 看 base_url",
        "sign-in cookies over https only; `auto` looks at base_url",
    ),
    "database_url": (
        "外部 PostgreSQL（15+）的地址 `postgresql://用户:密码@主机/库名`；不填用自带的",
        "a PostgreSQL (15+) of your own, `postgresql://user:password@host/name`; without it, the embedded one",
    ),
    "pool_main": (
        "每个服务进程的数据库连接数上限；后台进程用一半",
        "most database connections of a server process; a worker uses half",
    ),
    "translate_url": (
        "翻译服务的地址（LibreTranslate 的接口）；不填则没有翻译按钮",
        "where translations come from (LibreTranslate's interface); without it there is no button to translate",
    ),
    "translate_key": ("翻译服务的密钥", "the key of the translation service"),
    "pool_search": (
        "每个服务进程另为搜索保留的数据库连接数，搜索再慢也不影响回复",
        "connections of a server process kept for searches, so that none of them can slow a reply",
    ),
    "storage": (
        "附件放在哪里：`disk`（数据文件夹）或 `s3://存储桶/前缀`",
        "where attachments lie: `disk` (the data folder) or `s3://bucket/prefix`",
    ),
    "s3_region": ("S3 区域，默认 us-east-1", "S3 region, us-east-1 if not given"),
    "s3_endpoint": (
        "非 AWS 的 S3 兼容存储地址（MinIO、OSS、COS …）",
        "address of S3-compatible storage other than AWS (MinIO, OSS, COS …)",
    ),
    "s3_access_key": ("S3 访问密钥编号", "S3 access key id"),
    "s3_secret_key": ("S3 访问密钥", "S3 secret access key"),
    "max_upload_bytes": ("单个附件的最大字节数", "largest attachment, in bytes"),
    "log_format": ("日志格式：`text` 给人看，`json` 给机器看", "log lines for people (`text`) or machines (`json`)"),
    "log_level": ("日志级别", "from which level on to log"),
    "metrics_token": ("设置后，`/metrics` 需要这个 Bearer 令牌", "if set, `/metrics` wants it as a bearer token"),
    "oidc_issuer": (
        "单点登录（OIDC）身份提供方的网址，例如 `https://login.example.com`；不填则没有单点登录",
        "address of the OpenID Connect provider for single sign-on, such as `https://login.example.com`; without it there is none",
    ),
    "oidc_client_id": ("在身份提供方登记的客户端编号", "this desk's client id at the provider"),
    "oidc_client_secret": ("客户端密钥；公开客户端可不填", "its client secret; none for a public client"),
    "oidc_name": ("登录页按钮上的名字", "what the button on the sign-in page calls it"),
    "oidc_create": (
        "首次单点登录的人自动建立账号；否则只认已有的账号",
        "make an account for whoever signs in for the first time; otherwise only known people come in",
    ),
    "oidc_role": ("自动建立的账号的角色", "the role of such an account"),
    "vanish_grace_seconds": (
        "坐席屏幕失联多久后，工作退回队列",
        "how long an agent's screen may be silent before her work goes back",
    ),
    "trace_view_days": (
        "“谁看过什么”的记录保留多少天（至少 180）；改动记录永久保留",
        "how many days it is kept who looked at what (180 at least); changes are kept for good",
    ),
    "rules_inside": (
        "自动规则可以调用的内部网络主机，例如 `tools.internal,10.0.0.5`；其余内网地址一律不调用",
        "hosts of the company's own network that rules may call, such as `tools.internal,10.0.0.5`; no others inside are called",
    ),
    "demo": ("运行演示游戏，并在登录页显示演示账号", "run the demo game, and show its accounts on the sign-in page"),
    "demo_port": ("演示游戏的端口；默认为 port + 1", "the demo game's port; port + 1 if not given"),
    "demo_rate": ("演示玩家每分钟的新问题数", "new questions a minute from the demo's players"),
}


def settings_page() -> str:
    """The whole page."""
    hints = get_type_hints(Settings, include_extras=True)
    rows = ["| variable 变量 | default 默认 | values 取值 | 说明 | what it does |", "|---|---|---|---|---|"]
    for field in msgspec.structs.fields(Settings):
        zh, en = WORDS[field.encode_name]
        cells = [f"`{PREFIX}{field.encode_name.upper()}`", _default(field.default), _values(hints[field.name]), zh, en]
        rows.append("| " + " | ".join(cells) + " |")
    return HEAD + "\n".join(rows) + "\n" + TAIL


def _default(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _values(kind: Any) -> str:
    if type(None) in get_args(kind):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is Literal:
        return " ".join(f"`{option}`" for option in get_args(kind))
    if kind is bool:
        return "`1` `0`"
    limits = next((each for each in getattr(kind, "__metadata__", ()) if isinstance(each, msgspec.Meta)), None)
    return "" if limits is None else f"{limits.ge:,} – {limits.le:,}"


KEYS_HEAD = """# Keys 按键

The keys of the workspace as they are before anybody changes them (Settings › Keys). Single keys work outside inputs and never while
an input method is composing; two keys are pressed one after the other. `?` shows the keys as they are for you.

工作台的默认按键，可在「设置 › 快捷键」里修改。在输入框之外按即可，输入法组词时不会触发；两个键的先后按。按 `?` 看你自己的按键表。
"""

KEYS_TAIL = """
Made from `clients/agent/src/shell/keyList.ts` by `docs/handbook/tables.py`; a test sees to it that it is current.
"""


def key_words(locale: str) -> dict[str, str]:
    """What the workspace calls each key and each group of them."""
    words = (AGENT / "words" / locale / "pages.ts").read_text(encoding="utf-8")
    return dict(re.findall(r'\b(\w+): "([^"]*)"', words[words.index("\n  keys: {"):].split("\n  },", 1)[0]))


def keys_page() -> str:
    """The keys by group, in both languages, as the sheet behind `?` has them."""
    listed = (AGENT / "shell" / "keyList.ts").read_text(encoding="utf-8")
    zh, en = key_words("zh-CN"), key_words("en")
    page = KEYS_HEAD
    for group in re.split(r'\bname: "', listed)[1:]:
        name = group.split('"', 1)[0]
        rows = [f"| `{key}` | {zh[what]} | {en[what]} |" for key, what in re.findall(r'\["([^"]+)", "(\w+)"\]', group)]
        page += "\n".join([f"\n## {en[name]} {zh[name]}", "", "| key | 作用 | what it does |", "|---|---|---|", *rows, ""])
    return page + KEYS_TAIL


def permissions_page() -> str:
    """Who may do what, as the desk ships it."""
    roles = list(PERMISSIONS)
    rows = ["| permission 权限 | 说明 | what it is | " + " | ".join(f"`{role}`" for role in roles) + " |",
            "|---|---|---|" + ":-:|" * len(roles)]
    for key in ALL_PERMISSIONS:
        words = PERMISSION_WORDS[key]
        held = ["✓" if key in PERMISSIONS[role] else "" for role in roles]
        rows.append(f"| `{key}` | {words.zh} | {words.en} | " + " | ".join(held) + " |")
    scopes = ["| scope 数据范围 | 看得到 | sees |", "|---|---|---|"]
    scopes += [f"| `{key}` | {words.zh} | {words.en} |" for key, words in SCOPE_WORDS.items()]
    return PERMISSIONS_HEAD + "\n".join(rows) + PERMISSIONS_MIDDLE + "\n".join(scopes) + PERMISSIONS_TAIL


if __name__ == "__main__":
    (HERE / "permissions.md").write_text(permissions_page(), encoding="utf-8")
    (HERE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (HERE / "keys.md").write_text(keys_page(), encoding="utf-8")
