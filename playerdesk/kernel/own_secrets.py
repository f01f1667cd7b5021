"""Secrets the installation makes for itself on first use: links to files, the official mark."""

import secrets

from playerdesk.kernel.database import Tx


async def own_secret(tx: Tx, name: str) -> bytes:
    """32 random bytes, the same for every process of this installation, for ever."""
    await tx.execute(
        "INSERT INTO kernel.secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, secrets.token_bytes(32)
    )
    return bytes(await tx.value("SELECT value FROM kernel.secret WHERE name = $1", name))
