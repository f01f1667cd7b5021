"""Tokens for trying the interfaces by hand."""

from playerdesk.brands import make_game_token, make_player_token
from playerdesk.kernel import connect
from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings

_KEY = """
    SELECT b.key, k.kid, k.material FROM brands.signing_key k JOIN brands.brand b ON b.id = k.brand_id
    WHERE k.algorithm = 'HS256' AND k.retired_at IS NULL AND ($1::text IS NULL OR b.key = $1) ORDER BY b.id, k.id LIMIT 1
"""


async def make_token(
    settings: Settings, kind: str, brand: str | None, account: str | None, server: str | None, lang: str, minutes: int
) -> str:
    """Signed with the brand's newest shared key; the desk has to be running, or its database reachable."""
    async with running(settings, join=True) as dsn:
        database = await connect(dsn, size=1)
        try:
            async with database.reading() as reader:
                found = await reader.fetch(_KEY, brand)
        finally:
            await database.close()
    if not found:
        raise LookupError(f"No brand {brand or ''} with a shared key. 没有这个品牌，或它没有共享密钥。")
    key, kid, secret = found[0]
    if kind == "game":
        return make_game_token(key, kid, secret, seconds=min(minutes, 15) * 60)
    claims = {"lang": lang, **({"server": server} if server else {})}
    return make_player_token(key, kid, secret, account or "by-hand", seconds=minutes * 60, **claims)
