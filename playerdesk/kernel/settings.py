"""Settings: the environment (`PLAYERDESK_…`) over one TOML file over defaults, checked all at once."""

import os
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from playerdesk.kernel.contradictions import contradictions
from playerdesk.kernel.errors import Text

Port = Annotated[int, Meta(ge=1, le=65535)]
Pool = Annotated[int, Meta(ge=1, le=200)]
Seconds = Annotated[int, Meta(ge=1, le=86400)]

PREFIX = "PLAYERDESK_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator may turn. Each field `x` is `PLAYERDESK_X` in the environment and `x` in the file."""

    data_dir: Path = msgspec.field(name="data", default=Path("data"))
    host: str = "127.0.0.1"
    port: Port = 8000
    base_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    secure_cookies: Literal["auto", "yes", "no"] = "auto"

    database_url: str | None = None
    pool_main: Pool = 16
    pool_search: Pool = 4

    storage: str = "disk"
    s3_region: str | None = None
    s3_endpoint: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    max_upload_bytes: Annotated[int, Meta(ge=1024, le=1 << 30)] = 10 << 20

    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    metrics_token: str | None = None

    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "SSO"
    oidc_create: bool = False
    oidc_role: str = "agent"

    vanish_grace_seconds: Seconds = 60

    translate_url: str | None = None
    translate_key: str | None = None

    rules_inside: tuple[str, ...] = ()

    trace_view_days: Annotated[int, Meta(ge=180, le=36500)] = 1095

    demo: bool = True
    demo_port: Port | None = None
    demo_rate: Annotated[float, Meta(ge=0, le=6000)] = 6.0

    @property
    def public_url(self) -> str:
        """The address people use, without a slash at the end."""
        return (self.base_url or f"http://{_reachable(self.host)}:{self.port}").rstrip("/")

    @property
    def cookies_are_secure(self) -> bool:
        """Browsers drop secure cookies on plain http, so by default the public address decides."""
        if self.secure_cookies == "auto":
            return self.public_url.startswith("https://")
        return self.secure_cookies == "yes"

    @property
    def demo_game_port(self) -> int:
        return self.demo_port or self.port + 1


class Finding(msgspec.Struct, frozen=True):
    """One line of `playerdesk check`."""

    level: Literal["ok", "warning", "error"]
    subject: str
    text: Text


class BadSettings(Exception):
    """Everything that is wrong with the settings, not only the first thing."""

    def __init__(self, findings: list[Finding]) -> None:
        language = terminal_language()
        super().__init__("\n".join(f"{finding.subject}: {finding.text.pick(language)}" for finding in findings))
        self.findings = findings


def terminal_language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of this terminal: zh or en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read, check everything, and answer the settings; raises `BadSettings` with every problem there is."""
    kinds = _kinds()
    given, findings = _from_file(environ, kinds)
    for name, value in environ.items():
        key = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or key in {"config", "config_file"} or value == "":
            continue
        if key in kinds:
            given[key] = (name, value)
        elif not key.startswith("test_"):
            findings.append(_unknown(name, key, kinds, "environment"))
    values: dict[str, Any] = {}
    for key, (subject, value) in given.items():
        try:
            values[key] = _read(value, kinds[key])
        except ValueError as failure:
            findings.append(_bad(subject, key, value, kinds[key], str(failure)))
    findings += [_error(*each) for each in contradictions(values)]
    if findings:
        raise BadSettings(findings)
    values["data"] = Path(values.get("data", "data")).expanduser().absolute()
    return Settings(**{"data_dir" if key == "data" else key: value for key, value in values.items()})


def config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The file that is read: named by PLAYERDESK_CONFIG, else playerdesk.toml in the data folder."""
    if named := environ.get(PREFIX + "CONFIG"):
        return Path(named).expanduser()
    return Path(environ.get(PREFIX + "DATA") or "data").expanduser() / "playerdesk.toml"


def _kinds() -> dict[str, Any]:
    hints = get_type_hints(Settings, include_extras=True)
    return {field.encode_name: hints[field.name] for field in msgspec.structs.fields(Settings)}


