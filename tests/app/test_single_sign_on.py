"""Single sign-on against a real OpenID Connect provider on the loopback, and what a lying one would send."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from oidc_provider_mock import User, run_server_in_thread

from playerdesk.staff.single_sign_on import Provider
from tests.app.desk import running_desk
from tests.given import an_agent, number

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore")]


def a_user(email: str, **claims) -> User:
    return User(sub=f"sub-{number()}", claims={"email": email, "email_verified": True, "name": "林若曦", **claims})


@pytest.fixture(scope="module")
def provider():
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
async def desk(module_dsn, tmp_path, provider):
    async with running_desk(module_dsn, tmp_path, oidc_issuer=provider, oidc_client_id="desk", oidc_client_secret="s") as desk:
        yield desk


async def somebody(desk, email: str) -> int:
    async with desk.database.transaction() as tx:
        person = await an_agent(tx, state="offline")
        await tx.execute("UPDATE staff.person SET email = $2 WHERE id = $1", person, email)
        return person


async def walk(desk, provider, user: User, *, tamper=None) -> tuple[httpx.AsyncClient, httpx.Response]:
    """As a browser does: out, in at the provider, back."""
    browser = httpx.AsyncClient(base_url=desk.address)
    async with httpx.AsyncClient() as there:
        await there.put(f"{provider}/users/{user.sub}", json=user.claims)
        out = await browser.get("/agent/v1/sign-in/oidc", params={"following": "/tickets/mine"})
        assert out.status_code == 302, out.text
        address = out.headers["location"]
        asked = parse_qs(urlsplit(address).query)
        assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
        back = await there.post(address, data={"sub": user.sub})
    assert back.status_code == 302, back.text
    way = back.headers["location"]
    answer = await browser.get(tamper(way) if tamper else way)
    assert answer.status_code == 302
    return browser, answer


async def test_a_colleague_is_known_by_her_verified_address_and_then_by_her_subject(desk, provider):
    person = await somebody(desk, "Lin.One@example.com")
    user = a_user("lin.one@example.com")
    for email in ("lin.one@example.com", "moved@example.com"):
        user.claims["email"] = email
        browser, answer = await walk(desk, provider, user)
        assert answer.headers["location"] == "/tickets/mine"
        assert (await browser.get("/agent/v1/me")).json()["id"] == person
    async with desk.database.reading() as reader:
        actions = [row[0] for row in await reader.fetch("SELECT action FROM audit.trace WHERE object_id = $1", str(person))]
    assert actions.count("account.linked") == 1


async def test_an_address_that_moved_to_somebody_else_does_not_open_the_old_account(desk, provider):
    await somebody(desk, "shared@example.com")
    await walk(desk, provider, a_user("shared@example.com"))
    _, second = await walk(desk, provider, a_user("shared@example.com"))
    assert second.headers["location"] == "/sign-in?problem=sso_unknown"


async def test_who_is_not_known_or_not_verified_or_suspended_stays_outside(desk, provider):
    person = await somebody(desk, "gone@example.com")
    _, unknown = await walk(desk, provider, a_user("stranger@example.com"))
    _, unverified = await walk(desk, provider, a_user("gone@example.com", email_verified=False))
    assert {unknown.headers["location"], unverified.headers["location"]} == {"/sign-in?problem=sso_unknown"}
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET suspended_at = now() WHERE id = $1", person)
    browser, suspended = await walk(desk, provider, a_user("gone@example.com"))
    assert suspended.headers["location"] == "/sign-in?problem=suspended"
    assert "playerdesk_session" not in browser.cookies


async def test_a_state_that_is_wrong_foreign_or_used_is_refused(desk, provider):
    await somebody(desk, "state@example.com")
    user = a_user("state@example.com")
    _, wrong = await walk(desk, provider, user, tamper=lambda way: way.replace("state=", "state=x"))
    assert wrong.headers["location"] == "/sign-in?problem=sso_state"
    ways: list[str] = []
    browser, right = await walk(desk, provider, user, tamper=lambda way: ways.append(way) or way)
    assert right.headers["location"] == "/tickets/mine"
    assert (await browser.get(ways[0])).headers["location"] == "/sign-in?problem=sso_state", "used"
    async with httpx.AsyncClient(base_url=desk.address) as victim:
        assert (await victim.get(ways[0])).headers["location"] == "/sign-in?problem=sso_state", "begun in another browser"


async def test_only_addresses_of_the_desk_are_gone_on_to(desk, provider):
    await somebody(desk, "open@example.com")
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        async with httpx.AsyncClient(base_url=desk.address) as browser:
            await browser.get("/agent/v1/sign-in/oidc", params={"following": evil})
        async with desk.database.reading() as reader:
            assert await reader.value("SELECT data->>'next' FROM staff.one_time WHERE kind = 'oidc'"
                                      " ORDER BY created_at DESC LIMIT 1") == "/"


async def test_an_account_is_made_only_where_that_is_allowed(module_dsn, tmp_path, provider):
    async with running_desk(
        module_dsn, tmp_path, oidc_issuer=provider, oidc_client_id="made", oidc_client_secret="s", oidc_create=True, oidc_role="agent"
    ) as desk:
        browser, answer = await walk(desk, provider, a_user("fresh.one@example.com", preferred_username="fresh.one"))
        assert answer.headers["location"] == "/tickets/mine"
        me = (await browser.get("/agent/v1/me")).json()
        assert (me["login"], me["roles"], me["name"]) == ("fresh.one", ["agent"], "林若曦")


# -- a provider that lies: its keys are ours, so every claim can be wrong by itself

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ISSUER = "https://login.example"


def liar(token: str) -> Provider:
    public = {**jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "k1", "use": "sig"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            return httpx.Response(200, json={
                "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth", "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys"})
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [public]})
        return httpx.Response(200, json={"id_token": token, "access_token": "a"})

    settings = type("S", (), {"oidc_issuer": ISSUER, "oidc_client_id": "desk", "oidc_client_secret": None})()
    return Provider(settings, httpx.AsyncClient(transport=httpx.MockTransport(answer)))


def said(key=KEY, *, algorithm="RS256", **changes) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": "desk", "sub": "1", "iat": now, "exp": now + 86_400, "nonce": "n", **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm, headers={"kid": "k1"})


async def refusal(token: str) -> str | None:
    from playerdesk.kernel import Refused

    try:
        await liar(token)._checked(token, "n")
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(("token", "code"), [
    (said(), None),
    (said(nonce="other"), "sso_nonce"), (said(nonce=None), "sso_nonce"),
    (said(exp=int(time.time()) - 600), "sso_token"), (said(exp=None), "sso_token"),
    (said(aud="another client"), "sso_token"), (said(aud=["desk", "other"]), "sso_audience"),
    (said(aud=["desk", "other"], azp="desk"), None), (said(azp="other"), "sso_audience"),
    (said(iss="https://evil.example"), "sso_token"), (said(OTHER), "sso_token"), (said(sub=None), "sso_token"),
    (said("secret" * 8, algorithm="HS256"), "sso_token"), ("not.a.token", "sso_token"),
    (jwt.encode({"iss": ISSUER, "aud": "desk", "sub": "1", "nonce": "n"}, None, algorithm="none"), "sso_token"),
])
async def test_every_lie_about_who_it_is_is_found(token, code):
    assert await refusal(token) == code
