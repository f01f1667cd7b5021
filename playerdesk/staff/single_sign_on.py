"""Single sign-on: OpenID Connect's authorization code flow with PKCE, as one client of one provider.

The provider's word is checked in full (signature, issuer, audience, nonce, time); who comes back is linked by her
subject there, or once by an e-mail address the provider has verified.
"""

import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jwt
import msgspec
import structlog

from playerdesk.kernel import Refused, Text, Tx, Unauthenticated
from playerdesk.kernel.settings import Settings
from playerdesk.staff.one_time import issue, take
from playerdesk.staff.rules import ONE_TIME

log = structlog.get_logger("single sign-on")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60
KEPT_SECONDS = 600
STRONG = frozenset({"mfa", "otp", "hwk"})
"""Ways the provider may name (`amr`) that count as two factors."""

_FAILED = Text(
    zh="单点登录没有成功，请重试；若仍不行，请联系管理员。", en="Single sign-on failed. Try again, or ask your administrator."
)
_AWAY = Text(zh="公司登录系统暂时无法访问，请稍后再试。", en="The company's sign-in cannot be reached. Try again later.")


class Promise(msgspec.Struct, frozen=True):
    """Where to send the browser, and the state that must come back with it."""

    address: str
    state: str


class Claims(msgspec.Struct, frozen=True):
    """What the provider says of somebody, all of it checked."""

    issuer: str
    subject: str
    email: str | None
    """Only when the provider has verified it; in lower case."""
    name: str
    username: str
    strong: bool
    next: str


class _Away(Refused):
    status = 503


class Provider:
    """The identity provider named in the settings; its documents are read when first needed and kept for minutes."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient | None = None) -> None:
        self.issuer = (settings.oidc_issuer or "").rstrip("/")
        self.client_id = settings.oidc_client_id or ""
        self.secret = settings.oidc_client_secret
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._known: dict[str, tuple[float, Any]] = {}

    async def close(self) -> None:
        await self._http.aclose()

    async def begin(self, tx: Tx, redirect: str, following: str) -> Promise:
        """Send the browser to the provider; afterwards it goes on to `following`, an address of this desk."""
        document = await self._document()
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state = await issue(tx, "oidc", None, ONE_TIME, verifier=verifier, nonce=nonce, next=following, redirect=redirect)
        asked = urlencode({
            "response_type": "code", "client_id": self.client_id, "redirect_uri": redirect, "scope": "openid email profile",
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        })
        endpoint = document["authorization_endpoint"]
        return Promise(f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{asked}", state)

    async def finish(self, tx: Tx, state: str, code: str) -> Claims:
        """Who has come back, or `Unauthenticated`."""
        promised = await take(tx, state, "oidc")
        if promised is None:
            raise Unauthenticated("sso_state", _FAILED)
        data = promised.data
        tokens = await self._exchange(code, data["redirect"], data["verifier"])
        claims = await self._checked(str(tokens.get("id_token", "")), data["nonce"])
        if "email" not in claims:
            claims = {**await self._more(str(tokens.get("access_token", "")), claims["sub"]), **claims}
        verified = claims.get("email_verified") in (True, "true")
        email = str(claims.get("email") or "").strip().lower()
        return Claims(
            issuer=self.issuer, subject=claims["sub"], email=email if verified and "@" in email else None,
            name=str(claims.get("name") or claims.get("preferred_username") or email or claims["sub"]),
            username=str(claims.get("preferred_username") or email.partition("@")[0] or claims["sub"]),
            strong=not STRONG.isdisjoint(_texts(claims.get("amr"))), next=data["next"],
        )

    async def _exchange(self, code: str, redirect: str, verifier: str) -> dict[str, Any]:
        document = await self._document()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        auth: httpx.BasicAuth | None = None
        if self.secret and "client_secret_basic" in document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            auth = httpx.BasicAuth(self.client_id, self.secret)
        else:
            form |= {"client_id": self.client_id} | ({"client_secret": self.secret} if self.secret else {})
        answer = await self._ask("POST", document["token_endpoint"], data=form, auth=auth)
        if answer.status_code != 200:
            log.warning("code refused", status=answer.status_code)
            raise Unauthenticated("sso_code", _FAILED)
        return answer.json()

    async def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            claims: dict[str, Any] = jwt.decode(
                token, await self._key(header), algorithms=ALGORITHMS, audience=self.client_id,
                issuer=(await self._document())["issuer"], leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, KeyError) as failure:
            log.warning("id token refused", error=repr(failure))
            raise Unauthenticated("sso_token", _FAILED) from failure
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise Unauthenticated("sso_audience", _FAILED)
        if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            log.warning("id token refused", error="nonce")
            raise Unauthenticated("sso_nonce", _FAILED)
        return claims

    async def _more(self, access_token: str, subject: str) -> dict[str, Any]:
        endpoint = (await self._document()).get("userinfo_endpoint")
        if not endpoint or not access_token:
            return {}
        answer = await self._ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        told: Any = answer.json() if answer.status_code == 200 else {}
        return told if isinstance(told, dict) and told.get("sub") == subject else {}

    async def _key(self, header: dict[str, Any]) -> Any:
        """The provider's key of this name; asked for anew once, for keys change."""
        address = (await self._document())["jwks_uri"]
        for fresh in (False, True):
            keys = jwt.PyJWKSet.from_dict(await self._json(address, fresh=fresh)).keys
            for key in keys:
                if header.get("kid") in (None, key.key_id) and key.public_key_use in (None, "sig"):
                    return key.key
        raise KeyError(header.get("kid"))

    async def _document(self) -> dict[str, Any]:
        found = await self._json(f"{self.issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self.issuer:
            log.warning("another issuer answers", issuer=found.get("issuer"))
            raise Unauthenticated("sso_issuer", _FAILED)
        return found

    async def _json(self, address: str, *, fresh: bool = False) -> dict[str, Any]:
        at, known = self._known.get(address, (0.0, None))
        if known is not None and not fresh and time.monotonic() - at < KEPT_SECONDS:
            return known
        answer = await self._ask("GET", address)
        if answer.status_code != 200:
            raise _Away("sso_away", _AWAY)
        self._known[address] = (time.monotonic(), answer.json())
        return self._known[address][1]

    async def _ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        try:
            return await self._http.request(method, address, **more)
        except httpx.HTTPError as failure:
            log.warning("provider not reachable", address=address, error=repr(failure))
            raise _Away("sso_away", _AWAY) from failure


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
