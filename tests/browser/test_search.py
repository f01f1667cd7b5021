"""One box finds everything: by characters, words, numbers, names and sounds; chips by keyboard; the palette."""

import re
import time

from playwright.sync_api import expect


def found(window, ticket_id: int):
    return window.test_id(f"found-{ticket_id}")


def look_for(window, text: str) -> None:
    window.test_id("search-input").fill(text)


def in_the_index(desk, ticket_id: int, entries: int) -> None:
    until = time.monotonic() + 10
    while desk.sql("SELECT count(*) FROM tickets.search WHERE ticket_id = %s", ticket_id)[0][0] < entries:
        assert time.monotonic() < until, "not indexed within ten seconds"
        time.sleep(0.1)


def test_an_agent_finds_a_ticket_by_whatever_she_remembers_of_it(desk, agent):
    ticket = desk.ask("sr-000001", "昨晚打副本掉线，订单 GP-20261122-4711 的钻石没到账")
    desk.say("sr-000001", ticket, "Refund please，急急急")
    began = time.monotonic()
    in_the_index(desk, ticket, 2)
    assert time.monotonic() - began < 4
    window = agent("admin").go("/tickets/mine")
    window.page.keyboard.press("/")
    expect(window.test_id("search-input")).to_be_focused()
    for text, hit in (
        ("急", "急"), ("副本", "副本"), ("没到账", "没到账"), ("refun", "Refund"), ("4711", "4711"), ("GP-20261122", "20261122"),
        ("剑舞红尘 副本", "副本"),
    ):
        look_for(window, text)
        expect(found(window, ticket).locator("mark").filter(has_text=hit).first).to_be_visible()
    look_for(window, str(ticket))
    expect(window.test_id("direct")).to_contain_text(f"#{ticket}")
    look_for(window, "jwhc")
    window.page.get_by_role("button", name=re.compile("剑舞红尘")).click()
    expect(window.test_id("chip-player")).to_contain_text("剑舞红尘")
    expect(found(window, ticket)).to_be_visible()
    assert "f=player" in window.page.url
    window.test_id("search-input").press("Backspace")
    expect(window.test_id("chip-player")).to_have_count(0)
    look_for(window, "，。！")
    expect(window.test_id("search-nothing")).to_contain_text("标点")


def test_chips_are_typed_and_a_hit_opens_at_its_line_without_a_mouse(desk, agent):
    ticket = desk.ask("sr-000001", "芝麻开门这句话很久以前说过")
    # An old conversation: more than one page of the timeline stands after the line.
    desk.sql(
        "INSERT INTO tickets.message (ticket_id, seq, number, kind, author, author_id, body)"
        " SELECT %s, n, n, 'message', 'player', 1, '后来的第' || n || '句话' FROM generate_series(20, 640) n", ticket,
    )
    desk.sql("UPDATE tickets.ticket SET seq = 640, public_seq = 640, public_count = 640 WHERE id = %s", ticket)
    in_the_index(desk, ticket, 1)
    window = agent("admin").go("/search")
    keys = window.page.keyboard
    keys.type("状态:")
    expect(window.test_id("suggestions")).to_contain_text("处理中")
    keys.type("处理")
    keys.press("Enter")
    expect(window.test_id("chip-status")).to_have_text(re.compile("状态：处理中"))
    keys.type("status:新")
    keys.press("Tab")
    expect(window.test_id("chip-status")).to_have_count(2)
    keys.type("从:")
    keys.press("Enter")
    expect(window.test_id("chip-from")).to_be_visible()
    keys.type("芝麻")
    expect(found(window, ticket)).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(window.page).to_have_url(re.compile(rf"/{ticket}\?entry=1$"))
    line = window.test_id("entry-1")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("芝麻开门")
    window.page.go_back()
    expect(window.test_id("search-input")).to_have_value("芝麻")
    expect(window.test_id("chip-status").first).to_be_visible()
    window.test_id("search-input").press("End")
    for _ in range(2):
        keys.press("Backspace")
    keys.press("Backspace")
    expect(window.test_id("chip-from")).to_have_count(0)
    keys.type("状态:已关闭")
    keys.press("Tab")
    keys.type("芝麻")
    expect(found(window, ticket)).to_be_visible()  # either status