def _from_file(
    environ: Mapping[str, str], kinds: Mapping[str, Any]
) -> tuple[dict[str, tuple[str, Any]], list[Finding]]:
    path = config_file(environ)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if not environ.get(PREFIX + "CONFIG"):
            return {}, []
        return {}, [_error(str(path), "没有这个文件；请检查 PLAYERDESK_CONFIG。",
                           "there is no such file; check PLAYERDESK_CONFIG.")]
    except PermissionError:
        if not environ.get(PREFIX + "CONFIG") and not os.access(path.parent, os.W_OK | os.X_OK):
            return {}, []  # it is the folder that is closed to us, which is said better where the folder is looked at
        return {}, [_error(str(path), "当前用户没有权限读取；请修改权限，例如 sudo chmod a+r",
                           "this user may not read it; mend its rights, for example with sudo chmod a+r")]
    except (OSError, ValueError) as failure:
        return {}, [_error(str(path), f"无法读取：{failure}", f"cannot be read: {failure}")]
    known = {key: (f"{path}: {key}", value) for key, value in content.items() if key in kinds}
    return known, [_unknown(f"{path}: {key}", key, kinds, "file") for key in content if key not in kinds]


def _read(value: Any, kind: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        words = {"yes": True, "on": True, "no": False, "off": False}
        if kind is bool:
            value = words.get(value.lower(), value)
        elif get_origin(kind) is tuple:
            value = [part.strip() for part in value.split(",") if part.strip()]
    if kind is Path:
        return Path(str(value))
    try:
        return msgspec.convert(value, kind, strict=not isinstance(value, str))
    except msgspec.ValidationError as failure:
        raise ValueError(str(failure)) from None


def _unknown(subject: str, key: str, kinds: Mapping[str, Any], place: str) -> Finding:
    import difflib  # noqa: PLC0415 -- only when something is wrong

    near = difflib.get_close_matches(key, kinds, 1)
    guess = near[0] if near else None
    if guess and place == "environment":
        guess = PREFIX + guess.upper()
    zh = f"没有这个设置；是不是想写 {guess}？" if guess else "没有这个设置，请删除。"
    en = f"there is no such setting; did you mean {guess}?" if guess else "there is no such setting; remove it."
    return _error(subject, zh, en)


def _bad(subject: str, key: str, value: Any, kind: Any, why: str) -> Finding:
    default = getattr(Settings(), "data_dir" if key == "data" else key)
    shown = "***" if any(word in key for word in ("secret", "token", "database_url", "translate_key")) else str(value)
    options = _options(kind)
    zh, en = _number(kind) or (why, why)
    if options:
        ways = [" 或 ".join(options), " or ".join(options)]
        return _error(subject, f"“{shown}”不能用；请写 {ways[0]}", f"“{shown}” does not work; write {ways[1]}")
    if default is not None:
        return _error(subject, f"“{shown}”不能用，应为{zh}；请写例如 {default}",
                      f"“{shown}” does not work, it must be {en}; write for example {default}")
    return _error(subject, f"“{shown}”不能用，应为{zh}；请删除或改正",
                  f"“{shown}” does not work, it must be {en}; remove or correct it")


def _number(kind: Any) -> tuple[str, str] | None:
    """What a number may be, in words."""
    for part in get_args(kind) if get_origin(kind) in (types.UnionType, Union) else (kind,):
        base, *metas = get_args(part) if get_origin(part) is Annotated else (part,)
        bounds = next((each for each in metas if isinstance(each, Meta)), Meta())
        if base not in (int, float):
            continue
        low, high = (f"{each:,}" if each is not None else None for each in (bounds.ge, bounds.le))
        zh, en = ("整数", "a whole number") if base is int else ("数字", "a number")
        return (f" {low} 到 {high} 之间的{zh}", f"{en} from {low} to {high}") if low and high else (zh, en)
    return None


def _options(kind: Any) -> list[str]:
    if kind is bool:
        return ["1", "0"]
    if get_origin(kind) is Literal:
        return [str(option) for option in get_args(kind)]
    if get_origin(kind) in (types.UnionType, Union):
        return [option for part in get_args(kind) for option in _options(part)]
    return []


def _error(subject: str, zh: str, en: str) -> Finding:
    return Finding("error", subject, Text(zh=zh, en=en))


def _reachable(host: str) -> str:
    """Listening everywhere is not an address one can open."""
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
