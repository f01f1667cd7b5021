"""What somebody chooses for herself: kept whole, changed in part, never in the way."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.kernel import Rejected
from playerdesk.staff.preferences import FIELDS, Alarm, Chosen, change_preferences, preferences, understood
from tests.staff.given import PASSWORD, given_agent

pytestmark = pytest.mark.anyio


async def choose(database, person_id: int, **wanted: Any) -> Chosen:
    async with database.transaction() as tx:
        return await change_preferences(tx, person_id, wanted)


async def test_each_device_changes_what_it_changes(database, agent):
    await choose(database, agent.id, theme="dark", keys={"reply": "u"})
    chosen = await choose(database, agent.id, undoSeconds=12)
    assert (chosen.theme, chosen.keys, chosen.undo_seconds, chosen.revision) == ("dark", {"reply": "u"}, 12, 2)
    async with database.reading() as reader:
        assert await preferences(reader, agent.id) == chosen
        stored = await reader.value("SELECT chosen FROM staff.preference WHERE person_id = $1", agent.id)
    assert stored == {"theme": "dark", "keys": {"reply": "u"}, "undoSeconds": 12}, "defaults are not stored"


async def test_null_brings_the_default_back_and_others_are_not_touched(database, agent):
    other = await given_agent(database)
    await choose(database, agent.id, sounds=[], timeZone="Asia/Tokyo")
    chosen = await choose(database, agent.id, sounds=None, timeZone=None)
    assert (chosen.sounds, chosen.time_zone) == (list(get_args(Alarm)), None)
    async with database.reading() as reader:
        assert await preferences(reader, other.id) == Chosen()


@pytest.mark.parametrize(("field", "value"), [
    ("theme", "pink"), ("undoSeconds", 31), ("undoSeconds", "5"), ("volume", -1), ("sounds", ["bell"]), ("quietFrom", "24:00"),
    ("timeZone", "Mars/Olympus"), ("timeZone", "x" * 61), ("keys", {"reply": "x" * 21}), ("panes", {"list": -5}), ("colour", "red"),
    ("keys", {str(n): "a" for n in range(201)}),
])
async def test_one_wrong_field_is_named_and_nothing_is_kept(database, agent, field, value):
    with pytest.raises(Rejected) as refusal:
        await choose(database, agent.id, **{"density": "compact", field: value})
    assert list(refusal.value.fields or {}) == [field]
    async with database.reading() as reader:
        assert await preferences(reader, agent.id) == Chosen()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "gone"]), anything))
def test_whatever_an_older_or_newer_desk_stored_opens(stored):
    chosen = understood(stored, 3)
    assert chosen.revision == 3
    assert chosen.theme in {"light", "dark", "system"}
    assert set(chosen.sounds) <= set(get_args(Alarm))


async def test_the_routes(client, agent):
    await client.post("/agent/v1/sign-in", json={"login": agent.login, "password": PASSWORD})
    headers = {"X-CSRF-Token": client.cookies["playerdesk_csrf"]}
    assert (await client.get("/agent/v1/me/preferences")).json()["undoSeconds"] == 5
    for _ in range(2):
        answer = await client.patch("/agent/v1/me/preferences", json={"hours": "12"}, headers=headers)
        assert (answer.status_code, answer.json()["hours"]) == (200, "12")
    refused = await client.patch("/agent/v1/me/preferences", json={"hours": "13"}, headers=headers)
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["hours"])
