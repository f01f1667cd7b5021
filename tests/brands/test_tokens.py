"""Whom the desk believes, and what it tells the others."""

import base64
import json
import time

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.brands import (
    make_game_token,
    make_player_token,
    retire_signing_key,
    verify_game_token,
    verify_player_token,
)
from playerdesk.brands.rules import PLAYER_LIFETIME, check_times, player_claims
from playerdesk.kernel import Unauthenticated

pytestmark = pytest.mark.anyio


async def refusal(awaitable) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as caught:
        await awaitable
    return caught.value


def sign(brand, **changes):
    now = int(time.time())
    claims = {"iss": brand.key, "sub": "acc-1", "iat": now, "exp": now + 600} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, brand.secret, algorithm="HS256", headers={"kid": brand.kid})


async def test_a_token_tells_who_plays_where(database, brand):
    token = make_player_token(
        brand.key, brand.kid, brand.secret, "acc-7", server="s1", role=10086, character="林\u202e晚", lang="zh-CN", name="晚风"
    )
    claims = await verify_player_token(database, token)
    assert (claims.brand_id, claims.account, claims.server_key, claims.role_id) == (brand.id, "acc-7", "s1", "10086")
    assert (claims.character_name, claims.language, claims.name) == ("林晚", "zh", "晚风")


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
async def test_a_brand_may_sign_with_a_private_key_we_never_see(database, brand, algorithm):
    kid, private = brand.private[algorithm]
    token = make_player_token(brand.key, kid, private, "acc-1", algorithm=algorithm)
    assert (await verify_player_token(database, token)).account == "acc-1"


class In(int):
    """Seconds from now."""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        # Seconds from the moment of the test, which may come long after the tests were collected.
        ({"exp": In(-1), "iat": In(-60)}, "token_expired"),
        ({"iat": In(300), "exp": In(600)}, "token_from_future"),
        ({"exp": In(25 * 3600)}, "token_too_long_lived"),
        ({"iss": "somebody-else"}, "token_wrong_brand"),
        ({"iss": None}, "token_wrong_brand"),
        ({"exp": None}, "claim_missing"),
        ({"iat": None}, "claim_missing"),
        ({"sub": None}, "claim_missing"),
        ({"exp": "tomorrow"}, "claim_invalid"),
        ({"exp": 1e300}, "claim_invalid"),
        ({"sub": "a" * 201}, "claim_invalid"),
        ({"sub": "acc\x00"}, "claim_invalid"),
        ({"sub": "acc\u200b"}, "claim_invalid"),
        ({"name": ["x"]}, "claim_invalid"),
        ({"aud": "playerdesk.game"}, "token_wrong_audience"),
        ({"name": "x" * 5000}, "token_too_long"),
    ],
)
async def test_every_failure_has_its_own_code_and_says_what_to_do(database, brand, changes, code):
    changes = {name: int(time.time()) + value if isinstance(value, In) else value for name, value in changes.items()}
    refused = await refusal(verify_player_token(database, sign(brand, **changes)))
    assert refused.code == code
    assert refused.message.zh
    assert refused.message.en
    assert refused.status == 401


async def test_clocks_may_be_a_minute_apart(database, brand):
    ahead = int(time.time()) + 50
    assert await verify_player_token(database, sign(brand, iat=ahead, exp=ahead + 600))


async def test_a_forged_signature_is_not_believed(database, brand, other_brand):
    token = make_player_token(brand.key, brand.kid, other_brand.secret, "acc-1")
    assert (await refusal(verify_player_token(database, token))).code == "token_forged"


async def test_a_key_speaks_for_its_own_brand_only(database, brand, other_brand):
    token = make_player_token(other_brand.key, brand.kid, brand.secret, "acc-1")
    assert (await refusal(verify_player_token(database, token))).code == "token_wrong_brand"


async def test_the_algorithm_comes_from_the_key_not_from_the_token(database, brand):
    kid, _ = brand.private["ES256"]
    token = jwt.encode({"iss": brand.key}, "x" * 40, algorithm="HS256", headers={"kid": kid})
    assert (await refusal(verify_player_token(database, token))).code == "token_wrong_algorithm"
    now = int(time.time())
    claims = {"iss": brand.key, "sub": "a", "iat": now, "exp": now + 60}
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": brand.kid})
    assert (await refusal(verify_player_token(database, unsigned))).code == "token_wrong_algorithm"


