"""Everything on a screen that is no ticket: what is shown, kept up by frames alone, is what a fresh fetch shows."""

import time

import pytest

from playerdesk.blueprints import blueprints as drawn
from playerdesk.blueprints import change_draft
from playerdesk.brands import add_server
from playerdesk.forms import define_category, define_form
from playerdesk.kernel import Event, Text
from playerdesk.players import assign_manager, hand_over_portfolio
from playerdesk.staff import add_queue, set_presence
from playerdesk.tickets import TicketEvent
from tests.app.test_player_card import a_failed_payment, player_of, push
from tests.blueprints.test_blueprints import KINDS, MOTTO, PLACE
from tests.given import number


def below(kind):
    return [each for sub in kind.__subclasses__() for each in [sub, *below(sub)]]


class Stage:
    """An agent before her screen, a colleague, an admin, and two accounts of one player."""

    def __init__(self, desk, game):
        self.desk, self.game = desk, game
        self.database = desk.database

    async def set_up(self):
        game = self.game
        self.agent = await game.agent(roles=("agent", "vip_manager"))
        self.colleague = await game.agent(roles=("agent", "vip_manager", "lead"))
        self.account = f"shown-{number()}"
        self.player = game.player(self.account)
        self.ticket = (await self.player.ask())["id"]
        other = (await game.player(f"shown-{number()}").ask())["id"]
        self.person, self.other = await player_of(self.agent, self.ticket), await player_of(self.agent, other)
        return self

    async def in_tx(self, act):
        async with self.database.transaction() as tx:
            await act(tx)


# -- what is on screen, and which frames say that it is old

async def directory(stage):
    found = await stage.agent.get("/directory")
    del found["serverTime"]
    return found


async def card(stage):
    found = await stage.agent.get(f"/players/{stage.person}")
    del found["reasons"]  # some of them tell how long ago something was
    return found


async def blueprints(stage):
    async with stage.database.reading() as reader:
        return await drawn(reader, MOTTO.name)


def of(path):
    async def fetch(stage):
        return await stage.agent.get(path)
    return fetch


SHOWN = {
    "directory": directory, "person": directory, "presence": directory, "card": card, "views": of("/views"),
    "preferences": of("/me/preferences"), "mention": of("/mentions"), "held": of("/writing"), "side": of("/sides"),
    "blueprint": blueprints,
}

# -- what happens

async def a_colleague_goes(stage):
    await stage.in_tx(lambda tx: set_presence(tx, stage.colleague.id, "break"))


async def a_colleague_is_renamed(stage):
    admin = await stage.game.agent(roles=("admin",))
    everybody = (await admin.get("/organisation"))["people"]
    wish = {k: v for k, v in next(each for each in everybody if each["id"] == stage.colleague.id).items() if k in WISH}
    answer = await admin.http.put(f"/people/{stage.colleague.id}", json={**wish, "name": "新名字"})
    assert answer.status_code == 200, answer.text


WISH = {
    "login", "name", "email", "roles", "brandIds", "departmentId", "teamId", "superiorId", "vendorId", "skills", "languages",
    "chatCapacity", "ticketCapacity", "deputyId", "queueIds",
}


async def a_queue_is_added(stage):
    await stage.in_tx(lambda tx: add_queue(tx, f"q-{number()}", Text("新队列", "New queue"), brand_id=stage.game.id))


async def a_server_is_added(stage):
    await stage.in_tx(lambda tx: add_server(tx, stage.game.id, f"s{number()}", "新区"))


async def a_category_is_added(stage):
    await stage.in_tx(lambda tx: define_category(tx, f"c{number()}", Text("新分类", "New"), brand_id=stage.game.id))


async def a_form_is_changed(stage):
    field = {"key": f"f{number()}", "kind": "text", "label": {"zh": "新", "en": "New"}}
    await stage.in_tx(lambda tx: define_form(tx, "recharge", Text("充值", "Recharge"), [field], brand_id=stage.game.id))


async def a_document_is_drafted(stage):
    await stage.in_tx(lambda tx: change_draft(tx, KINDS, PLACE, {"words": "快"}, 0, stage.colleague.id))


async def she_prefers_something(stage):
    answer = await stage.agent.http.patch("/me/preferences", json={"density": "compact"})
    assert answer.status_code == 200, answer.text


async def a_view_is_shared(stage):
    wish = {
        "name": "大家的", "audience": "everybody", "sort": "created", "condition": {"field": "priority", "is": 0}, "clientKey": f"v{number()}",
    }
    await stage.colleague.post("/views", wish, 201)


async def she_is_called(stage):
    await stage.colleague.post(f"/tickets/{stage.ticket}/notes", {
        "body": f"请看 [@她](person:{stage.agent.id})", "clientKey": f"n{number()}",
    })


