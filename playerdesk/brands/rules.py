"""What a token must say to be believed. Pure: the signature has been checked before."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from playerdesk.brands.refusals import refuse_token
from playerdesk.kernel import clean_line

PLAYER_LIFETIME = 24 * 3600
GAME_LIFETIME = 15 * 60
LEEWAY = 60
"""Seconds a game's clock may be ahead of ours."""

GAME_AUDIENCE = "playerdesk.game"
PLAYER_AUDIENCE = "playerdesk.player"
WEBHOOK_AUDIENCE = "game.playerdesk"
FRAME_AUDIENCE = "frame.playerdesk"
FRAME_LIFETIME = 5 * 60

_LONGEST = {"sub": 200, "server": 64, "role": 64, "character": 64, "name": 64, "lang": 35, "jti": 128}


class PlayerClaims(msgspec.Struct, frozen=True, rename="camel"):
    """What a game says about the player in front of her screen."""

    brand_id: int
    brand_key: str
    account: str
    name: str | None
    server_key: str | None
    role_id: str | None
    character_name: str | None
    language: str | None
    issued_at: datetime
    expires_at: datetime


class GameCaller(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A game's back end that has proved who it is."""

    brand_id: int
    brand_key: str
    kind: str = "game"
    permissions: frozenset[str] = frozenset()


class Times(msgspec.Struct, frozen=True):
    """When a token was made and until when it holds, in seconds since 1970."""

    issued: float
    expires: float


def check_times(claims: Mapping[str, Any], at: float, lifetime: int) -> Times:
    """Exp and iat are there, make sense, and the token is neither over nor from the future nor for too long."""
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if issued > at + LEEWAY or _seconds(claims, "nbf", issued) > at + LEEWAY:
        raise refuse_token("token_from_future", ahead=int(issued - at))
    if expires <= at:
        raise refuse_token("token_expired")
    if expires <= issued:
        raise refuse_token("claim_invalid", claim="exp")
    if expires - issued > lifetime:
        raise refuse_token("token_too_long_lived", hours=lifetime // 3600, minutes=lifetime // 60)
    return Times(issued, expires)


def check_issuer(claims: Mapping[str, Any], brand_key: str) -> None:
    """A key speaks for its own brand only."""
    if claims.get("iss") != brand_key:
        raise refuse_token("token_wrong_brand", brand=brand_key)


def check_audience(claims: Mapping[str, Any], wanted: str, *, required: bool) -> None:
    """A token for one interface opens no other."""
    given = claims.get("aud")
    if given is None and not required:
        return
    if given != wanted and not (isinstance(given, list) and wanted in given):
        raise refuse_token("token_wrong_audience", audience=wanted)


def player_claims(claims: Mapping[str, Any], brand_id: int, brand_key: str, at: float) -> PlayerClaims:
    """A player's token, read; every refusal names the claim at fault."""
    check_issuer(claims, brand_key)
    times = check_times(claims, at, PLAYER_LIFETIME)
    check_audience(claims, PLAYER_AUDIENCE, required=False)
    account = text_claim(claims, "sub")
    if account is None:
        raise refuse_token("claim_missing", claim="sub")
    language = text_claim(claims, "lang")
    return PlayerClaims(
        brand_id=brand_id,
        brand_key=brand_key,
        account=account,
        name=text_claim(claims, "name"),
        server_key=text_claim(claims, "server"),
        role_id=text_claim(claims, "role"),
        character_name=text_claim(claims, "character"),
        language=None if language is None else ("en" if language.lower().startswith("en") else "zh"),
        issued_at=datetime.fromtimestamp(times.issued, UTC),
        expires_at=datetime.fromtimestamp(times.expires, UTC),
    )


def text_claim(claims: Mapping[str, Any], claim: str) -> str | None:
    """A short text; ids may come as numbers. Empty is the same as absent."""
    value = claims.get(claim)
    if isinstance(value, int) and not isinstance(value, bool) and claim in {"sub", "server", "role"}:
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST[claim]:
        raise refuse_token("claim_invalid", claim=claim)
    cleaned = clean_line(value)
    # Ids decide who somebody is: one that only looks like another after cleaning is refused, not mended.
    if not cleaned or (claim in {"sub", "server", "role", "jti"} and cleaned != value):
        raise refuse_token("claim_invalid", claim=claim)
    return cleaned


def _seconds(claims: Mapping[str, Any], claim: str, otherwise: float | None = None) -> float:
    value = claims.get(claim, otherwise)
    if value is None:
        raise refuse_token("claim_missing", claim=claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 32_503_680_000:
        raise refuse_token("claim_invalid", claim=claim)
    return float(value)
