"""Somebody who designs for one game: its documents, those of the whole desk to read, and nothing of another game."""

import json

import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, adopt, change_draft, publish_body
from playerdesk.kernel import Text
from tests.app.test_kinds import SAMPLES
from tests.given import number

ABLE = ["tickets.read", "blueprints.edit", "blueprints.publish"]
BRANDED = sorted(kind.name for kind in KINDS if kind.branded)
COMMON = sorted(kind.name for kind in KINDS if kind.common)


@pytest.fixture
async def designer(game):
    async with game.desk.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO staff.role (key, name, permissions, scope) VALUES ('one_game', $1, $2, 'brand') ON CONFLICT DO NOTHING",
            Text("x", "x"), ABLE,
        )
    game.desk.database.memory.clear()
    return await game.agent(roles=("one_game",), brand_ids=(game.id,))


async def made(game, name, brand_key):
    """A published document of this kind with a draft on top."""
    kind = KINDS[name]
    key, sample = SAMPLES[name][0]
    if name == "brand":
        key = brand_key
    elif name == "queue":
        key = f"{key}-{number()}"
    await game.agent()  # somebody works here
    place = Place(name, brand_key if kind.branded else "", key)
    body = json.loads(json.dumps(sample).replace("{game}", game.key))
    if name == "category" and not brand_key:
        body = {each: body[each] for each in ("name", "icon")}  # what it mentions is a game's
    async with game.desk.database.transaction() as tx:
        await adopt(tx, KINDS, name)
        await publish_body(tx, KINDS, place, body, None)
        revision = await tx.value(
            "SELECT revision FROM blueprints.blueprint WHERE (kind, brand_key, key) = ($1, $2, $3)", name, place.brand_key, key
        )
        return place, body, await change_draft(tx, KINDS, place, body, revision, 1)


async def tried(person, place, body, revision):
    """What the server says to everything that can be done to a document."""
    path = f"/blueprints/{place.kind}/{place.brand_key or '-'}/{place.key}"
    based = {"basedOn": revision}
    calls = {
        "open": ("GET", path, None), "version": ("GET", f"{path}/versions/1", None), "check": ("POST", f"{path}/check", {"body": body}),
        "draft": ("PUT", f"{path}/draft", {"body": body, **based}), "drop": ("DELETE", f"{path}/draft?based_on={revision}", None),
        "publish": ("POST", f"{path}/publish", based), "back": ("POST", f"{path}/take-back", {**based, "version": 1}),
        "retire": ("POST", f"{path}/retire", based),
    }
    return {name: (await person.http.request(method, to, json=sent)).status_code for name, (method, to, sent) in calls.items()}


async def listed(person, name):
    return [(each["standing"]["brandKey"], each["standing"]["key"]) for each in (await person.get(f"/blueprints/{name}"))["blueprints"]]


@pytest.mark.parametrize("name", BRANDED)
async def test_another_games_documents_are_not_there_for_her(game, other_game, designer, name):
    place, body, revision = await made(other_game, name, other_game.key)
    assert (place.brand_key, place.key) not in await listed(designer, name)
    assert set((await tried(designer, place, body, revision)).values()) == {404}
    admin = await game.agent(roles=("admin",), brand_ids=())
    assert (place.brand_key, place.key) in await listed(admin, name)


@pytest.mark.parametrize("name", BRANDED)
async def test_her_own_games_documents_are_hers(game, designer, name):
    place, _, revision = await made(game, name, game.key)
    assert (place.brand_key, place.key) in await listed(designer, name)
    path = f"/blueprints/{name}/{game.key}/{place.key}"
    assert (await designer.http.get(path)).status_code == 200
    published = await designer.http.post(f"{path}/publish", json={"basedOn": revision})
    assert published.status_code == 200, published.text


@pytest.mark.parametrize("name", COMMON)
async def test_the_whole_desks_documents_can_be_read_and_not_changed(game, designer, name):
    admin = await game.agent(roles=("admin",), brand_ids=())
    key = game.key if name == "brand" else (await made(game, name, ""))[0].key
    place = Place(name, "", key)
    opened = (await admin.get(f"/blueprints/{name}/-/{key}"))["blueprint"]
    answers = await tried(designer, place, opened["standing"]["body"], opened["standing"]["revision"])
    reading = {"open": answers.pop("open"), "version": answers.pop("version"), "check": answers.pop("check")}
    assert set(reading.values()) == {200}, reading
    assert set(answers.values()) == {403}, answers
    assert ("", key) in await listed(designer, name)


async def test_another_games_own_document_is_hidden_too(game, other_game, designer):
    assert [key for _, key in await listed(designer, "brand")] == [game.key]
    assert (await designer.http.get(f"/blueprints/brand/-/{other_game.key}")).status_code == 404


