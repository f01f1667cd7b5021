"""Tokens: the game signs for its players and for itself, and checks what the desk sends back.

The keys come from a JSON file the desk's seed writes:
`{"skyreach": {"kid": …, "secret": …, "webhookKid": …}, "happycards": {…}}`.
"""

import hashlib
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import msgspec
from msgspec import Struct

from demogame.world import Player

PLAYER_SECONDS = 12 * 3600
GAME_SECONDS = 600


class BrandKey(Struct, frozen=True, rename="camel"):
    """The secret a game shares with the desk."""

    kid: str
    secret: str
    webhook_kid: str | None = None


class Refused(Exception):
    """A push that did not come from the desk, or was changed on the way."""


class Push(Struct, frozen=True):
    """A verified push: for which brand, under which delivery key."""

    brand: str
    delivery: str


class Keyring:
    """The keys of all brands of this game company."""

    def __init__(self, keys: dict[str, BrandKey]) -> None:
        """Hold the keys by brand."""
        self._keys = keys

    @classmethod
    def read(cls, path: Path) -> "Keyring":
        """Read the file; raise OSError or msgspec.MsgspecError while it is not there or not whole."""
        return cls(msgspec.json.decode(path.read_bytes(), type=dict[str, BrandKey]))

    def has(self, brand: str) -> bool:
        """Tell whether the desk knows this brand."""
        return brand in self._keys

    def player_token(self, player: Player) -> str:
        """Sign what a player's page shows to the desk."""
        key, now = self._keys[player.brand.key], int(time.time())
        claims: dict[str, Any] = {
            "iss": player.brand.key,
            "sub": player.account,
            "iat": now,
            "exp": now + PLAYER_SECONDS,
            "server": player.main.server.key,
            "role": player.main.role_id,
            "character": player.main.name,
            "name": player.name,
            "lang": player.language,
        }
        return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})

    def game_token(self, brand: str, body: bytes) -> str:
        """Sign one request of the game's back end, bound to its body and good once."""
        key, now = self._keys[brand], int(time.time())
        claims: dict[str, Any] = {
            "iss": brand,
            "aud": "playerdesk.game",
            "iat": now,
            "exp": now + GAME_SECONDS,
            "jti": uuid.uuid4().hex,
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }
        return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})

    def check_push(self, authorization: str, body: bytes) -> Push:
        """Return who sent this push, or raise Refused with the reason."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused("no bearer token")
        try:
            brand = self._brand_of(str(jwt.get_unverified_header(token).get("kid")))
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys[brand].secret,
                algorithms=["HS256"],
                audience="game.playerdesk",
                leeway=60,
                options={"require": ["exp"]},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(str(error)) from error
        if claims.get("body_sha256") != hashlib.sha256(body).hexdigest():
            raise Refused("body_sha256 does not match the body")
        return Push(brand=brand, delivery=str(claims.get("jti", "")))

    def check_frame(self, token: str) -> str:
        """Return the account a page embedded in the desk is about, or raise Refused."""
        try:
            brand = self._brand_of(str(jwt.get_unverified_header(token).get("kid")))
            claims: dict[str, Any] = jwt.decode(
                token, self._keys[brand].secret, algorithms=["HS256"], audience="frame.playerdesk",
                options={"require": ["exp", "sub"]},
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise Refused(str(error)) from error
        return str(claims["sub"])

    def _brand_of(self, kid: str) -> str:
        for brand, key in self._keys.items():
            if kid in {key.kid, key.webhook_kid}:
                return brand
        raise Refused("unknown key id")
