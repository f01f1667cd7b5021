"""A database, and a brand with keys of every algorithm."""

import secrets
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from playerdesk.brands import add_brand, add_server, add_signing_key
from playerdesk.kernel import Database, Text

_numbers = count(1)


class ABrand:
    """A brand and what its back end holds: the key ids and what to sign with."""

    def __init__(self, key: str) -> None:
        self.id = 0
        self.key = key
        self.kid, self.secret = f"{key}-hs", secrets.token_urlsafe(32)
        self.private: dict[str, tuple[str, Any]] = {
            "ES256": (f"{key}-es", ec.generate_private_key(ec.SECP256R1())),
            "EdDSA": (f"{key}-ed", ed25519.Ed25519PrivateKey.generate()),
        }


def public_pem(private: Any) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def given_brand(database: Database) -> ABrand:
    brand = ABrand(f"game-{next(_numbers)}-{secrets.token_hex(3)}")
    async with database.transaction() as tx:
        brand.id = await add_brand(tx, brand.key, Text(zh="星陨", en="Starfall"))
        await add_server(tx, brand.id, "s1", "云海")
        await add_signing_key(tx, brand.id, brand.kid, "HS256", brand.secret)
        for algorithm, (kid, private) in brand.private.items():
            await add_signing_key(tx, brand.id, kid, algorithm, public_pem(private))
    return brand


@pytest.fixture
async def brand(database: Database) -> ABrand:
    return await given_brand(database)


@pytest.fixture
async def other_brand(database: Database) -> ABrand:
    return await given_brand(database)
