"""Forms from the game to the agent: versions are kept, picks are hers, look-ups help, corrections leave a line; merging."""

import msgspec
import pytest
from httpx import Response as Answer

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.forms import define_category, define_form
from playerdesk.kernel import Text
from playerdesk.players import pulling
from playerdesk.tickets.bulk.actions import go_on
from tests.given import number

N = {"zh": "名", "en": "Name"}
WAY = {"key": "way", "kind": "choice", "label": {"zh": "方式", "en": "Way"}, "required": True, "options": [
    {"key": "alipay", "name": {"zh": "支付宝", "en": "Alipay"}}, {"key": "card", "name": {"zh": "银行卡", "en": "Card"}}]}
BANK = {"key": "bank", "kind": "text", "label": {"zh": "银行", "en": "Bank"}, "show": {"field": "way", "is": "card"},
        "need": {"field": "way", "is": "card"}, "pattern": "[A-Z]{3,4}", "message": {"zh": "填银行缩写，如 ICBC", "en": "Such as ICBC"}}
CHECKED = {"key": "checked", "kind": "text", "label": {"zh": "核对", "en": "Checked"}, "audience": "agent"}
ROLE = {"key": "role", "kind": "character", "label": {"zh": "角色", "en": "Character"}}
MATCH = {"key": "match", "kind": "lookup", "lookup": "match", "label": {"zh": "对局", "en": "Match"}}


async def form_of(game, *fields, key="pay"):
    async with game.desk.database.transaction() as tx:
        await define_form(tx, key, Text("充值", "Payment"), list(fields), brand_id=game.id)
        return await define_category(tx, key, Text("充值", "Payment"), brand_id=game.id, queue_id=game.queue, form_key=key)


def answer_of(form, key):
    return next(each for each in form["answers"] if each["field"]["key"] == key)


async def test_an_open_ticket_keeps_the_version_it_was_filled_with(game):
    await form_of(game, WAY)
    agent = await game.agent()
    ticket = (await game.player().ask(category="pay", fields={"way": "card"}))["id"]
    renamed = {**WAY, "label": {"zh": "新名", "en": "New"}, "options": WAY["options"][:1]}
    await form_of(game, renamed)
    later = (await game.player().ask(category="pay", fields={"way": "alipay"}))["id"]
    old, new = await agent.get(f"/tickets/{ticket}/form"), await agent.get(f"/tickets/{later}/form")
    assert (old["version"], old["newer"], new["version"], new["newer"]) == (1, True, 2, False)
    assert answer_of(old, "way")["field"]["label"]["zh"] == "方式"
    assert "card" in [each["key"] for each in answer_of(old, "way")["field"]["options"]]
    assert [each["field"]["key"] for each in old["answers"]] == ["way"]
    assert answer_of(new, "way")["field"]["label"]["zh"] == "新名"


async def test_the_player_is_asked_what_the_other_answers_ask_for(game):
    await form_of(game, WAY, BANK, CHECKED)
    player = game.player()

    async def sent(fields) -> Answer:
        return await player.http.post("/tickets", json={"category": "pay", "body": "没到账", "clientKey": f"k{number()}", "fields": fields})

    missing = await sent({"way": "card"})
    assert (missing.status_code, list(missing.json()["error"]["fields"])) == (422, ["bank"])
    wrong = await sent({"way": "card", "bank": "icbc"})
    assert wrong.json()["error"]["fields"]["bank"] == "填银行缩写，如 ICBC"
    taken = await sent({"way": "alipay", "bank": "ICBC", "checked": "x", "more": 1})
    assert taken.status_code == 201
    assert set(taken.json()["rejected"]) == {"bank", "checked", "more"}, "nothing is dropped without saying so"
    shown = next(each for each in (await player.get("/session"))["categories"] if each["key"] == "pay")
    assert [each["key"] for each in shown["fields"]] == ["way", "bank"], "what is for agents is not told"
    described = await player.get("/forms/pay")
    assert described["schema"]["required"] == ["way"]


async def test_an_agent_corrects_what_agents_may_and_a_line_says_what_it_was(game):
    await form_of(game, WAY, BANK, CHECKED)
    agent = await game.agent()
    ticket = (await game.player().ask(category="pay", fields={"way": "alipay"}))["id"]
    answer = await agent.http.patch(f"/tickets/{ticket}/fields", json={"fields": {"way": "card", "bank": "ICBC", "checked": "对过了"}})
    assert answer.status_code == 200, answer.text
    assert answer_of(answer.json(), "bank")["value"] == "ICBC"
    line = (await agent.get(f"/tickets/{ticket}"))["entries"][-1]["change"]
    assert line == {"what": "fields", "from": {"way": "alipay", "bank": None, "checked": None}, "to": {"way": "card", "bank": "ICBC", "checked": "对过了"}}
    for fields, named in (({"bank": "x"}, "bank"), ({"strange": 1}, "strange"), ({"way": None}, "way")):
        refused = await agent.http.patch(f"/tickets/{ticket}/fields", json={"fields": fields})
        assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, [named])
    unchanged = len((await agent.get(f"/tickets/{ticket}"))["entries"])
    await agent.http.patch(f"/tickets/{ticket}/fields", json={"fields": {"bank": "ICBC"}})
    assert len((await agent.get(f"/tickets/{ticket}"))["entries"]) == unchanged, "sent twice, written once"


