"""The keys of the brands, parsed once and remembered for seconds, so that a retired one dies fast."""

from typing import Any, cast

import jwt
import msgspec
from jwt.algorithms import Algorithm, get_default_algorithms

from playerdesk.brands.queries import signing_key
from playerdesk.brands.refusals import refuse_token
from playerdesk.kernel import Database, Reader, Rejected, Remembered, Text

KEY_SECONDS = 30.0
UNKNOWN_SECONDS = 5.0
_SHORTEST_SECRET = 32

_ALGORITHMS: dict[str, Algorithm] = {
    name: algorithm for name, algorithm in get_default_algorithms().items() if name in {"HS256", "ES256", "EdDSA"}
}


class ReadyKey(msgspec.Struct, frozen=True):
    """A key parsed and ready to verify with."""

    kid: str
    brand_id: int
    brand_key: str
    algorithm: str
    material: Any


_keys: Remembered[str, ReadyKey | str] = Remembered(KEY_SECONDS, most=2_000)
"""By key id; instead of a key, the code of the refusal (an unknown id is remembered, too, but shortly)."""


def check_material(algorithm: str, material: str) -> None:
    """Refuses a key that could never verify anything, or that is too weak to prove anything."""
    if algorithm not in _ALGORITHMS:
        raise Rejected("algorithm_unknown", Text(
            zh="签名算法只能是 HS256、ES256 或 EdDSA。", en="The algorithm must be HS256, ES256 or EdDSA."
        ))
    if algorithm == "HS256":
        if len(material.encode()) < _SHORTEST_SECRET:
            raise Rejected("secret_too_short", Text(
                zh=f"共享密钥至少要有 {_SHORTEST_SECRET} 个字节。",
                en=f"A shared secret needs at least {_SHORTEST_SECRET} bytes.",
            ))
        if "-----BEGIN" in material:
            raise Rejected("secret_is_a_key", Text(
                zh="HS256 用共享密钥，不能用 PEM 公钥。", en="HS256 takes a shared secret, not a key in PEM."
            ))
        return
    if "PRIVATE KEY" in material:
        raise Rejected("private_key", Text(
            zh="请只登记公钥；私钥应只留在游戏后端。",
            en="Register the public key only; the private one stays with the game.",
        ))
    try:
        _parse(algorithm, material)
    except (jwt.InvalidKeyError, ValueError, TypeError) as failure:
        raise Rejected("key_unreadable", Text(
            zh=f"无法读取公钥：{algorithm} 需要对应的 PEM 公钥。",
            en=f"The public key cannot be read: {algorithm} takes its public key in PEM.",
        )) from failure


async def find_key(database: Database, kid: str) -> ReadyKey:
    """The key with this id, or the refusal that says what is wrong with it."""
    known = _keys.get(database, kid)
    if known is None:
        known = await _look_up(database, kid)
    if isinstance(known, str):
        raise refuse_token(known, kid=kid)
    return known


def forget_key(reader: Reader, kid: str) -> None:
    """Called by whoever adds or retires a key."""
    _keys.forget(reader, kid)


async def _look_up(database: Database, kid: str) -> ReadyKey | str:
    async with database.reading() as reader:
        key = await signing_key(reader, kid)
    if key is None:
        return _keys.put(database, kid, "key_unknown", seconds=UNKNOWN_SECONDS)
    if key.retired:
        return _keys.put(database, kid, "key_retired")
    material = _parse(key.algorithm, key.material)
    return _keys.put(database, kid, ReadyKey(key.kid, key.brand_id, key.brand_key, key.algorithm, material))


def _parse(algorithm: str, material: str) -> Any:
    return cast("Any", _ALGORITHMS[algorithm]).prepare_key(material)
