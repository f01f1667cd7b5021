"""The browser clients' types come from the document that the code makes now."""

import json
from pathlib import Path

from playerdesk.app.http import ROUTES
from playerdesk.app.openapi import printed

API = Path(__file__).parents[2] / "clients" / "api"
HOW = "the interfaces have changed: run `make types` and commit clients/api with your change"


def test_the_committed_document_is_what_the_code_makes():
    # Compared as data first: a difference is shown by its place, not as two long texts.
    committed = (API / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(printed(ROUTES)), HOW
    assert committed == printed(ROUTES), HOW


def test_the_types_know_every_shape_of_the_document():
    document = json.loads((API / "openapi.json").read_text(encoding="utf-8"))
    types = (API / "schema.d.ts").read_text(encoding="utf-8")
    assert types.startswith("// Generated"), HOW
    assert [name for name in document["components"]["schemas"] if f"        {name}: {{" not in types] == [], HOW
    assert [path for path in document["paths"] if f'    "{path}": {{' not in types] == [], HOW


async def test_a_running_server_says_the_same(desk):
    served = json.loads(json.dumps(desk.server.framework.openapi_schema.to_schema()))
    assert served == json.loads(printed(ROUTES)), "the document must not depend on what runs"
