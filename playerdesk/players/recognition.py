"""Who is in front of the screen: from a token's claims to a player, known from her first contact on."""

from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.brands import PlayerClaims, find_server, verify_player_token
from playerdesk.kernel import Database, Remembered


class KnownPlayer(msgspec.Struct, frozen=True, rename="camel"):
    """A player of whom at least the account is known. Her tier may change: read it where it counts."""

    player_id: int
    name: str
    language: str


class PlayerCaller(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A player calling with a token, as every route sees her."""

    kind: str = "player"
    permissions: frozenset[str] = frozenset()
    player_id: int
    brand_id: int
    brand_key: str
    account: str
    name: str
    server_key: str | None
    server_name: str | None
    role_id: str | None
    character_name: str | None
    language: str
    expires_at: datetime


_known: Remembered[tuple[int, str], tuple[PlayerClaims, KnownPlayer]] = Remembered(300, most=50_000)

# One statement. Two first contacts at once: the identity is taken once, the other statement comes
# back empty and is run again, when it sees who was faster. The player row follows its identity in
# the same statement (the foreign key looks at its end), so nobody is left without an identity.
RECOGNISE: LiteralString = """
    WITH known AS (
        SELECT player_id FROM players.identity WHERE kind = 'game_account' AND issuer = $1 AND value = $2
    ), fresh AS (
        SELECT nextval(pg_get_serial_sequence('players.player', 'id')) AS id WHERE NOT EXISTS (SELECT FROM known)
    ), claimed AS (
        INSERT INTO players.identity (player_id, kind, issuer, value)
        SELECT id, 'game_account', $1, $2 FROM fresh
        ON CONFLICT (kind, issuer, value) DO NOTHING RETURNING player_id
    ), made AS (
        INSERT INTO players.player (id, name, language, name_version, language_version, last_seen_at)
        OVERRIDING SYSTEM VALUE
        SELECT player_id, coalesce($3::text, $2), coalesce($4::text, 'zh'),
               CASE WHEN $3::text IS NULL THEN '-infinity' ELSE $5::timestamptz END,
               CASE WHEN $4::text IS NULL THEN '-infinity' ELSE $5::timestamptz END, now()
        FROM claimed RETURNING id, name, language
    ), met AS (
        UPDATE players.player AS p SET
            name = CASE WHEN $3::text IS NOT NULL AND $5 > p.name_version THEN $3 ELSE p.name END,
            name_version = CASE WHEN $3::text IS NULL THEN p.name_version ELSE greatest(p.name_version, $5) END,
            language = CASE WHEN $4::text IS NOT NULL AND $5 > p.language_version THEN $4 ELSE p.language END,
            language_version =
                CASE WHEN $4::text IS NULL THEN p.language_version ELSE greatest(p.language_version, $5) END,
            last_seen_at = greatest(p.last_seen_at, now())
        FROM known WHERE p.id = known.player_id RETURNING p.id, p.name, p.language
    ), someone AS (
        SELECT id, name, language FROM made UNION ALL SELECT id, name, language FROM met
    ), playing AS (
        INSERT INTO players.character AS c (player_id, brand_id, server_key, role_id, name, last_seen_at)
        SELECT id, $6, $7, $8, coalesce($9::text, $8), now() FROM someone WHERE $7::text <> '' AND $8::text <> ''
        ON CONFLICT (brand_id, server_key, role_id) DO UPDATE SET
            player_id = excluded.player_id, last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at),
            name = CASE WHEN $9::text IS NOT NULL AND $5 > c.source_version THEN $9 ELSE c.name END
    )
    SELECT id, name, language FROM someone
"""


async def recognise(database: Database, claims: PlayerClaims) -> KnownPlayer:
    """The player these claims speak of; made on first contact, remembered for some minutes."""
    key = (claims.brand_id, claims.account)
    remembered = _known.get(database, key)
    if remembered is not None and _same_facts(remembered[0], claims):
        return remembered[1]
    for _ in range(3):
        async with database.transaction() as tx:
            player = await tx.row(
                KnownPlayer, RECOGNISE, claims.brand_key, claims.account, claims.name, claims.language,
                claims.issued_at, claims.brand_id, claims.server_key, claims.role_id, claims.character_name,
            )
        if player is not None:
            return _known.put(database, key, (claims, player))[1]
    raise LookupError("an identity that was taken twice is not there: was the player deleted meanwhile?")


async def player_caller(database: Database, token: str, scope: Any = None) -> PlayerCaller:
    """From a token to the caller; for sockets, whose token comes in the first frame. Sets scope["user"]."""
    claims = await verify_player_token(database, token)
    player = await recognise(database, claims)
    server_name = claims.server_key
    if claims.server_key is not None:
        server = await find_server(database, claims.brand_id, claims.server_key)
        server_name = claims.server_key if server is None else server.name
    caller = PlayerCaller(
        player_id=player.player_id, brand_id=claims.brand_id, brand_key=claims.brand_key, account=claims.account,
        name=player.name, server_key=claims.server_key, server_name=server_name, role_id=claims.role_id,
        character_name=claims.character_name, language=claims.language or player.language,
        expires_at=claims.expires_at,
    )
    if scope is not None:
        scope["user"] = caller
    return caller


def _same_facts(before: PlayerClaims, claims: PlayerClaims) -> bool:
    """Whether there is nothing new to write, except that she is still here."""
    return (
        before.name == claims.name
        and before.language == claims.language
        and before.server_key == claims.server_key
        and before.role_id == claims.role_id
        and before.character_name == claims.character_name
    )
