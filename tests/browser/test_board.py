"""A number of the lead's board and the list it opens are of the same tickets, also when one game is chosen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace

Agents = Callable[..., Workspace]


@pytest.mark.parametrize("tier", ["", "-low"])
def test_who_waits_for_one_game_is_opened_for_that_game(desk: Desk, agent: Agents, tier: str) -> None:
    (other,) = [desk.ask("hc-000003", "牌局里的问题")]
    mine = [desk.ask("sr-000004", f"云境里的问题 {n}") for n in range(2)]
    queue = desk.queue("general")
    brand = desk.sql("SELECT id FROM brands.brand WHERE key = 'happycards'")[0][0]
    lead = agent("admin").go("/board")  # a lead who serves no queue: nothing is pushed to her
    expect(lead.test_id(f"waiting-{queue}")).to_have_text("3")
    lead.test_id("board-brand").select_option(str(brand))
    number = lead.test_id(f"waiting-{queue}{tier}")
    expect(number).to_have_text("1")
    number.click()
    expect(lead.row(other)).to_be_visible()
    for each in mine:
        expect(lead.row(each)).to_have_count(0)


def test_what_somebody_has_in_hand_is_opened_for_the_chosen_game(desk: Desk, agent: Agents) -> None:
    he = desk.colleague("he")
    he.be("busy")
    other, mine = desk.ask("hc-000003", "牌局里的问题"), desk.ask("sr-000004", "云境里的问题")
    for each in (other, mine):
        he.call("POST", f"/tickets/{each}/take")
    brand = desk.sql("SELECT id FROM brands.brand WHERE key = 'happycards'")[0][0]
    person = desk.sql("SELECT id FROM staff.person WHERE login = 'he'")[0][0]
    lead = agent("admin").go("/board")
    expect(lead.test_id(f"tickets-of-{person}")).to_contain_text("2/")
    lead.test_id("board-brand").select_option(str(brand))
    expect(lead.test_id(f"tickets-of-{person}")).to_contain_text("1/")
    lead.test_id(f"tickets-of-{person}").click()
    expect(lead.row(other)).to_be_visible()
    expect(lead.row(mine)).to_have_count(0)
