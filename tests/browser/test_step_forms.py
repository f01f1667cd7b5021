"""The form of a step is made with the editor of forms and filled in by a colleague; two categories become one on a screen."""

from collections.abc import Callable

from playwright.sync_api import expect

from .desk import Desk
from .test_forms import field, published
from .windows import Game, Workspace

Agents = Callable[..., Workspace]
Players = Callable[..., Game]


def test_a_step_asks_for_choices_a_purchase_a_file_and_what_a_choice_makes_needed(desk: Desk, agent: Agents, player: Players) -> None:
    boss = agent("admin")
    boss.go("/settings/processes")
    boss.test_id("blueprint-new").click()
    boss.test_id("new-name").fill("核对损失")
    boss.test_id("new-key").fill("check_loss")
    boss.test_id("new-make").click()
    boss.test_id("node-step1").click()
    boss.test_id("by-add").click()
    boss.test_id("by-key-0").select_option("front")
    field(boss, "choice", "要不要凭证")
    boss.test_id("option-0").fill("要")
    field(boss, "purchase", "哪一笔")
    field(boss, "date", "补到哪天")
    field(boss, "file", "凭证")
    boss.test_id("field-show").check()
    boss.test_id("add-condition").click()
    boss.test_id("value-a").click()
    published(boss)

    her = player("sr-000003")
    her.open_help()
    her.fill_form("other", "道具没了")
    ticket, _ = her.submit()
    he = agent("he")
    he.open(ticket, "open")
    he.test_id("process-start").click()
    he.page.get_by_role("option", name="核对损失").click()
    strip = he.test_id("process-check_loss")
    strip.get_by_role("button").first.click()
    strip.get_by_role("link").first.click()
    expect(he.test_id("step-field-file")).to_have_count(0)
    he.test_id("step-field-choice").select_option("a")
    expect(he.test_id("step-field-purchase")).to_be_visible()
    he.test_id("step-field-file-file").set_input_files(files=[{"name": "凭证.txt", "mimeType": "text/plain", "buffer": "流水号 1".encode()}])
    expect(he.test_id("step-field-file")).to_contain_text("凭证.txt")
    he.test_id("step-field-date").fill("2027-01-02")
    he.test_id("step-field-date").press("Tab")
    he.test_id("task-complete").click()
    expect(he.test_id("task-over").or_(he.test_id("tasks-none"))).to_be_visible()
    he.open(ticket)
    strip = he.test_id("process-check_loss")
    strip.get_by_role("button").first.click()
    expect(strip.get_by_role("link", name="凭证.txt")).to_be_visible()
    expect(strip).to_contain_text("要不要凭证 要")


def test_two_categories_become_one_and_their_tickets_follow(desk: Desk, agent: Agents, player: Players) -> None:
    boss = agent("admin")
    for name, key in (("画面抖动", "jitter"), ("画面掉帧", "frames")):
        boss.go("/settings/categories")
        boss.test_id("blueprint-new").click()
        boss.test_id("new-name").fill(name)
        boss.test_id("new-name-en").fill(key)
        boss.test_id("new-make").click()
        published(boss)
    tickets = []
    for account, key in (("sr-000006", "jitter"), ("sr-000007", "frames")):
        her = player(account)
        her.open_help()
        her.fill_form(key, "画面一卡一卡的")
        tickets.append(her.submit()[0])
    boss.page.get_by_text("画面抖动", exact=True).first.click()
    boss.test_id("merge-open").click()
    boss.test_id("merge-into").select_option("frames")
    boss.test_id("merge-move").check()
    boss.test_id("merge-now").click()
    expect(boss.test_id("merge-category")).to_have_count(0)
    for ticket in tickets:
        boss.open(ticket)
        expect(boss.test_id("category")).to_contain_text("画面掉帧", timeout=15_000)
    her = player("sr-000008")
    her.open_help()
    expect(her.inside("problem-frames")).to_be_visible()
    expect(her.inside("problem-jitter")).to_have_count(0)
