"""The whole way: a high payer asks inside the game, her manager answers, the answer is in the game, the lead counts it."""

from collections.abc import Callable

from playwright.sync_api import expect

from .desk import HIGH_PAYER, Desk
from .windows import Game, Watch, Workspace, answered_at

PROMISED = 1000
TRIES = 3
"""A busy machine may stop a browser for a second; a desk that is slow is slow every time."""


def quickest(measure: Callable[[], float], what: str) -> None:
    taken: list[float] = []
    while len(taken) < TRIES and not (taken and taken[-1] <= PROMISED):
        taken.append(measure())
    print(f"{what}: {', '.join(f'{each:.0f} ms' for each in taken)}")
    assert min(taken) <= PROMISED, f"{what} takes {taken} ms"


def ask(game: Game, workspace: Workspace) -> tuple[int, float]:
    """Asks with the form; the ticket and the milliseconds from the desk's answer to the row with its countdown."""
    game.fill_form("recharge", "充值648元没到账", amount="648")
    seen = Watch(workspace.page, "row", "[data-testid^=row-]:has([data-testid=countdown])", "充值648元没到账")
    ticket_id, answered = game.submit()
    return ticket_id, seen.at() - answered


def test_a_high_payers_question_is_answered_within_the_game(
    desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game]
) -> None:
    manager, lead = agent("lin").go(), agent("zhao").go("/board")
    expect(lead.test_id("figure-rated")).to_be_visible()
    game = player(HIGH_PAYER)
    tickets: list[int] = []

    def row_appears() -> float:
        if tickets:  # again: the way back from the first one
            game.inside("back").click()
            desk.colleague("lin").call("POST", f"/tickets/{tickets[-1]}/resolve", {"solution": "再测一次"})
            expect(manager.row(tickets[-1])).to_have_count(0)
        else:
            game.open_help()
        ticket_id, taken = ask(game, manager)
        tickets.append(ticket_id)
        return taken

    quickest(row_appears, "question to the manager's screen")
    ticket_id = tickets[-1]
    row = manager.row(ticket_id)
    expect(row.get_by_test_id("countdown")).to_be_visible()
    expect(row.locator("[data-tier=high]")).to_be_visible()

    row.click()
    expect(manager.test_id("ticket-subject")).to_contain_text("充值648元没到账")
    expect(manager.test_id("player-card")).to_contain_text("林若曦")
    game.inside("close").click()
    said: list[str] = []

    def badge_appears() -> float:
        if said:
            game.open_help()
            expect(game.said(said[-1])).to_be_visible()
            game.inside("close").click()
            expect(game.test_id("badge")).to_be_hidden()
        said.append(f"您好，订单已核实，648 元正在补发（{len(said)}）")
        shown = Watch(game.page, f"badge {len(said)}", "[data-testid=badge]:not([hidden])", "1")
        manager.test_id("composer-reply").fill(said[-1])
        _, answered = answered_at(manager.page, r"/replies$", manager.test_id("send").click)
        return shown.at() - answered

    quickest(badge_appears, "reply to the badge in the game")
    game.test_id("banner").click()
    expect(game.said(said[-1])).to_be_visible()
    expect(game.test_id("badge")).to_be_hidden()

    def words_appear() -> float:
        said.append(f"已补发，请查收（{len(said)}）")
        shown = Watch(game.frame, f"words {len(said)}", ".talk .bubble", said[-1])
        manager.test_id("composer-reply").fill(said[-1])
        _, answered = answered_at(manager.page, r"/replies$", manager.test_id("send").click)
        return shown.at() - answered

    quickest(words_appear, "reply to the open conversation")

    manager.test_id("resolve").click()
    manager.test_id("resolve-solution").fill("订单核实，已补发")
    manager.test_id("resolve-submit").click()
    expect(manager.test_id("resolve-dialog")).to_have_count(0)
    game.inside("rate-5").click()
    game.inside("rate-submit").click()
    expect(game.inside("rated")).to_be_visible()
    expect(manager.test_id("timeline")).to_contain_text("玩家评分 5 分")

    expect(lead.test_id("figure-rated").get_by_test_id("figure-value")).to_have_text("1")
    expect(lead.test_id("figure-satisfaction").get_by_test_id("figure-value")).to_have_text("5.00")
    lead.test_id("figure-rated").click()
    expect(lead.row(ticket_id)).to_be_visible()
    expect(lead.page.locator("[data-testid^=row-]")).to_have_count(1)
