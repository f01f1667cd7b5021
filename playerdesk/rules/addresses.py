"""Where a webhook of a rule may go: to the world, and not into the company's own network unless the operator says so."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from playerdesk.kernel import Text

NO_ADDRESS = Text(zh="请填写以 https:// 或 http:// 开头的地址。", en="Give an address that begins with https:// or http://.")
INSIDE = Text(
    zh="这个地址在内部网络里，不允许调用。管理员可以用 PLAYERDESK_RULES_INSIDE 放行指定主机。",
    en="This address is inside the network. An administrator can allow hosts with PLAYERDESK_RULES_INSIDE.",
)

_inside: frozenset[str] = frozenset()


def allow_inside(hosts: tuple[str, ...]) -> None:
    """Said once by the process that starts: hosts of the company's own network that rules may call."""
    global _inside  # noqa: PLW0603 -- a setting of the process
    _inside = frozenset(hosts)


def allowed_inside() -> frozenset[str]:
    """Those hosts."""
    return _inside


def host_of(url: str) -> str | None:
    """The host, or None when this is no address one can call."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password or port == 0:
        return None
    return parts.hostname


def is_inside(address: str) -> bool:
    """Loopback, private, link-local and everything else that is not the open internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return not found.is_global or found.is_multicast


def wrong_address(url: str, allowed: frozenset[str]) -> Text | None:
    """What can be said without asking anybody."""
    host = host_of(url)
    if host is None or len(url) > 2000:
        return NO_ADDRESS
    try:
        inside = is_inside(host)
    except ValueError:
        inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return INSIDE if inside and host not in allowed else None


async def resolved(url: str, allowed: frozenset[str]) -> str:
    """The address to connect to; `PermissionError` when it is inside. Connected to by number, so it cannot change its mind."""
    host = host_of(url)
    if host is None:
        raise PermissionError("not an address")
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if host not in allowed and any(is_inside(each) for each in addresses):
        raise PermissionError("an address inside the network")
    return addresses[0]