async def test_picks_are_hers_and_a_strangers_key_stands_for_nothing(game):
    await form_of(game, ROLE)
    agent, player, other = await game.agent(), game.player("picker"), game.player("other")
    await player.get("/session")
    await other.get("/session")
    async with game.desk.database.transaction() as tx:
        for account, role in (("picker", "r1"), ("other", "r2")):
            await tx.execute(
                "INSERT INTO players.character (player_id, brand_id, server_key, role_id, name, level)"
                " SELECT player_id, $1, 's1', $2, '剑无名', 60 FROM players.identity WHERE issuer = $3 AND value = $4",
                game.id, f"{game.key}-{role}", game.key, account,
            )
    hers = (await player.get("/picks/character"))["picks"]
    assert [(each["key"], each["name"], each["level"]) for each in hers if "r1" in each["key"]] == [(f"s1/{game.key}-r1", "剑无名", 60)]
    assert not [each for each in hers if "r2" in each["key"]]
    assert (await player.http.get("/picks/secrets")).status_code in (404, 422)
    for key, known in ((f"s1/{game.key}-r1", True), (f"s1/{game.key}-r2", False)):
        ticket = (await player.ask(category="pay", fields={"role": key}))["id"]
        assert (answer_of(await agent.get(f"/tickets/{ticket}/form"), "role")["pick"] is not None) is known


@pytest.mark.parametrize(("said", "state"), [
    (([], []), "unknown"), (pulling.Failed("timeout"), "failed"), (pulling.Failed("unreachable"), "failed"),
])
async def test_a_lookup_that_fails_says_so_and_the_form_can_be_sent(game, monkeypatch, said, state):
    await form_of(game, MATCH)
    async with game.desk.database.transaction() as tx:
        await tx.execute("INSERT INTO players.block_setting (brand_id, pull_url) VALUES ($1, 'http://127.0.0.1:9/x')", game.id)

    async def ask(self, url, subject):
        assert subject.lookup == pulling.Lookup("match", "123456")
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(pulling.Puller, "ask", ask)
    player = game.player()
    assert await player.post("/lookups", {"category": "pay", "field": "match", "number": " 123456 "}) == {"state": state, "fields": []}
    assert (await player.http.post("/lookups", json={"category": "pay", "field": "role", "number": "1"})).status_code == 422
    assert (await player.ask(category="pay", fields={"match": "123456"}))["id"]


async def test_what_the_game_knows_about_a_number_is_shown_to_the_agent(game, monkeypatch):
    """On the ticket, and in the form of a step; nothing personal."""
    await form_of(game, MATCH, ROLE)
    agent, player = await game.agent(), game.player("mei")
    async with game.desk.database.transaction() as tx:
        await tx.execute("INSERT INTO players.block_setting (brand_id, pull_url) VALUES ($1, 'http://127.0.0.1:9/x')", game.id)
        drawn = {"name": N, "start": "a", "steps": [
            {"key": "a", "name": N, "by": [{"kind": "assignee"}], "fields": [MATCH, ROLE], "next": [{"to": "z"}]},
            {"key": "z", "name": N, "kind": "end"},
        ]}
        await publish_body(tx, KINDS, Place("process", game.key, "look"), drawn, None)

    async def exchange(self, url, subject):
        assert (subject.lookup, subject.account) == (pulling.Lookup("match", subject.lookup.number), "mei")
        found = [{"key": "winner", "label": "胜者", "value": "红方"}, {"key": "tel", "label": "电话", "value": "13800000000", "pii": "phone"}]
        return msgspec.json.encode({"fields": found if subject.lookup.number == "123456" else []})

    monkeypatch.setattr(pulling.Puller, "_exchange", exchange)
    ticket = (await player.ask(category="pay", fields={"match": "123456"}))["id"]
    found = await agent.post(f"/tickets/{ticket}/lookups", {"field": "match"}, 200)
    assert (found["state"], [(each["label"], each["value"]) for each in found["fields"]]) == ("found", [("胜者", "红方")])
    await agent.post(f"/tickets/{ticket}/take")
    async with game.desk.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO players.character (player_id, brand_id, server_key, role_id, name, level)"
            " SELECT player_id, brand_id, 's1', $2, '剑无名', 60 FROM tickets.ticket WHERE id = $1", ticket, f"{game.key}-r1",
        )
    strip = await agent.post(f"/tickets/{ticket}/processes", {"key": "look", "clientKey": "s"}, 200)
    task = strip["instances"][0]["visits"][0]["taskId"]
    asked = await agent.post(f"/tasks/{task}/lookups", {"field": "match", "number": " 123456 "}, 200)
    assert [each["value"] for each in asked["fields"]] == ["红方"]
    assert (await agent.post(f"/tasks/{task}/lookups", {"field": "match", "number": "9"}, 200))["state"] == "unknown"
    picks = await agent.get(f"/tasks/{task}/picks")
    assert [each["name"] for each in picks["character"]] == ["剑无名"]
    assert "purchase" not in picks or picks["purchase"] == []
    stranger = await game.agent()
    assert (await stranger.http.get(f"/tasks/{task}/picks")).status_code == 403
    assert (await stranger.http.post(f"/tasks/{task}/lookups", json={"field": "match", "number": "1"})).status_code == 403


