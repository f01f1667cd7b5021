"""Secrets the installation makes for itself on first use: links to files, the official mark, what is sealed at rest."""

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from playerdesk.kernel.database import Tx


async def own_secret(tx: Tx, name: str) -> bytes:
    """32 random bytes, the same for every process of this installation, for ever."""
    await tx.execute(
        "INSERT INTO kernel.secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, secrets.token_bytes(32)
    )
    return bytes(await tx.value("SELECT value FROM kernel.secret WHERE name = $1", name))


async def seal(tx: Tx, name: str, value: bytes, context: str) -> bytes:
    """Encrypted with the installation's secret of this name (AES-256-GCM); opens in the same context only."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(await own_secret(tx, name)).encrypt(nonce, value, context.encode())


async def unseal(tx: Tx, name: str, sealed: bytes, context: str) -> bytes:
    """What was sealed; raises `InvalidTag` when it was tampered with or belongs to another context."""
    return AESGCM(await own_secret(tx, name)).decrypt(sealed[:12], sealed[12:], context.encode())
