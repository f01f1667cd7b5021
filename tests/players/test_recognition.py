"""First contact: one person, however many requests come at once."""

import asyncio
import secrets
from datetime import timedelta

import msgspec
import pytest

from playerdesk.brands import PlayerClaims, add_server, add_signing_key, make_player_token
from playerdesk.kernel import Unauthenticated
from playerdesk.players import PlayerToken, card, player_caller, recognise
from playerdesk.players.queries import BY_ACCOUNT
from playerdesk.players.recognition import RECOGNISE
from tests.players.given import NOW, a_character, a_player, ago, send

pytestmark = pytest.mark.anyio


def claims(brand, account="acc-1", **changes):
    facts = PlayerClaims(
        brand_id=brand.id, brand_key=brand.key, account=account, name="晚风", server_key="s1", role_id="r1",
        character_name="云中客", language="zh", issued_at=NOW, expires_at=NOW + timedelta(hours=1),
    )
    return msgspec.structs.replace(facts, **changes)


async def test_first_contact_makes_a_player_with_her_character(database, brand):
    known = await recognise(database, claims(brand))
    async with database.reading() as reader:
        shown = await card(reader, known.player_id)
    assert (shown.name, shown.language, shown.tier) == ("晚风", "zh", "none")
    assert [(each.server_key, each.role_id, each.name) for each in shown.characters] == [("s1", "r1", "云中客")]
    assert [(each.kind, each.issuer, each.value) for each in shown.identities] == [
        ("game_account", brand.key, "acc-1")
    ]


async def test_twenty_first_contacts_at_once_make_one_player_and_no_orphan(database, brand):
    async with database.reading() as reader:
        before = await reader.value("SELECT count(*) FROM players.player")

    async def meet(n: int):
        # Different facts each time, so that what is remembered answers none of them.
        return await recognise(database, claims(brand, character_name=f"云{n}"))

    known = await asyncio.gather(*(meet(n) for n in range(20)))
    assert len({each.player_id for each in known}) == 1
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM players.player") == before + 1


async def test_the_same_account_in_two_games_is_two_players(database, brand):
    from tests.players.given import a_brand

    other = await a_brand(database)
    one, two = await recognise(database, claims(brand)), await recognise(database, claims(other))
    assert one.player_id != two.player_id


async def test_who_is_known_already_costs_no_statement(database, brand):
    known = await recognise(database, claims(brand))
    pool, database.pool = database.pool, None
    again = await recognise(database, claims(brand, issued_at=NOW + timedelta(minutes=5)))
    database.pool = pool
    assert again == known


async def test_a_newer_token_renames_and_an_older_one_does_not(database, brand):
    await recognise(database, claims(brand, name="新", issued_at=NOW))
    known = await recognise(database, claims(brand, name="旧", issued_at=NOW - timedelta(hours=3)))
    assert known.name == "新"
    known = await recognise(database, claims(brand, name="更新", issued_at=NOW + timedelta(seconds=1)))
    assert known.name == "更新"


async def test_a_token_without_a_name_takes_none_away(database, brand):
    await send(database, brand, a_player("acc-1", name="云中客", lastSeenAt=ago(days=1)))
    known = await recognise(database, claims(brand, name=None, language=None, server_key=None, role_id=None))
    assert known.name == "云中客"


async def test_a_token_does_not_undo_what_the_game_said_about_a_character(database, brand):
    await send(database, brand, a_character("acc-1", "r1", level=88, name="龙吟", at=ago(hours=1)))
    known = await recognise(database, claims(brand, character_name="旧名", issued_at=NOW - timedelta(hours=2)))
    await send(database, brand, a_character("acc-1", "r1", level=89, name="龙吟", at=ago(minutes=1)))
    async with database.reading() as reader:
        shown = await card(reader, known.player_id)
    assert (shown.characters[0].level, shown.characters[0].name) == (89, "龙吟")


async def test_the_look_up_of_an_identity_uses_its_index(database, brand):
    await recognise(database, claims(brand))
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(r[0] for r in await tx.fetch("EXPLAIN " + BY_ACCOUNT, brand.key, "acc-1"))
        assert "identity_kind_issuer_value_key" in plan
        assert "player_pkey" in plan
        plan = "\n".join(r[0] for r in await tx.fetch(
            "EXPLAIN " + RECOGNISE, brand.key, "acc-1", "n", "zh", NOW, brand.id, "s1", "r1", "c"
        ))
        assert "identity_kind_issuer_value_key" in plan
        assert "Seq Scan on" not in plan


async def a_token(database, brand, **facts):
    secret, kid = secrets.token_urlsafe(32), f"k-{secrets.token_hex(4)}"
    async with database.transaction() as tx:
        await add_server(tx, brand.id, "s1", "云海之巅")
        await add_signing_key(tx, brand.id, kid, "HS256", secret)
    return make_player_token(brand.key, kid, secret, "acc-1", **facts)


async def test_a_token_becomes_a_caller(database, brand):
    token = await a_token(database, brand, server="s1", role="r1", character="云中客", lang="en", name="晚风")
    caller = await player_caller(database, token)
    assert (caller.kind, caller.account, caller.server_name, caller.language) == ("player", "acc-1", "云海之巅", "en")
    assert caller.permissions == frozenset()
    unknown = await player_caller(database, await a_token(database, brand, server="s99"))
    assert unknown.server_name == "s99"


async def test_the_middleware_names_the_caller_of_player_paths_only(database, brand):
    token = await a_token(database, brand)
    heard = []

    async def app(scope, receive, send):
        heard.append(scope.get("user"))

    def scope(path, method="GET", *headers):
        return {"type": "http", "method": method, "path": path, "headers": list(headers)}

    middleware = PlayerToken(app, lambda: database)
    bearer = (b"authorization", f"Bearer {token}".encode())
    await middleware(scope("/player/v1/session", "GET", bearer), None, None)
    await middleware(scope("/player/v1/session", "OPTIONS"), None, None)
    await middleware(scope("/agent/v1/me", "GET", bearer), None, None)
    await middleware({"type": "websocket", "path": "/player/v1/live", "headers": []}, None, None)
    assert [caller is not None for caller in heard] == [True, False, False, False]
    with pytest.raises(Unauthenticated, match="token_missing"):
        await middleware(scope("/player/v1/session"), None, None)
