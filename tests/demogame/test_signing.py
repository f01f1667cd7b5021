"""Tokens of the game, and pushes of the desk."""

import hashlib
import json
import time

import jwt
import pytest

from demogame.signing import BrandKey, Keyring, Refused
from demogame.world import player
from tests.demogame.fake_desk import KEYS

BODY = b'{"id": "d1"}'


def push(body=BODY, secret=KEYS["skyreach"]["secret"], kid="sky-1", **claims):
    base = {"aud": "game.playerdesk", "exp": int(time.time()) + 60, "jti": "d1"}
    base |= {"body_sha256": hashlib.sha256(body).hexdigest()} | claims
    return "Bearer " + jwt.encode(base, secret, algorithm="HS256", headers={"kid": kid})


def test_a_player_token_says_who_where_and_in_which_language(keyring):
    who = player("seed", "sr-000006")
    token = keyring.player_token(who)
    claims = jwt.decode(token, KEYS["skyreach"]["secret"], algorithms=["HS256"])
    assert jwt.get_unverified_header(token)["kid"] == "sky-1"
    assert claims["iss"] == "skyreach"
    assert claims["sub"] == "sr-000006"
    assert claims["server"] == who.main.server.key
    assert claims["role"] == who.main.role_id
    assert claims["lang"] == "en"
    assert 0 < claims["exp"] - claims["iat"] <= 24 * 3600


def test_a_game_token_is_bound_to_its_body_and_good_once(keyring):
    first, second = keyring.game_token("happycards", BODY), keyring.game_token("happycards", BODY)
    claims = [
        jwt.decode(t, KEYS["happycards"]["secret"], algorithms=["HS256"], audience="playerdesk.game") for t in (first, second)
    ]
    assert claims[0]["body_sha256"] == hashlib.sha256(BODY).hexdigest()
    assert claims[0]["jti"] != claims[1]["jti"]


def test_a_true_push_is_believed(keyring):
    assert keyring.check_push(push(), BODY).brand == "skyreach"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic x",
        "Bearer nonsense",
        push(kid="cards-1"),
        push(secret="x" * 40),
        push(kid="unknown"),
        push(aud="playerdesk.game"),
        push(exp=int(time.time()) - 600),
        push(body=b"another body"),
    ],
)
def test_a_push_that_is_forged_expired_or_changed_is_refused(keyring, header):
    with pytest.raises(Refused):
        keyring.check_push(header, BODY)


def test_keys_are_read_as_the_seed_writes_them(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"skyreach": {"kid": "a", "secret": "b" * 40, "webhookKid": "c"}}))
    assert Keyring.read(path).has("skyreach")
    assert not Keyring.read(path).has("happycards")
    assert BrandKey("a", "b").webhook_kid is None
