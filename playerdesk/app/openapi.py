"""The description of the interfaces, and the page to try them on."""

import json
from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
    Tag,
)
from litestar.openapi.spec.enums import OpenAPIType

from playerdesk.players.records import KINDS

OPENAPI = OpenAPIConfig(
    title="PlayerDesk",
    version="1",
    path="/schema",
    use_handler_docstrings=True,
    # The page is ours (clients/schema), so that a browser fetches nothing from elsewhere.
    render_plugins=[JsonRenderPlugin()],
    description=(
        "`/player/v1` is spoken by a game's client for one player: a bearer token signed by the game. "
        "`/game/v1` is spoken by a game's back end. `playerdesk token player|game` prints a token to try them with. "
        "`/agent/v1` is the workspace's own and may change with it. "
        "Every write carries a key of the caller's choice and may safely be sent again."
    ),
    tags=[
        Tag(name="player", description="One player, from inside the game. Live: WebSocket /player/v1/live."),
        Tag(name="game", description="A game's back end."),
        Tag(name="workspace", description="The agents' screens; signed in by cookie."),
    ],
    components=Components(security_schemes={
        "player": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT", description="Signed by the game."),
        "game": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT", description="aud playerdesk.game"),
        "workspace": SecurityScheme(type="apiKey", name="playerdesk_session", security_scheme_in="cookie"),
    }),
)

_TEXT = Schema(type=OpenAPIType.STRING)
_ERROR = Schema(
    type=OpenAPIType.OBJECT,
    description="Why not, in the caller's language (Accept-Language: zh or en).",
    required=["error"],
    properties={"error": Schema(
        type=OpenAPIType.OBJECT,
        required=["code", "message", "fields", "requestId"],
        properties={
            "code": Schema(type=OpenAPIType.STRING, description="Stable; decide by this."),
            "message": Schema(type=OpenAPIType.STRING, description="For the person in front of the screen."),
            "fields": Schema(
                type=OpenAPIType.OBJECT, additional_properties=_TEXT, description="The fields at fault, and why."
            ),
            "requestId": Schema(type=OpenAPIType.STRING, description="Give this to your operator."),
        },
    )},
)

_REFUSALS = {
    "401": "The token or session is missing, forged, expired or not for this desk.",
    "403": "Known, but not allowed to do this.",
    "404": "No such thing, or not yours.",
    "409": "Somebody was faster, or the key was used for something else.",
    "413": "Too many bytes or records.",
    "422": "What was sent is not acceptable; `fields` says where.",
    "429": "Too fast; `retryAfterSeconds` says when to come back.",
    "503": "The database is recovering; send it again with the same key.",
}

_BATCH = Schema(
    type=OpenAPIType.OBJECT, required=["records"],
    properties={"records": Schema(
        type=OpenAPIType.ARRAY, max_items=5000,
        description="Any mix, in any order, any number of times.",
        items=Schema(
            type=OpenAPIType.OBJECT, required=["type"],
            properties={"type": Schema(
                type=OpenAPIType.STRING, enum=[*KINDS],
            )},
            examples=[
                {"type": "player", "account": "a-1", "name": "云中客", "language": "zh"},
                {"type": "character", "account": "a-1", "server": "s1", "roleId": "r-9", "name": "剑客", "level": 60,
                 "at": "2026-11-22T04:00:00Z"},
                {"type": "purchase", "recordId": "p-7", "account": "a-1", "product": "6480 gems", "amountMinor": 64800,
                 "currency": "CNY", "state": "paid", "at": "2026-11-22T04:00:00Z"},
                {"type": "refund", "recordId": "f-1", "purchaseRecordId": "p-7", "amountMinor": 64800,
                 "at": "2026-11-22T05:00:00Z"},
                {"type": "penalty", "recordId": "b-1", "account": "a-1", "kind": "mute", "reason": "刷屏", "by": "anti-spam",
                 "at": "2026-11-22T04:00:00Z", "until": "2026-11-23T04:00:00Z"},
                {"type": "fields", "source": "guild", "recordId": "a-1", "account": "a-1", "version": 17, "fields": [
                    {"key": "guild", "label": "公会", "value": "云上人家", "group": "社交", "index": 1}]},
            ],
        ),
    )},
)

_UPLOAD = Schema(
    type=OpenAPIType.OBJECT, required=["file"],
    properties={"file": Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream")},
)

_KEY = Parameter(
    name="Idempotency-Key", param_in="header", required=False, schema=_TEXT,
    description="Your own id for this question, 1 to 64 characters; sent twice, it is opened once.",
)


_HELD = ("database", "files", "writers")
"""What the server gives its routes; the document only needs to know that it is not asked of the caller."""


def printed(routes: Sequence[Any]) -> str:
    """The document of these routes as text, the same each time; nothing is started and nothing connected."""
    absent = {name: Provide(lambda: None, sync_to_thread=False) for name in _HELD}
    app = Litestar(route_handlers=routes, dependencies=absent, openapi_config=OPENAPI, logging_config=None)
    complete(app.openapi_schema)
    return json.dumps(app.openapi_schema.to_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def complete(document: OpenAPI) -> None:
    """Say what the routes cannot say of themselves: refusals, whose token, bodies read by hand."""
    assert document.components is not None
    document.components.schemas["Refusal"] = _ERROR
    for path, item in (document.paths or {}).items():
        for operation in (item.get, item.post, item.patch, item.put, item.delete):
            if operation is not None:
                _complete(path, operation)


def _complete(path: str, operation: Operation) -> None:
    kind = {"player": "player", "game": "game", "agent": "workspace"}.get(path.split("/")[1])
    if kind is None:
        return
    operation.tags = [kind]
    operation.security = [{kind: []}]
    responses: dict[str, Any] = dict(operation.responses or {})
    responses.pop("400", None)
    refusal = {"application/json": OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Refusal"))}
    for status, text in _REFUSALS.items():
        responses.setdefault(status, OpenAPIResponse(description=text, content=refusal))
    operation.responses = responses
    if path == "/game/v1/batch":
        operation.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=_BATCH)}, required=True)
    elif path.endswith("/files"):
        operation.request_body = RequestBody({"multipart/form-data": OpenAPIMediaType(schema=_UPLOAD)}, required=True)
    elif path == "/player/v1/tickets" and operation.request_body is not None:
        operation.parameters = [*(operation.parameters or []), _KEY]
