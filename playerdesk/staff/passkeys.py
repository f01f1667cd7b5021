"""Passkeys (WebAuthn): several a person; one that has verified its owner is both factors at once."""

import base64
import json
from typing import Any, LiteralString

import msgspec
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from playerdesk.kernel import Conflict, Reader, Rejected, Text, Tx, Unauthenticated, clean_line
from playerdesk.staff.one_time import issue, take
from playerdesk.staff.rules import ONE_TIME

MOST_PASSKEYS = 20

REFUSED_KEY = Text(
    zh="这个通行密钥没有通过验证。请重试，或改用密码登录。",
    en="This passkey was not accepted. Try again, or sign in with your password."
)
_MANY = Text(zh=f"最多登记 {MOST_PASSKEYS} 个通行密钥，请先移除不用的。", en=f"{MOST_PASSKEYS} passkeys at most; remove one first.")
_EXPIRED = Text(zh="等得太久了，请重新开始。", en="That took too long. Please start again.")


class Site(msgspec.Struct, frozen=True):
    """Where this desk is in the eyes of a browser: passkeys belong to a host, signatures to an origin."""

    host: str
    origin: str


class Passkey(msgspec.Struct, frozen=True, rename="camel"):
    """A passkey, as its owner sees it."""

    id: int
    name: str
    created_at: Any
    used_at: Any


class Challenge(msgspec.Struct, frozen=True):
    """What the browser is asked to sign; `options` go to navigator.credentials."""

    token: str
    options: dict[str, Any]


_ADD: LiteralString = """
    INSERT INTO staff.passkey (person_id, credential_id, public_key, sign_count, transports, name)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING RETURNING id
"""
_FIND: LiteralString = """
    SELECT id, person_id, public_key, sign_count FROM staff.passkey WHERE credential_id = $1 FOR UPDATE
"""


async def passkeys_of(reader: Reader, person_id: int) -> list[Passkey]:
    """Hers, the oldest first."""
    return await reader.rows(
        Passkey, "SELECT id, name, created_at, used_at FROM staff.passkey WHERE person_id = $1 ORDER BY id", person_id
    )


async def _descriptors(reader: Reader, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    records = await reader.fetch("SELECT credential_id FROM staff.passkey WHERE person_id = $1 ORDER BY id", person_id)
    return [PublicKeyCredentialDescriptor(id=bytes(record[0])) for record in records]


async def start_registration(tx: Tx, person_id: int, login: str, name: str, site: Site) -> Challenge:
    """What her browser needs to make a passkey for this desk."""
    known = await _descriptors(tx, person_id)
    if len(known) >= MOST_PASSKEYS:
        raise Conflict("too_many_passkeys", _MANY)
    options = generate_registration_options(
        rp_id=site.host, rp_name="PlayerDesk", user_name=login, user_display_name=name,
        user_id=f"playerdesk-{person_id}".encode(), exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return await _challenge(tx, person_id, "register", options, options.challenge)


async def finish_registration(tx: Tx, person_id: int, token: str, credential: dict[str, Any], name: str, site: Site) -> int:
    """The passkey is hers from now on; returns its id."""
    challenge = await _expected(tx, token, person_id, "register")
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as failure:
        raise Rejected("passkey_refused", REFUSED_KEY) from failure
    transports = credential.get("response", {}).get("transports") or []
    added = await tx.value(
        _ADD, person_id, made.credential_id, made.credential_public_key, made.sign_count,
        [str(each)[:20] for each in transports][:8], clean_line(name)[:60] or "Passkey",
    )
    if added is None:
        raise Conflict("passkey_known", Text(zh="这个通行密钥已经登记过了。", en="This passkey is registered already."))
    return added


async def start_passkey(tx: Tx, person_id: int | None, site: Site) -> Challenge:
    """What a browser needs to sign in; without a person it offers whichever passkeys it has for this desk."""
    options = generate_authentication_options(
        rp_id=site.host, allow_credentials=await _descriptors(tx, person_id) if person_id is not None else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return await _challenge(tx, person_id, "use", options, options.challenge)


async def use_passkey(tx: Tx, token: str, credential: dict[str, Any], site: Site, person_id: int | None = None) -> int:
    """Whose passkey has signed the challenge; only `person_id`'s when given. A challenge is good for one success."""
    challenge = await _expected(tx, token, person_id, "use")
    try:
        records = await tx.fetch(_FIND, base64url_to_bytes(str(credential.get("id", ""))))
        if not records or person_id not in (None, records[0][1]):
            raise Unauthenticated("passkey_refused", REFUSED_KEY)
        key_id, owner, public_key, sign_count = records[0]
        used = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=bytes(public_key), credential_current_sign_count=sign_count, require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as failure:
        raise Unauthenticated("passkey_refused", REFUSED_KEY) from failure
    await tx.execute(
        "UPDATE staff.passkey SET sign_count = $2, used_at = now() WHERE id = $1", key_id, used.new_sign_count
    )
    return owner


async def remove_passkey(tx: Tx, person_id: int, passkey_id: int) -> str | None:
    """One of hers is not accepted any more; its name."""
    return await tx.value("DELETE FROM staff.passkey WHERE id = $1 AND person_id = $2 RETURNING name", passkey_id, person_id)


async def _challenge(tx: Tx, person_id: int | None, purpose: str, options: Any, challenge: bytes) -> Challenge:
    stored = base64.b64encode(challenge).decode()
    token = await issue(tx, "passkey", person_id, ONE_TIME, purpose=purpose, challenge=stored)
    return Challenge(token, json.loads(options_to_json(options)))


async def _expected(tx: Tx, token: str, person_id: int | None, purpose: str) -> bytes:
    promised = await take(tx, token, "passkey")
    if promised is None or promised.data["purpose"] != purpose or promised.person_id != person_id:
        raise Rejected("expired", _EXPIRED)
    return base64.b64decode(promised.data["challenge"])