async def she_holds_a_reply(stage):
    answer = await stage.agent.http.post(f"/tickets/{stage.ticket}/held-replies", json={
        "body": "您好", "clientKey": f"h{number()}", "baseSeq": 1, "seconds": 15,
    })
    assert answer.status_code == 202, answer.text


async def she_is_asked_aside(stage):
    await stage.colleague.post(f"/tickets/{stage.ticket}/sides", {
        "body": "看一下", "clientKey": f"a{number()}", "people": [stage.agent.id],
    })


async def she_is_noted(stage):
    await stage.colleague.post(f"/players/{stage.person}/notes", {"body": "爱收集", "clientKey": f"n{number()}"}, 201)


async def she_pays_much(stage):
    await push(stage.game, {**a_failed_payment(stage.account, f"p{number()}"), "state": "paid", "amountMinor": 90_000_000})


async def she_gets_a_manager(stage):
    await stage.in_tx(lambda tx: assign_manager(tx, stage.person, stage.agent.id))


async def her_manager_hands_over(stage):
    await she_gets_a_manager(stage)
    await stage.in_tx(lambda tx: hand_over_portfolio(tx, stage.agent.id, stage.colleague.id))


async def she_is_found_to_be_another(stage):
    body = {"mergedId": stage.other, "reason": "同一个人"}
    stage.merge = (await stage.colleague.post(f"/players/{stage.person}/merge", body, 200))["mergeId"]


async def she_is_two_again(stage):
    await she_is_found_to_be_another(stage)
    await stage.colleague.post(f"/merges/{stage.merge}/undo", {"reason": "看错了"}, 204)


CASES = {
    "PresenceChanged": ("presence", a_colleague_goes), "PersonChanged": ("person", a_colleague_is_renamed),
    "QueueChanged": ("directory", a_queue_is_added), "BrandChanged": ("directory", a_server_is_added),
    "BlueprintChanged": ("blueprint", a_document_is_drafted),
    "CategoryDefined": ("directory", a_category_is_added), "FormDefined": ("directory", a_form_is_changed),
    "PreferencesChanged": ("preferences", she_prefers_something),
    "ViewChanged": ("views", a_view_is_shared), "Mentioned": ("mention", she_is_called),
    "ReplyHeld": ("held", she_holds_a_reply), "SideSpoken": ("side", she_is_asked_aside),
    "CardChanged": ("card", she_is_noted), "TierChanged": ("card", she_pays_much),
    "ManagerAssigned": ("card", she_gets_a_manager), "PortfolioHandedOver": ("card", her_manager_hands_over),
    "PlayersMerged": ("card", she_is_found_to_be_another), "PlayersUnmerged": ("card", she_is_two_again),
}


@pytest.mark.parametrize("event", CASES)
async def test_what_is_shown_is_fetched_again_when_a_frame_says_so(desk, game, event):
    stage = await Stage(desk, game).set_up()
    kind, happen = CASES[event]
    fetch = SHOWN[kind]
    async with stage.agent.live(f"card:{stage.person}", f"ticket:{stage.ticket}") as line:
        await line.quiet(0.1)
        async with desk.database.reading() as reader:
            since = await reader.value("SELECT coalesce(max(position), 0) FROM kernel.event")
        before = shown = await fetch(stage)
        await happen(stage)
        ends = time.monotonic() + 2
        while True:
            if any(SHOWN.get(frame.get("kind")) is fetch for frame in await line.quiet(0.1)):
                shown = await fetch(stage)
            fresh = await fetch(stage)
            if (shown == fresh and fresh != before) or time.monotonic() > ends:
                break
    assert shown == fresh
    if event != "PlayersUnmerged":
        assert fresh != before, "the case changes nothing that could be seen"
    async with desk.database.reading() as reader:
        told = await reader.value("SELECT count(*)::int FROM kernel.event WHERE kind = $1 AND position > $2", event, since)
    assert told > 0, "the case does not cause its event"


def test_every_event_has_a_case():
    """Here, or among those of a ticket (`test_screen_state.py`). A new one is named here or there, or nobody sees it."""
    events = {each.__name__ for each in below(Event) if each.__module__.startswith("playerdesk.")}
    of_tickets = {each.__name__ for each in [TicketEvent, *below(TicketEvent)]}
    # How far a re-planning or a process is: their own packages' tests have what it takes to cause them.
    # Who came into a segment is on nobody's screen; another tier model is told by the document's own event.
    apart = {"ReplanMoved", "ProcessMoved", "SegmentMoved", "TierModelChanged"}
    assert events - of_tickets == CASES.keys() | apart
