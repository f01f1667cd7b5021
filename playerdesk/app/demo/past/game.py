"""What players asked before the desk was there, as the demo game hands it over."""

from datetime import datetime

import httpx
import msgspec


class Asked(msgspec.Struct, frozen=True):
    """One question of the past; unknown parts are ignored."""

    at: datetime
    brand: str
    account: str
    language: str
    server: str
    server_name: str
    role_id: str
    character: str
    category: str
    live: bool
    tone: str
    body: str
    lines: dict[str, str]
    """What she says later: asked for more, solved, not solved; and beside her stars."""
    values: dict[str, str]
    """The facts of her trouble."""


async def asked(address: str, until: datetime) -> list[Asked] | None:
    """The last month's questions, the oldest first; None while the game is not ready to tell."""
    try:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.get(f"{address}/demo/past", params={"until": until.isoformat()})
    except httpx.HTTPError:
        return None
    return msgspec.json.decode(answer.content, type=list[Asked]) if answer.status_code == 200 else None
