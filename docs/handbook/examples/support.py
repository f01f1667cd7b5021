"""Tokens for PlayerDesk, in the game's back end. Needs `pip install pyjwt`."""
# ruff: noqa: INP001

import hashlib
import secrets
import time
from typing import Any

import jwt

KID, SECRET, BRAND = "mygame-1", "the secret that was printed", "mygame"


def player_token(account: str, server: str, role: str, character: str, lang: str = "zh") -> str:
    """For one player's client; give it out only to whoever has signed in to the game as her."""
    return _sign({"sub": account, "server": server, "role": role, "character": character, "lang": lang}, 12 * 3600)


def game_token(body: bytes) -> str:
    """For one request to /game/v1 with exactly this body."""
    digest = hashlib.sha256(body).hexdigest()
    return _sign({"aud": "playerdesk.game", "jti": secrets.token_hex(16), "body_sha256": digest}, 600)


def check_push(authorization: str, body: bytes) -> dict[str, Any]:
    """The claims of a push that really comes from the desk; `jti` is its id. Raises otherwise."""
    token = authorization.removeprefix("Bearer ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="game.playerdesk", issuer=BRAND)
    if claims["body_sha256"] != hashlib.sha256(body).hexdigest():
        raise ValueError("the body was changed on the way")
    return claims


def _sign(claims: dict[str, Any], seconds: int) -> str:
    now = int(time.time())
    return jwt.encode({"iss": BRAND, "iat": now, "exp": now + seconds, **claims}, SECRET, "HS256", {"kid": KID})