async def test_merged_with_its_tickets_both_are_found_in_the_other_one(game):
    boss, player = await game.agent(roles=("admin",)), game.player()
    async with game.desk.database.transaction() as tx:
        for key in ("gone", "stays"):
            await publish_body(tx, KINDS, Place("category", game.key, key), {"name": N}, None)
    tickets = [(await player.ask(category=key))["id"] for key in ("gone", "stays", "gone")]
    done = await boss.post(f"/categories/{game.key}/gone/merge", {"into": "stays", "clientKey": "m9", "moveTickets": True})
    assert done["moving"] is not None
    for _ in range(5):
        await go_on(game.desk.database)
    assert len({await category_of(game, each) for each in tickets}) == 1
    counted = await boss.post("/views/count", {"condition": {"field": "category", "in": [{"key": "stays"}]}}, 200)
    assert counted["count"] == 3


async def test_who_means_a_merged_category_means_the_other_one(game):
    boss = await game.agent(roles=("admin",))
    player = game.player()
    async with game.desk.database.transaction() as tx:
        for key in ("lost", "found", "below"):
            await publish_body(tx, KINDS, Place("category", game.key, key), {"name": N, **({"parent": "lost"} if key == "below" else {})}, None)
    before = (await player.ask(category="lost"))["id"]
    old_id = await category_of(game, before)
    done = await boss.post(f"/categories/{game.key}/lost/merge", {"into": "found", "clientKey": "m1"})
    assert done == {"moving": None, "left": 0}
    assert await boss.post(f"/categories/{game.key}/lost/merge", {"into": "found", "clientKey": "m1"}) == done, "sent twice, merged once"
    after = (await player.ask(category="lost"))["id"]
    new_id = await category_of(game, after)
    assert (old_id != new_id, await category_of(game, before)) == (True, old_id), "old tickets keep it"
    for wanted in (old_id, new_id, {"key": "lost"}, {"key": "found"}):
        counted = await boss.http.post("/views/count", json={"condition": {"field": "category", "in": [wanted]}})
        assert counted.status_code == 200, counted.text
        assert counted.json()["count"] == 2, wanted
    keys = {each["key"] for each in (await player.get("/session"))["categories"]}
    assert "lost" not in keys
    assert "below" in keys, "what stood below it stands below the other one"
    again = await boss.http.post(f"/categories/{game.key}/found/merge", json={"into": "found", "clientKey": "m2"})
    assert again.status_code == 422


async def category_of(game, ticket):
    async with game.desk.database.reading() as reader:
        return await reader.value("SELECT category_id FROM tickets.ticket WHERE id = $1", ticket)


async def test_a_new_order_is_published_at_once_and_drafts_stay(game):
    boss = await game.agent(roles=("admin",))
    async with game.desk.database.transaction() as tx:
        for key in ("a", "b", "c"):
            await publish_body(tx, KINDS, Place("category", game.key, key), {"name": N}, None)
    path = f"/blueprints/category/{game.key}/c"
    revision = (await boss.get(path))["blueprint"]["standing"]["revision"]
    draft = await boss.http.put(f"{path}/draft", json={"body": {"name": {"zh": "草稿", "en": "Draft"}}, "basedOn": revision})
    assert draft.status_code == 200, draft.text
    items = [{"key": "c", "parent": "a", "position": 1}, {"key": "b", "parent": "c", "position": 1}]
    assert (await boss.http.post(f"/categories/{game.key}/arrangement", json={"items": items})).status_code == 204
    opened = (await boss.get(path))["blueprint"]
    assert (opened["published"]["parent"], opened["published"]["name"]) == ("a", N)
    assert (opened["standing"]["body"]["parent"], opened["standing"]["body"]["name"]["zh"]) == ("a", "草稿")
    ring = [{"key": "a", "parent": "b", "position": 1}]
    refused = await boss.http.post(f"/categories/{game.key}/arrangement", json={"items": ring})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "blueprint_unfit")
