"""Codes of an authenticator app, each used once, and the recovery codes for a lost phone."""

import hashlib
import io
import secrets
from typing import LiteralString

import msgspec
import segno
from pyotp import random_base32
from pyotp.totp import TOTP

from playerdesk.kernel import Conflict, Rejected, Text, Tx, now
from playerdesk.kernel.own_secrets import seal, unseal

ISSUER = "PlayerDesk"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_SECRET = "totp"  # noqa: S105 -- the name of the secret
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

WRONG_CODE = Text(
    zh="验证码不对或已用过。请等应用里出现新的 6 位数字再试。",
    en="That code is wrong or was used already. Wait for a new one in your app and try again.",
)
_ALREADY = Text(
    zh="已经绑定了验证器。要换手机，请先移除。", en="An authenticator is set up already. Remove it first to change phones."
)


class Enrolment(msgspec.Struct, frozen=True):
    """What an authenticator app needs; `svg` is the address as a QR code."""

    secret: str
    uri: str
    svg: str


_START: LiteralString = """
    INSERT INTO staff.totp (person_id, secret) VALUES ($1, $2)
    ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE staff.totp.confirmed_at IS NULL
"""
_FIND: LiteralString = """
    SELECT secret, last_step FROM staff.totp WHERE person_id = $1 AND (confirmed_at IS NOT NULL) = $2 FOR UPDATE
"""


async def start_totp(tx: Tx, person_id: int, login: str) -> Enrolment:
    """A new secret, worth nothing until a code of it was shown."""
    secret = random_base32()
    if not await tx.execute(_START, person_id, await seal(tx, _SECRET, secret.encode(), f"totp {person_id}")):
        raise Conflict("totp_enrolled", _ALREADY)
    uri = TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(drawn, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
    return Enrolment(secret, uri, drawn.getvalue().decode())


async def confirm_totp(tx: Tx, person_id: int, code: str) -> list[str]:
    """The app shows the right codes: from now on it is asked for. Returns the recovery codes, shown this once."""
    if not await _code_fits(tx, person_id, code, confirmed=False):
        raise Rejected("wrong_code", WRONG_CODE, fields={"code": WRONG_CODE})
    await tx.execute("UPDATE staff.totp SET confirmed_at = now() WHERE person_id = $1", person_id)
    return await new_recovery_codes(tx, person_id)


async def totp_fits(tx: Tx, person_id: int, code: str) -> bool:
    """Whether this is a code of now, never used before; it is used by asking."""
    return await _code_fits(tx, person_id, code, confirmed=True)


async def _code_fits(tx: Tx, person_id: int, code: str, *, confirmed: bool) -> bool:
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return False
    records = await tx.fetch(_FIND, person_id, confirmed)
    if not records:
        return False
    sealed, last_step = records[0]
    totp = TOTP((await unseal(tx, _SECRET, bytes(sealed), f"totp {person_id}")).decode())
    step = int(now().timestamp()) // STEP_SECONDS
    # A clock may be half a minute off in either direction.
    for tried in (step, step - 1, step + 1):
        if secrets.compare_digest(totp.generate_otp(tried), digits):
            if tried <= last_step:
                return False
            await tx.execute("UPDATE staff.totp SET last_step = $2 WHERE person_id = $1", person_id, tried)
            return True
    return False


async def remove_totp(tx: Tx, person_id: int) -> bool:
    """The app is not asked for any more, and its recovery codes are void."""
    await tx.execute("DELETE FROM staff.recovery_code WHERE person_id = $1", person_id)
    return bool(await tx.execute("DELETE FROM staff.totp WHERE person_id = $1", person_id))


async def new_recovery_codes(tx: Tx, person_id: int) -> list[str]:
    """Ten codes, the old ones void; only their digests are kept (75 bits each, nothing to guess)."""
    codes = ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    await tx.execute("DELETE FROM staff.recovery_code WHERE person_id = $1", person_id)
    await tx.execute(
        "INSERT INTO staff.recovery_code (person_id, code_hash) SELECT $1, unnest($2::bytea[])",
        person_id, [_digest(code) for code in codes],
    )
    return codes


async def use_recovery_code(tx: Tx, person_id: int, code: str) -> bool:
    """Whether it was one of hers and still unused."""
    return bool(await tx.execute(
        "UPDATE staff.recovery_code SET used_at = now() WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL",
        person_id, _digest(code),
    ))


def _digest(code: str) -> bytes:
    plain = "".join(letter for letter in code.lower() if letter in _ALPHABET)
    return hashlib.sha256(plain.encode()).digest()
