"""Making tokens: for trying the interfaces by hand, and for what the desk itself sends to a game."""

import hashlib
import secrets
import time
from typing import Any, LiteralString

import jwt

from playerdesk.brands.rules import FRAME_AUDIENCE, FRAME_LIFETIME, GAME_AUDIENCE, GAME_LIFETIME, WEBHOOK_AUDIENCE
from playerdesk.kernel import Reader, Rejected, Text

_WEBHOOK_KEY: LiteralString = """
    SELECT b.key, k.kid, k.material
    FROM brands.brand b JOIN brands.signing_key k ON k.kid = b.webhook_kid AND k.brand_id = b.id
    WHERE b.id = $1 AND k.algorithm = 'HS256' AND k.retired_at IS NULL
"""


def make_player_token(
    brand_key: str, kid: str, key: Any, account: str, *, algorithm: str = "HS256", seconds: int = 3600, **claims: Any
) -> str:
    """As a game's back end makes it. `claims`: server, role, character, lang, name."""
    issued = int(time.time())
    payload = {"iss": brand_key, "sub": account, "iat": issued, "exp": issued + seconds, **claims}
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid})


def make_game_token(
    brand_key: str,
    kid: str,
    key: Any,
    *,
    body: bytes | None = None,
    algorithm: str = "HS256",
    seconds: int = GAME_LIFETIME,
    **claims: Any,
) -> str:
    """As a game's back end makes it for one request; with `body`, good for that body and once only."""
    issued = int(time.time())
    payload: dict[str, Any] = {"iss": brand_key, "aud": GAME_AUDIENCE, "iat": issued, "exp": issued + seconds}
    if body is not None:
        payload |= {"body_sha256": hashlib.sha256(body).hexdigest(), "jti": secrets.token_urlsafe(16)}
    return jwt.encode(payload | claims, key, algorithm=algorithm, headers={"kid": kid})


async def webhook_headers(reader: Reader, brand_id: int, body: bytes, *, delivery: str) -> dict[str, str]:
    """What one POST of this JSON to the company's servers is sent with; `delivery` is its own key, the same on every try."""
    token = await _signed(reader, brand_id, 300, {
        "aud": WEBHOOK_AUDIENCE, "jti": delivery, "body_sha256": hashlib.sha256(body).hexdigest(),
    })
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


async def sign_frame(reader: Reader, brand_id: int, context: dict[str, Any]) -> str:
    """What a page of the company that is embedded beside a ticket is told: whom it is about, for five minutes."""
    return await _signed(reader, brand_id, FRAME_LIFETIME, {**context, "aud": FRAME_AUDIENCE})


async def _signed(reader: Reader, brand_id: int, seconds: int, claims: dict[str, Any]) -> str:
    record = next(iter(await reader.fetch(_WEBHOOK_KEY, brand_id)), None)
    if record is None:
        raise Rejected("webhook_key_invalid", Text(
            zh="这个品牌没有可用于签名推送的密钥，请在品牌设置中选择一个有效的 HS256 密钥。",
            en="This brand has no key to sign pushes with; choose a valid HS256 key in its settings.",
        ))
    brand_key, kid, secret = record
    issued = int(time.time())
    payload = {**claims, "iss": brand_key, "iat": issued, "exp": issued + seconds}
    return jwt.encode(payload, secret, algorithm="HS256", headers={"kid": kid})
