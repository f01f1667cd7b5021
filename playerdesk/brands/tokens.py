"""Believing tokens: who signed, for which brand, until when.

The key's row alone decides which algorithm counts; what the token's header claims is only compared.
"""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Any, cast

import jwt

from playerdesk.brands.keys import ReadyKey, find_key
from playerdesk.brands.refusals import refuse_token
from playerdesk.brands.rules import (
    GAME_AUDIENCE,
    GAME_LIFETIME,
    GameCaller,
    PlayerClaims,
    check_audience,
    check_issuer,
    check_times,
    player_claims,
    text_claim,
)
from playerdesk.kernel import Database, Remembered, use_once

LONGEST_TOKEN = 4096
_TRUST_SECONDS = 300.0

_SIGNATURE_ONLY = cast(
    "Any",
    {
        "verify_signature": True, "verify_exp": False, "verify_iat": False, "verify_nbf": False,
        "verify_aud": False, "verify_iss": False, "verify_sub": False, "verify_jti": False,
    },
)
"""The claims are ours to check: each with its own answer."""

_believed: Remembered[bytes, tuple[str, PlayerClaims]] = Remembered(_TRUST_SECONDS, most=50_000)


async def verify_player_token(database: Database, token: str) -> PlayerClaims:
    """What the token says about the player, or Unauthenticated with what to do about it.

    A token once verified is remembered for a few minutes at most; its key is looked at every time,
    so a retired key ends all its tokens within seconds.
    """
    digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
    known = _believed.get(database, digest)
    if known is not None:
        kid, claims = known
        await find_key(database, kid)
        if claims.expires_at.timestamp() <= time.time():
            raise refuse_token("token_expired")
        return claims
    key, payload = await _open(database, token)
    claims = player_claims(payload, key.brand_id, key.brand_key, time.time())
    _believed.put(database, digest, (key.kid, claims))
    return claims


async def verify_game_token(database: Database, token: str, body: bytes) -> GameCaller:
    """Who the calling back end is; a token with `jti` is good for one request, one with `body_sha256` for one body."""
    key, claims = await _open(database, token)
    check_issuer(claims, key.brand_key)
    check_audience(claims, GAME_AUDIENCE, required=True)
    times = check_times(claims, time.time(), GAME_LIFETIME)
    digest = claims.get("body_sha256")
    if digest is not None and not _same(digest, hashlib.sha256(body).hexdigest()):
        raise refuse_token("token_body_mismatch")
    token_id = text_claim(claims, "jti")
    if token_id is not None:
        until = datetime.fromtimestamp(times.expires, UTC)
        if not await use_once(database, f"game:{key.brand_key}", token_id, until):
            raise refuse_token("token_replayed")
    return GameCaller(brand_id=key.brand_id, brand_key=key.brand_key)


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


async def _open(database: Database, token: str) -> tuple[ReadyKey, dict[str, Any]]:
    """Signature checked, claims not yet."""
    if not token:
        raise refuse_token("token_missing")
    if len(token) > LONGEST_TOKEN:
        raise refuse_token("token_too_long", limit=LONGEST_TOKEN)
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError) as failure:
        raise refuse_token("token_malformed") from failure
    kid: object = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 128 or not kid.isprintable():
        raise refuse_token("token_malformed")
    key = await find_key(database, kid)
    if header.get("alg") != key.algorithm:
        raise refuse_token("token_wrong_algorithm", kid=kid, algorithm=key.algorithm)
    try:
        decoded = jwt.decode(token, key.material, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)
    except jwt.InvalidSignatureError as failure:
        raise refuse_token("token_forged", kid=kid) from failure
    except (jwt.PyJWTError, ValueError, RecursionError) as failure:
        raise refuse_token("token_malformed") from failure
    return key, decoded