async def test_a_changed_payload_is_a_forgery(database, brand):
    head, payload, signature = sign(brand).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "somebody-else"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert (await refusal(verify_player_token(database, f"{head}.{forged}.{signature}"))).code == "token_forged"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "💥", "." * 100, "x" * 5000, "eyJhbGciOiJIUzI1NiJ9.e30."])
async def test_rubbish_is_refused_politely(database, brand, token):
    assert (await refusal(verify_player_token(database, token))).code in {
        "token_missing", "token_malformed", "token_too_long",
    }


@given(st.text(max_size=300))
async def test_no_text_at_all_gets_past_or_breaks_the_door(database, text):
    assert (await refusal(verify_player_token(database, text))).status == 401


async def test_an_unknown_key_is_named(database, brand):
    token = make_player_token(brand.key, "nobody-knows-me", brand.secret, "acc-1")
    refused = await refusal(verify_player_token(database, token))
    assert refused.code == "key_unknown"
    assert "nobody-knows-me" in refused.message.en


async def test_a_retired_key_ends_all_its_tokens(database, brand):
    token = sign(brand)
    await verify_player_token(database, token)
    async with database.transaction() as tx:
        await retire_signing_key(tx, brand.kid)
    assert (await refusal(verify_player_token(database, token))).code == "key_retired"


async def test_a_believed_token_is_not_believed_after_its_end(database, brand):
    token = sign(brand, iat=int(time.time()) - 100, exp=int(time.time()) + 1)
    await verify_player_token(database, token)
    time.sleep(1.1)  # noqa: ASYNC251 -- the clock itself is tested
    assert (await refusal(verify_player_token(database, token))).code == "token_expired"


async def test_a_game_token_is_good_for_one_body_and_one_request(database, brand):
    body = b'{"records": []}'
    token = make_game_token(brand.key, brand.kid, brand.secret, body=body)
    assert (await refusal(verify_game_token(database, token, b"{}"))).code == "token_body_mismatch"
    assert (await verify_game_token(database, token, body)).brand_key == brand.key
    assert (await refusal(verify_game_token(database, token, body))).code == "token_replayed"


async def test_a_game_token_needs_its_audience_and_a_short_life(database, brand):
    player = make_player_token(brand.key, brand.kid, brand.secret, "acc-1")
    assert (await refusal(verify_game_token(database, player, b""))).code == "token_wrong_audience"
    long = make_game_token(brand.key, brand.kid, brand.secret, seconds=3600)
    assert (await refusal(verify_game_token(database, long, b""))).code == "token_too_long_lived"
    player_token = make_game_token(brand.key, brand.kid, brand.secret, sub="acc-1")
    assert (await refusal(verify_player_token(database, player_token))).code == "token_wrong_audience"


async def test_a_game_token_without_jti_may_be_used_again(database, brand):
    token = make_game_token(brand.key, brand.kid, brand.secret)
    await verify_game_token(database, token, b"")
    assert (await verify_game_token(database, token, b"other")).brand_id == brand.id


@given(
    issued=st.integers(-200_000, 200_000), life=st.integers(-10, 200_000), limit=st.sampled_from([900, PLAYER_LIFETIME])
)
def test_times_are_accepted_exactly_when_now_lies_within_a_life_that_is_not_too_long(issued, life, limit):
    at = 1_800_000_000.0
    claims = {"iat": at + issued, "exp": at + issued + life}
    fine = issued <= 60 and issued + life > 0 and 0 < life <= limit
    try:
        check_times(claims, at, limit)
    except Unauthenticated:
        assert not fine
    else:
        assert fine


@given(st.dictionaries(
    st.sampled_from(["iss", "sub", "iat", "exp", "aud", "server", "role", "character", "lang", "name", "nbf"]),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())),
))
def test_any_claims_are_either_read_or_refused(claims):
    try:
        read = player_claims({"iss": "b", **claims}, 1, "b", 1000.0)
    except Unauthenticated:
        return
    assert read.account