def test_typing_with_an_input_method_takes_no_suggestion(desk, agent):
    window = agent("admin").go("/search")
    window.page.keyboard.type("状态:")
    expect(window.test_id("suggestions")).to_be_visible()
    window.test_id("search-input").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(window.test_id("chip-status")).to_have_count(0)
    window.page.keyboard.press("Escape")
    expect(window.test_id("suggestions")).to_be_hidden()
    expect(window.page).to_have_url(re.compile("/search"))


def test_the_palette_finds_people_tickets_settings_and_teaches_keys(desk, agent):
    ticket = desk.ask("sr-000001", "调色板要找到这张单子")
    in_the_index(desk, ticket, 1)
    window = agent("admin").go(f"/tickets/open/{ticket}")
    expect(window.test_id("ticket-subject")).to_be_visible()
    palette, box = window.test_id("palette"), window.test_id("palette-input")

    def open_with(text: str) -> None:
        window.page.keyboard.press("Control+k")
        expect(box).to_be_focused()
        box.fill(text)

    open_with("解决")
    expect(window.test_id("command-resolve").locator("kbd")).to_have_text("e")
    box.fill("调色板")
    expect(window.test_id(f"command-ticket-{ticket}")).to_be_visible()
    box.fill("jwhc")
    expect(palette.get_by_role("option", name=re.compile("剑舞红尘")).first).to_be_visible()
    box.fill("lrx")
    expect(palette.get_by_role("option", name=re.compile("林若曦"))).to_be_visible()
    box.fill("偏好")
    expect(window.test_id("command-settings-preferences")).to_be_visible()
    box.fill(f"#{ticket}")
    window.page.keyboard.press("Enter")
    expect(window.page).to_have_url(re.compile(f"/{ticket}$"))
    open_with("VIP")
    window.page.keyboard.press("Enter")
    expect(window.page).to_have_url(re.compile("/tickets/queue-"))
    open_with("完全找不到的东西")
    window.page.keyboard.press("Enter")
    expect(window.test_id("search-input")).to_have_value("完全找不到的东西")


def test_a_category_is_found_by_its_name_though_nobody_said_it(desk, agent):
    ticket = desk.ask("sr-000001", "请看一下")
    name, category = desk.sql(
        "SELECT c.name->>'zh', c.id FROM forms.category c JOIN tickets.ticket t ON t.category_id = c.id WHERE t.id = %s", ticket,
    )[0]
    window = agent("admin").go("/search")
    look_for(window, name)
    window.test_id(f"category-{category}").press("Enter")
    expect(window.test_id("chip-category")).to_contain_text(name)
    expect(window.test_id("search-input")).to_have_value("")
    expect(found(window, ticket)).to_be_visible()
    expect(window.test_id("search-categories")).to_have_count(0)
    window.go("/board")
    window.page.keyboard.press("Control+k")
    window.test_id("palette-input").fill(name)
    window.test_id(f"command-category-{category}").click()
    expect(found(window, ticket)).to_be_visible()
    expect(window.test_id("chip-category")).to_contain_text(name)


def test_a_lead_exports_what_she_found_and_the_file_arrives(desk, agent):
    ticket = desk.ask("sr-000001", "=1+1 请导出这一张")
    in_the_index(desk, ticket, 1)
    window = agent("zhao").go("/search?q=导出这一张")
    expect(found(window, ticket)).to_be_visible()
    window.test_id("export-open").click()
    expect(window.page.get_by_label("单号", exact=True)).to_be_checked()
    with window.page.expect_download() as waiting:
        window.test_id("export-start").click()
    expect(window.page.locator("[data-state=done]")).to_contain_text("已导出 1 行")
    assert re.fullmatch(r"playerdesk-tickets-[\d-]+\.csv", waiting.value.suggested_filename)
    text = waiting.value.path().read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("单号,主题,")
    assert f"{ticket},'=1+1" in text
    assert desk.sql("SELECT count(*) FROM audit.trace WHERE action = 'export.ended' AND after->>'rows' = '1'")[0][0] >= 1
    plain = agent("chen").go("/search?q=导出这一张")
    expect(found(plain, ticket)).to_be_visible()
    expect(plain.test_id("export-open")).to_have_count(0)
