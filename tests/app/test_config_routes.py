"""The desk as text and the keys of a brand, over HTTP: who may, what is shown once, and nothing half-done."""

import pytest

from playerdesk.kernel import Remembered
from tests.given import number


@pytest.fixture
async def admin(game):
    return await game.agent(roles=("admin",), brand_ids=())


async def test_out_planned_and_in_again(game, admin):
    text = (await admin.http.get("/config")).text
    assert text.startswith("playerdesk: 1\n")
    assert game.secret not in text
    plan = await admin.post("/config/plan", {"text": text}, 200)
    assert (plan["steps"], plan["misfits"]) == ([], [])
    key = f"q{number()}"
    more = f"playerdesk: 1\nqueue:\n  {game.key}/{key}:\n    name: {{zh: 新队列, en: New}}\n"
    assert [step["what"] for step in (await admin.post("/config/plan", {"text": more}, 200))["steps"]] == ["add"]
    assert key not in (await admin.http.get("/config")).text
    await admin.post("/config/import", {"text": more}, 200)
    assert key in (await admin.http.get("/config")).text
    assert key in [queue["key"] for queue in (await admin.get("/directory"))["queues"]]


async def test_a_text_that_does_not_fit_changes_nothing_and_says_the_line(game, admin):
    key = f"q{number()}"
    text = f"playerdesk: 1\nqueue:\n  {key}:\n    name: {{zh: 新, en: New}}\nteam:\n  t{key}:\n    name: {{zh: x, en: x}}\n    parent: nowhere\n"
    refused = await admin.http.post("/config/import", json={"text": text})
    assert refused.status_code == 422
    (misfit,) = refused.json()["error"]["plan"]["misfits"]
    assert (misfit["line"], misfit["problems"][0]["place"]) == (6, "parent")
    assert key not in [queue["key"] for queue in (await admin.get("/directory"))["queues"]]
    broken = await admin.http.post("/config/plan", json={"text": "playerdesk: 1\nqueue: [\n"})
    assert (broken.status_code, broken.json()["error"]["line"]) == (422, 3)


async def test_somebody_of_one_brand_may_not_take_over_all(game):
    async with game.desk.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO staff.role (key, name, permissions, scope) VALUES"
            " ('designer', '{\"zh\": \"x\", \"en\": \"x\"}', '{blueprints.edit,blueprints.publish}', 'brand') ON CONFLICT DO NOTHING"
        )
    game.desk.database.memory.clear()
    one = await game.agent(roles=("designer",), brand_ids=(game.id,))
    for path in ("/config/plan", "/config/import"):
        assert (await one.http.post(path, json={"text": "playerdesk: 1\n"})).status_code == 403
    assert (await one.http.get("/config")).status_code == 403


async def test_a_brand_begins_with_a_preset_gets_a_key_and_players_can_ask(game, admin):
    key = f"shop{number()}"
    plan = await admin.post("/presets/shop", {"key": key, "name": {"zh": "周边商城", "en": "Shop"}, "onlyPlan": False}, 200)
    assert plan["misfits"] == []
    made = await admin.post(f"/brands/{key}/keys", {"kid": f"{key}-1"}, 201)
    assert len(made["secret"]) >= 32
    shown = await admin.get(f"/brands/{key}/connection")
    assert [each["kid"] for each in shown["keys"]] == [f"{key}-1"]
    assert made["secret"] not in str(shown)
    assert (await admin.http.post(f"/brands/{key}/keys", json={"kid": f"{key}-1"})).status_code == 422
    assert (await admin.http.put(f"/brands/{key}/webhook", json={"url": "https://shop.example/hook", "kid": f"{key}-1"})).status_code == 204
    retired = await admin.post(f"/brands/{key}/keys/{key}-1/retire", {}, 200)
    assert retired["keys"][0]["retiredAt"]


async def test_drafting_costs_nobody_what_is_remembered_and_publishing_is_known_at_once(game, admin):
    remembered, key = Remembered(600.0), f"team{number()}"
    memory = game.desk.database
    async with admin.live() as line:
        for what, kept in (("draft", True), ("published", False)):
            remembered.put(memory, "fact", True)
            if what == "draft":
                body = {"body": {"name": {"zh": "组", "en": "Team"}}, "basedOn": 0}
                revision = (await admin.http.put(f"/blueprints/team/-/{key}/draft", json=body)).json()["revision"]
            else:
                await admin.post(f"/blueprints/team/-/{key}/publish", {"basedOn": revision}, 200)
            await line.until(lambda f, what=what: f.get("kind") == "blueprint" and (f["data"]["key"], f["data"]["what"]) == (key, what))
            assert bool(remembered.get(memory, "fact")) is kept, what
