"""What is needed cannot go, wherever the need stands: in what was published, or only in the domains' own tables."""

import msgspec
import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, Published, adopt, publish_body
from tests.given import number
from tests.processes.given import body as process_body
from tests.processes.given import by, end, step

NAME = {"zh": "测试", "en": "Test"}


@pytest.fixture
async def admin(game):
    return await game.agent(roles=("admin",), brand_ids=())


async def past_the_documents(game, kind, key, body, *, brand=True):
    """Made in the domain's tables only, as a script or an older screen does it."""
    place = Place(kind, game.key if brand else "", key)
    async with game.desk.database.transaction() as tx:
        await KINDS[kind].apply(tx, Published(place, KINDS[kind].normal(body), 1, None))
        await tx.execute("DELETE FROM blueprints.blueprint WHERE (kind, brand_key, key) = ($1, $2, $3)", kind, place.brand_key, key)
    return place


async def made(game, kind, key, body, *, brand=False):
    async with game.desk.database.transaction() as tx:
        await adopt(tx, KINDS, kind)
        await publish_body(tx, KINDS, Place(kind, game.key if brand else "", key), body, None)


async def refused(admin, kind, brand, key, needer, where):
    found = await admin.get(f"/blueprints/{kind}/{brand}/{key}")
    answer = await admin.http.post(
        f"/blueprints/{kind}/{brand}/{key}/retire", json={"basedOn": found["blueprint"]["standing"]["revision"]}
    )
    assert answer.status_code == 409, answer.text
    error = answer.json()["error"]
    assert error["code"] == "blueprint_needed", error
    named = [(each["blueprint"]["kind"], each["place"]) for each in error["needed"]]
    assert (needer, where) in named, named
    assert where in error["message"], "a person reads where it is"


def needing(kind, key, game):
    """A body of another kind that needs this one: its kind, its body, the place, and whether it is a brand's."""
    levels = {"name": NAME, "targets": [{"channel": "game", "first": 600}]}
    ended = end()
    answers = {
        "department": ("process", process_body(step("s", "end", by=[by("department", key)]), ended), "steps.0.by.0"),
        "role": ("tag", {"name": NAME, "roles": [key]}, "roles.0"),
        "queue": ("category", {"name": NAME, "queue": key}, "queue"),
        "form": ("category", {"name": NAME, "form": key}, "form"),
        "process": ("category", {"name": NAME, "process": key}, "process"),
        "tag": ("segment", {"name": NAME, "if": {"field": "tags", "has": key}}, "if"),
        "calendar": ("channel_doors", {"doors": [{"channel": "chat", "calendar": key}]}, "doors.0.calendar"),
        "category": ("service_level", {**levels, "targets": [*levels["targets"], {"channel": "game", "category": key, "first": 60}]},
                     "targets.1.category"),
    }
    return answers[kind]


SAMPLES = {
    "department": {"name": NAME}, "role": {"name": NAME, "scope": "team", "permissions": ["tickets.read"]}, "queue": {"name": NAME},
    "form": {"name": NAME, "fields": [{"key": "a", "kind": "text", "label": NAME}]}, "tag": {"name": NAME},
    "process": process_body(step("s", "end", by=[by("assignee")]), end()), "category": {"name": NAME},
    "calendar": {"name": NAME, "week": {"mon": [["09:00", "18:00"]]}},
}


@pytest.mark.parametrize("kind", sorted(SAMPLES))
async def test_what_only_the_tables_need_is_refused_with_its_place(game, admin, kind):
    key = f"{kind[:4]}{number()}"
    branded = KINDS[kind].branded
    await made(game, kind, key, SAMPLES[kind], brand=branded)
    needer, body, where = needing(kind, key, game)
    other = "standard" if needer in ("service_level", "channel_doors") else f"n{number()}"
    await past_the_documents(game, needer, other, body, brand=KINDS[needer].branded)
    await refused(admin, kind, game.key if branded else "-", key, needer, where)


@pytest.mark.parametrize(("kind", "then"), [("queue", "queue"), ("category", "category")])
async def test_what_rules_act_on_or_ask_about_is_refused(game, admin, kind, then):
    key = f"{kind[:4]}{number()}"
    await made(game, kind, key, SAMPLES[kind], brand=True)
    asked = {"all": [{"field": kind, "in": [{"key": key}, {"key": "other"}] if kind == "category" else [{"key": key}]}]}
    rule = {"name": NAME, "when": {"events": ["opened"]}, "if": asked, "then": [{"do": then, "to": key}]}
    await past_the_documents(game, "rule", f"r{number()}", rule)
    await refused(admin, kind, game.key, key, "rule", "if.all.0")
    await refused(admin, kind, game.key, key, "rule", "then.0.to")


async def test_a_rule_of_every_game_that_asks_about_one_games_category_holds_it(game, admin):
    key = f"cat{number()}"
    await made(game, "category", key, SAMPLES["category"], brand=True)
    rule = {"name": NAME, "when": {"events": ["opened"]}, "if": {"field": "category", "is": {"key": key}}, "then": [{"do": "priority", "to": 0}]}
    await made(game, "rule", f"r{number()}", rule)
    await refused(admin, "category", game.key, key, "rule", "if")


async def test_a_role_or_department_cannot_be_deleted_past_the_documents_either(game, admin):
    role, department = f"role{number()}", f"dept{number()}"
    await made(game, "role", role, SAMPLES["role"])
    await made(game, "department", department, SAMPLES["department"])
    await past_the_documents(game, "tag", f"t{number()}", {"name": NAME, "roles": [role]}, brand=False)
    await past_the_documents(game, "process", f"p{number()}", process_body(step("s", "end", by=[by("department", department)]), end()))
    answer = await admin.http.delete(f"/roles/{role}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still_needed"), answer.text
    assert "roles.0" in msgspec.json.decode(answer.content)["error"]["message"]
    async with game.desk.database.reading() as reader:
        number_ = await reader.value("SELECT id FROM staff.department WHERE key = $1", department)
    answer = await admin.http.delete(f"/structure/department/{number_}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still_needed")
    assert "steps.0" in answer.json()["error"]["message"]


async def test_a_queue_in_which_tickets_wait_cannot_go(game, admin):
    key = f"q{number()}"
    await made(game, "queue", key, SAMPLES["queue"], brand=True)
    ticket = (await game.player().ask())["id"]
    async with game.desk.database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET queue_id = (SELECT id FROM staff.queue WHERE key = $2) WHERE id = $1", ticket, key)
    found = await admin.get(f"/blueprints/queue/{game.key}/{key}")
    answer = await admin.http.post(
        f"/blueprints/queue/{game.key}/{key}/retire", json={"basedOn": found["blueprint"]["standing"]["revision"]}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still_needed")
    assert answer.json()["error"]["message"].count("1"), answer.text


async def test_what_is_not_needed_any_more_can_go(game, admin):
    key = f"q{number()}"
    await made(game, "queue", key, SAMPLES["queue"], brand=True)
    category = f"c{number()}"
    await made(game, "category", category, {"name": NAME, "queue": key}, brand=True)
    await made(game, "category", category, {"name": NAME}, brand=True)
    found = await admin.get(f"/blueprints/queue/{game.key}/{key}")
    answer = await admin.http.post(
        f"/blueprints/queue/{game.key}/{key}/retire", json={"basedOn": found["blueprint"]["standing"]["revision"]}
    )
    assert answer.status_code == 204, answer.text
