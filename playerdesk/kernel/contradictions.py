"""What is wrong with settings that each alone look right: (which one, what to do in Chinese, in English)."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

LAST_PORT = 65535

Wrong = tuple[str, str, str]


def contradictions(values: Mapping[str, Any]) -> list[Wrong]:
    """Everything there is, in the order of the settings."""
    return [*_addresses(values), *_storage(values), *_sign_in(values), *_demo(values)]


def _addresses(values: Mapping[str, Any]) -> Iterator[Wrong]:
    url = values.get("database_url")
    if url and _parts(url).scheme not in {"postgresql", "postgres"}:
        yield ("PLAYERDESK_DATABASE_URL", "应以 postgresql:// 开头，例如 postgresql://用户:密码@127.0.0.1:5432/playerdesk",
               "must begin with postgresql://, for example postgresql://user:password@127.0.0.1:5432/playerdesk")
    if not _is_address(values.get("base_url")):
        yield ("PLAYERDESK_BASE_URL", "请写完整的网址，例如 https://desk.example.com",
               "write the whole address, for example https://desk.example.com")
    if not _is_address(values.get("translate_url")):
        yield ("PLAYERDESK_TRANSLATE_URL", "请写完整的网址，例如 http://127.0.0.1:5000/translate",
               "write the whole address, for example http://127.0.0.1:5000/translate")
    for proxy in values.get("trusted_proxies", ()):
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            yield ("PLAYERDESK_TRUSTED_PROXIES", f"“{proxy}”不是地址，请写例如 10.0.0.0/8,127.0.0.1",
                   f"“{proxy}” is not an address; write for example 10.0.0.0/8,127.0.0.1")


def _parts(url: Any) -> SplitResult:
    """The parts of an address; nothing but emptiness when it has none."""
    try:
        return urlsplit(str(url))
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_address(given: Any) -> bool:
    return not given or (_parts(given).scheme in {"http", "https"} and bool(_parts(given).netloc))


def _storage(values: Mapping[str, Any]) -> Iterator[Wrong]:
    storage = values.get("storage", "disk")
    if storage != "disk" and not (storage.startswith("s3://") and _parts(storage).netloc):
        yield "PLAYERDESK_STORAGE", "请写 disk 或 s3://存储桶/前缀", "write disk or s3://bucket/prefix"
    if not _is_address(values.get("s3_endpoint")):
        yield ("PLAYERDESK_S3_ENDPOINT", "请写完整的网址，例如 https://oss-cn-hangzhou.aliyuncs.com",
               "write the whole address, for example https://s3.eu-central-1.amazonaws.com")
    access, secret = values.get("s3_access_key"), values.get("s3_secret_key")
    if bool(access) != bool(secret):
        yield (f"PLAYERDESK_S3_{'SECRET' if access else 'ACCESS'}_KEY", "S3 的两个密钥要一起设置", "the two keys of S3 go together")
    if (access or secret) and storage == "disk":
        yield ("PLAYERDESK_STORAGE", "设了 S3 密钥，附件却仍存磁盘；请写 s3://存储桶/前缀，或删除 S3 的设置",
               "there are keys for S3, but attachments go to the disk; write s3://bucket/prefix, or remove the keys")


def _sign_in(values: Mapping[str, Any]) -> Iterator[Wrong]:
    if values.get("secure_cookies") == "yes" and not str(values.get("base_url") or "").startswith("https://"):
        yield ("PLAYERDESK_SECURE_COOKIES", "yes 只能配 https，否则浏览器不保存登录；请设 PLAYERDESK_BASE_URL=https://…，或写 auto",
               "yes works with https only, else browsers drop the sign-in; set PLAYERDESK_BASE_URL=https://…, or write auto")
    issuer = values.get("oidc_issuer")
    if issuer and _parts(issuer).scheme != "https" and _parts(issuer).hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield "PLAYERDESK_OIDC_ISSUER", "必须是 https:// 开头的网址", "must be an address that begins with https://"
    if bool(issuer) != bool(values.get("oidc_client_id")):
        yield "PLAYERDESK_OIDC_CLIENT_ID", "与 PLAYERDESK_OIDC_ISSUER 要一起设置", "goes together with PLAYERDESK_OIDC_ISSUER"


def _demo(values: Mapping[str, Any]) -> Iterator[Wrong]:
    if not values.get("demo", True):
        return
    port, own = values.get("port", 8000), values.get("demo_port")
    if own == port:
        yield "PLAYERDESK_DEMO_PORT", "不能与 PLAYERDESK_PORT 相同", "cannot be the same as PLAYERDESK_PORT"
    if own is None and port == LAST_PORT:
        yield ("PLAYERDESK_DEMO_PORT", "演示游戏默认用下一个端口，而 65535 之后没有了；请设一个，例如 8001",
               "the demo game takes the next port, and there is none after 65535; set one, for example 8001")
