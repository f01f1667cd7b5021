"""A manager who never sees code adds a category with a form, sees it on the player's phone, and the agent reads the answers."""

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import PHONE
from .desk import Desk
from .windows import Game, Workspace

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def published(window: Workspace) -> None:
    """The draft is kept and everything right: publish it."""
    expect(window.test_id("draft-state")).to_contain_text("草稿", timeout=10_000)
    window.test_id("publish").click()
    window.test_id("publish-sure").click()
    expect(window.test_id("draft-state")).to_contain_text("已发布", timeout=10_000)


def field(boss: Workspace, kind: str, label: str) -> None:
    """Another field of this kind, chosen now."""
    boss.test_id("field-add").click()
    boss.test_id(f"field-kinds-{kind}").click()
    boss.test_id("field-label").fill(label)


def test_a_category_with_a_form_reaches_the_players_phone(
    desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game],
) -> None:
    boss = agent("admin")
    boss.go("/settings/forms")
    boss.test_id("blueprint-new").click()
    boss.test_id("new-name").fill("补偿申请")
    boss.test_id("new-name-en").fill("Compensation")
    boss.test_id("new-make").click()
    field(boss, "choice", "遇到了什么")
    boss.test_id("option-0").fill("停服")
    boss.test_id("option-1").fill("掉线")
    boss.test_id("field-required").check()
    field(boss, "character", "补给哪个角色")
    # It is asked only after a cut line.
    boss.test_id("field-show").check()
    boss.test_id("add-condition").click()
    boss.test_id("value-b").click()
    preview = boss.page.frame_locator("[data-testid=preview-frame]")
    expect(preview.get_by_text("遇到了什么")).to_be_visible()
    expect(preview.get_by_text("补给哪个角色")).to_have_count(0)
    preview.get_by_test_id("form-field-choice").select_option("b")
    expect(preview.get_by_text("补给哪个角色")).to_be_visible()
    published(boss)

    boss.go("/settings/categories")
    boss.test_id("blueprint-new").click()
    boss.test_id("new-name").fill("停服补偿")
    boss.test_id("new-name-en").fill("Downtime")
    boss.test_id("new-make").click()
    boss.test_id("category-form").select_option("compensation")
    boss.test_id("category-queue").select_option("general")
    published(boss)

    her = player("sr-000004", **TOUCH)
    her.open_help()
    her.inside("problem-downtime").click()
    her.inside("form-body").fill("刚才突然掉线了")
    her.inside("form-submit").click()
    expect(her.frame.get_by_text("请选择")).not_to_have_count(0)
    assert her.frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    her.inside("form-field-choice").select_option("b")
    picks = her.inside("form-field-character")
    expect(picks.locator("option").nth(1)).to_be_attached()
    picks.select_option(index=1)
    who = (picks.locator("option").nth(1).text_content() or "").split(" · ")[0]
    ticket, _ = her.submit()

    worker = agent("he")
    worker.open(ticket, "open")
    form = worker.test_id("ticket-form")
    expect(form).to_contain_text("遇到了什么")
    expect(form).to_contain_text("掉线")
    expect(form).to_contain_text("补给哪个角色")
    expect(form).to_contain_text(who)
    worker.test_id("fields-edit").click()
    worker.test_id("edit-choice").select_option("a")
    worker.test_id("fields-save").click()
    expect(form).to_contain_text("停服")
    expect(worker.test_id("timeline").get_by_text("修改了填写的信息")).to_be_visible()
