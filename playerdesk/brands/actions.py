"""What can happen to a brand: it is added, gets servers, keys and a webhook."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from playerdesk.brands.events import BrandChanged
from playerdesk.brands.keys import check_material, forget_key
from playerdesk.brands.queries import forget_directory, signing_key
from playerdesk.kernel import Rejected, Text, Tx

_KEY_SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_ADD_BRAND: LiteralString = """
    INSERT INTO brands.brand (key, name, theme, time_zone, reopen_days, modules, tone) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (key) DO UPDATE SET name = excluded.name, theme = excluded.theme, time_zone = excluded.time_zone,
        reopen_days = excluded.reopen_days, modules = excluded.modules, tone = excluded.tone
    RETURNING id
"""

_PUT_SERVERS: LiteralString = """
    INSERT INTO brands.server (brand_id, key, name, position)
    SELECT $1, s.key, s.name, s.position FROM unnest($2::text[], $3::text[], $4::int[]) AS s (key, name, position)
    ON CONFLICT (brand_id, key) DO UPDATE SET name = excluded.name,
        position = CASE WHEN excluded.position = 0 THEN server.position ELSE excluded.position END
    WHERE server.name <> excluded.name OR (excluded.position <> 0 AND server.position <> excluded.position)
    RETURNING key
"""

_ADD_KEY: LiteralString = """
    INSERT INTO brands.signing_key (brand_id, kid, algorithm, material) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kid) DO UPDATE SET algorithm = excluded.algorithm, material = excluded.material, retired_at = NULL
    WHERE signing_key.brand_id = excluded.brand_id
    RETURNING id
"""


async def add_brand(
    tx: Tx,
    key: str,
    name: Text,
    *,
    theme: Mapping[str, Any] | None = None,
    time_zone: str = "Asia/Shanghai",
    reopen_days: int = 7,
    modules: Mapping[str, bool] | None = None,
    tone: Text | None = None,
) -> int:
    """A brand by its key; adding it again changes it. Returns its id."""
    if not _KEY_SHAPE.fullmatch(key):
        raise Rejected("brand_key_invalid", Text(
            zh="品牌标识只能用小写字母、数字和连字符，最长 40 个字符。",
            en="A brand key is made of lower-case letters, digits and hyphens, 40 at most.",
        ))
    if time_zone not in available_timezones():
        raise Rejected("time_zone_unknown", Text(
            zh=f"没有名为 {time_zone} 的时区，请用例如 Asia/Shanghai。",
            en=f"There is no time zone called {time_zone}; use one such as Asia/Shanghai.",
        ))
    brand_id: int = await tx.value(_ADD_BRAND, key, name, dict(theme or {}), time_zone, reopen_days, dict(modules or {}), tone)
    await _changed(tx, brand_id, "brand")
    return brand_id


async def add_server(tx: Tx, brand_id: int, key: str, name: str, *, position: int = 0) -> None:
    """A server of a brand; adding it again renames it."""
    await put_servers(tx, brand_id, [(key, name)], first_position=position)


async def put_servers(
    tx: Tx, brand_id: int, wanted: Sequence[tuple[str, str]], *, first_position: int = 0
) -> set[str]:
    """Many servers at once, (key, name) each with every key once; the keys of those that were new or changed."""
    if not wanted:
        return set()
    # In key order, so that two batches at once never wait for each other crosswise.
    positions = [first_position + n if first_position else 0 for n in range(len(wanted))]
    rows = sorted(zip(wanted, positions, strict=True))
    records = await tx.fetch(
        _PUT_SERVERS, brand_id, [key for (key, _), _ in rows], [name for (_, name), _ in rows], [p for _, p in rows]
    )
    changed: set[str] = {record[0] for record in records}
    if changed:
        await _changed(tx, brand_id, "servers")
    return changed


async def add_signing_key(tx: Tx, brand_id: int, kid: str, algorithm: str, material: str) -> None:
    """A key the brand signs with: a shared secret (HS256) or its public key in PEM (ES256, EdDSA)."""
    check_material(algorithm, material)
    if not 0 < len(kid) <= 128:
        raise Rejected("kid_invalid", Text(
            zh="密钥编号的长度应为 1 到 128 个字符。", en="A key id has 1 to 128 characters."
        ))
    if await tx.value(_ADD_KEY, brand_id, kid, algorithm, material) is None:
        raise Rejected("kid_taken", Text(
            zh="这个密钥编号已属于另一个品牌，请换一个。", en="This key id belongs to another brand; choose another."
        ))
    forget_key(tx, kid)
    await _changed(tx, brand_id, "key")


async def retire_signing_key(tx: Tx, kid: str) -> None:
    """From now on (elsewhere: within 30 s) nothing signed with this key is believed."""
    brand_id = await tx.value("UPDATE brands.signing_key SET retired_at = now() WHERE kid = $1 RETURNING brand_id", kid)
    forget_key(tx, kid)
    if brand_id is not None:
        await _changed(tx, brand_id, "key")


async def set_webhook(tx: Tx, brand_id: int, url: str | None, kid: str | None) -> None:
    """Where answers are pushed to, and the shared key the pushes are signed with."""
    if url is not None:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise Rejected("webhook_url_invalid", Text(
                zh="推送地址必须以 http:// 或 https:// 开头。", en="A webhook address begins with http:// or https://."
            ))
        key = await signing_key(tx, kid or "")
        if key is None or key.brand_id != brand_id or key.retired or key.algorithm != "HS256":
            raise Rejected("webhook_key_invalid", Text(
                zh="推送要用本品牌的一个有效的 HS256 密钥签名（只有公钥的密钥不能签名）。",
                en="Pushes are signed with a valid HS256 key of this brand; a public key cannot sign.",
            ))
    await tx.execute("UPDATE brands.brand SET webhook_url = $2, webhook_kid = $3 WHERE id = $1", brand_id, url, kid)
    await _changed(tx, brand_id, "webhook")


async def _changed(tx: Tx, brand_id: int, what: str) -> None:
    forget_directory(tx)
    await tx.emit(BrandChanged(brand_id=brand_id, what=what))
