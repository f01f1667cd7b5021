"""The lead's board of another day: its figures and their tickets, and nothing of who is there now."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.desk import HIGH_PAYER, Desk, wait_for
from tests.browser.windows import Game, Workspace

_YESTERDAY = """
    INSERT INTO insights.{table} SELECT * FROM jsonb_populate_recordset(NULL::insights.{table}, (
        SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object('day', (x.day - 1)::text, 'hour', x.hour - interval '1 day'))
        FROM insights.{table} x WHERE metric = 'opened' AND day = (SELECT max(day) FROM insights.{table})
    )) ON CONFLICT DO NOTHING
"""


def test_another_day_is_a_click_away_and_its_numbers_lead_to_its_tickets(
    desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game]
) -> None:
    game = player(HIGH_PAYER)
    game.open_help()
    game.fill_form("bug", "活动页面打不开")
    ticket_id, _ = game.submit()
    lead = agent("zhao").go("/board")
    expect(lead.test_id("figure-opened").get_by_test_id("figure-value")).not_to_have_text("0")
    wait_for("the figure knows this ticket", lambda: desk.sql("SELECT 1 FROM insights.fact WHERE ticket_id = %s AND metric = 'opened'", ticket_id))
    for table in ("fact", "hour"):
        desk.sql(_YESTERDAY.format(table=table))
    expect(lead.test_id("day-after")).to_be_disabled()
    lead.test_id("day-before").click()
    lead.page.wait_for_url("**/board?day=*")
    expect(lead.page.get_by_role("heading", name="坐席")).to_have_count(0)
    expect(lead.test_id("board-day")).to_contain_text("全天")
    expect(lead.test_id("figure-opened").get_by_test_id("figure-value")).not_to_have_text("0")
    lead.test_id("figure-opened").click()
    expect(lead.row(ticket_id)).to_be_visible()
    lead.page.get_by_text("返回看板").click()
    expect(lead.test_id("to-today")).to_be_visible()
    lead.test_id("to-today").click()
    expect(lead.page.get_by_role("heading", name="坐席")).to_be_visible()
    expect(lead.test_id("to-today")).to_have_count(0)


def test_a_day_of_nothing_says_so(agent: Callable[..., Workspace]) -> None:
    lead = agent("zhao").go("/board?day=2024-02-29")
    expect(lead.test_id("board-nothing")).to_be_visible()
    expect(lead.test_id("board-date")).to_have_value("2024-02-29")