async def test_the_routes_beside_the_documents_keep_the_same_border(game, other_game, designer):
    other, own = other_game.key, game.key
    async with game.desk.database.transaction() as tx:
        number_ = await tx.value("INSERT INTO sla.replan (what, brand_id, name, version, requested_at) VALUES ('service_level', $1, $2, 1, now()) RETURNING id", other_game.id, f"{other}/standard")
    levels = {"name": {"zh": "x", "en": "x"}, "targets": []}
    rule = {"name": {"zh": "x", "en": "x"}, "when": {"events": ["opened"]}, "then": [{"do": "priority", "to": 0}]}
    for method, path, sent in (
        ("GET", f"/categories/{other}/recharge/use", None),
        ("POST", f"/categories/{other}/arrangement", {"items": [{"key": "recharge", "parent": "", "position": 1}]}),
        ("POST", f"/categories/{other}/recharge/merge", {"into": "other", "clientKey": "k1"}),
        ("POST", "/categories/-/arrangement", {"items": [{"key": "x", "parent": "", "position": 1}]}),
        ("GET", f"/processes/{other}/x/move", None), ("POST", f"/processes/{other}/x/move", {"version": 1}),
        ("GET", "/processes/-/x/move", None), ("POST", "/processes/-/x/move", {"version": 1}),
        ("POST", "/rules/dry-run", {"body": rule, "brandKey": other}), ("GET", f"/rules/{other}/x/firings", None),
        ("POST", f"/rules/{other}/x/place", {"position": 1}), ("POST", "/rules/-/x/place", {"position": 1}),
        ("POST", "/service-levels/try", {"body": levels, "brandKey": other}), ("POST", "/service-levels/try", {"body": levels}),
        ("POST", "/tiers/simulate", {"headStarts": {}, "brand": str(other_game.id)}),
        ("GET", "/config", None), ("POST", "/config/plan", {"text": "playerdesk: 1\n"}), ("POST", "/config/import", {"text": "playerdesk: 1\n"}),
        ("POST", "/presets/shop", {"key": f"s{number()}", "name": {"zh": "x", "en": "x"}}),
    ):
        answer = await designer.http.request(method, path, json=sent)
        assert answer.status_code in (403, 404), (path, answer.status_code, answer.text)
    assert (await designer.http.get(f"/categories/{own}/recharge/use")).status_code == 200
    for path in ("/rules/states", "/service-levels/replans", "/processes/book", "/segments/fields", "/segments", "/rules/fields"):
        text = (await designer.http.get(path)).text
        assert other not in text, path
    assert number_ not in [each["id"] for each in (await designer.get("/service-levels/replans"))["replans"]]
    assert f"{own}-q" in [each["key"] for each in (await designer.get("/processes/book"))["queues"]]


async def test_she_does_not_hear_what_is_drafted_for_another_game(game, other_game, designer):
    admin = await game.agent(roles=("admin",), brand_ids=())
    body = {"body": {"name": {"zh": "组", "en": "x"}}, "basedOn": 0}
    async with designer.live() as line:
        await admin.http.put(f"/blueprints/queue/{other_game.key}/q{number()}/draft", json=body)
        key = f"q{number()}"
        await admin.http.put(f"/blueprints/queue/{game.key}/{key}/draft", json=body)
        await line.until(lambda frame: frame.get("kind") == "blueprint" and frame["data"]["key"] == key)
        assert not [text for text in line.texts if other_game.key in text]


async def test_designing_is_no_way_to_more_power(game):
    """Who publishes designs but does not manage people cannot give herself a role."""
    async with game.desk.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO staff.role (key, name, permissions, scope) VALUES ('all_games', $1, $2, 'all'), ('hr_of_all', $1, $3, 'all')"
            " ON CONFLICT DO NOTHING", Text("x", "x"), ABLE, [*ABLE, "people.manage"],
        )
    game.desk.database.memory.clear()
    for roles, permissions, status in (
        ("all_games", ABLE, 403), ("hr_of_all", ["people.manage", "audit.read"], 403), ("hr_of_all", ABLE, 200),
    ):
        key = f"role{number()}"
        person = await game.agent(roles=(roles,), brand_ids=())
        body = {"name": {"zh": "x", "en": "x"}, "scope": "team", "permissions": permissions}
        revision = (await person.http.put(f"/blueprints/role/-/{key}/draft", json={"body": body, "basedOn": 0})).json()["revision"]
        answer = await person.http.post(f"/blueprints/role/-/{key}/publish", json={"basedOn": revision})
        assert answer.status_code == status, answer.text
        text = f"playerdesk: 1\nrole:\n  {key}x:\n    name: {{zh: x, en: x}}\n    scope: team\n    permissions: [{', '.join(permissions)}]\n"
        assert (await person.http.post("/config/import", json={"text": text})).status_code == status
