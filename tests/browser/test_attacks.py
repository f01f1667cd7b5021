"""Scripts in anything that is written: nothing runs, nothing is fetched from elsewhere, on either side."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from .desk import Desk
from .windows import Game, Workspace

ATTACKS = [
    "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg/onload=window.pwned=1>",
    "[x](javascript:window.pwned=1)", "[x](data:text/html,<script>parent.pwned=1</script>)", "<a href='javascript:window.pwned=1'>x</a>",
    "![x](https://evil.example/spy.png)", '[a](https://ok.example/" onmouseover="window.pwned=1)', "{{constructor.constructor('window.pwned=1')()}}",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>", "`<b onclick=window.pwned=1>`", "<math><mi xlink:href='javascript:window.pwned=1'>",
]
PLAYER = "sr-000005"

LOOK = """() => ({
    pwned: window.pwned ?? null,
    scripts: [...document.querySelectorAll('[data-testid=timeline] script, .talk script, iframe[srcdoc]')].length,
    links: [...document.querySelectorAll('a[href]')].map((a) => a.href).filter((href) => !/^(https?|mailto):/.test(href)),
    pictures: [...document.querySelectorAll('img')].map((img) => img.src).filter((src) => /evil/.test(src)),
    handlers: [...document.querySelectorAll('*')].filter((el) => [...el.attributes].some((one) => one.name.startsWith('on'))).length,
})"""
CLEAN = {"pwned": None, "scripts": 0, "links": [], "pictures": [], "handlers": 0}


def test_nothing_written_runs_on_the_agents_or_on_the_players_page(
    desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game]
) -> None:
    elsewhere: list[str] = []
    chen = agent("chen")
    game = player(PLAYER, alone=True)
    for window in (chen, game):
        window.page.on("request", lambda asked: elsewhere.append(asked.url) if "evil" in asked.url else None)
    everything = "\n\n".join(ATTACKS)
    desk.colleague("chen").be("online")
    ticket_id = desk.ask(PLAYER, everything)
    desk.sql("UPDATE tickets.ticket SET player_name = %s, subject = %s WHERE id = %s RETURNING 1", ATTACKS[1], ATTACKS[2], ticket_id)
    me = desk.colleague("chen")
    base = me.call("GET", f"/tickets/{ticket_id}")["ticket"]["publicSeq"]
    me.call("POST", f"/tickets/{ticket_id}/notes", {"body": everything, "clientKey": "attack-note"})
    me.call("POST", f"/tickets/{ticket_id}/replies", {"body": everything, "clientKey": "attack-reply", "baseSeq": base})
    me.call("POST", "/macros", {"title": ATTACKS[1], "share": "personal", "body": everything, "shortcut": "atk"})

    chen.open(ticket_id)
    expect(chen.messages()).to_have_count(2)
    expect(chen.test_id("timeline").locator(".rich").first).to_be_visible()
    chen.page.keyboard.press("m")
    expect(chen.test_id("macro-palette")).to_be_visible()
    chen.page.keyboard.press("Escape")
    chen.test_id("composer-note").or_(chen.test_id("composer-reply")).fill("/atk")
    expect(chen.test_id("completion-preview")).to_be_visible()
    assert chen.page.evaluate(LOOK) == CLEAN

    game.open_ticket(ticket_id)
    expect(game.bubbles()).to_have_count(2)
    assert game.frame.evaluate(LOOK) == CLEAN
    assert elsewhere == []


def test_the_name_of_a_file_is_a_name(desk: Desk, agent: Callable[..., Workspace], player: Callable[..., Game]) -> None:
    desk.colleague("chen").be("online")
    names = ['"><img src=x onerror=window.pwned=1>.txt', "<svg onload=window.pwned=1>.txt", "javascript:window.pwned=1;.txt", "..\\..\\a\u202egol.txt"]
    headers = {"Authorization": f"Bearer {desk.player_token(PLAYER)}"}
    files = [
        httpx.post(f"{desk.url}/player/v1/files", files={"file": (name, b"log: all is well", "text/plain")}, headers=headers)
        .raise_for_status().json()
        for name in names
    ]
    assert not [one["name"] for one in files if "\u202e" in one["name"] or "\\" in one["name"] or "/" in one["name"]]
    ticket_id = desk.ask(PLAYER, "日志在附件里", attachments=[one["id"] for one in files])
    chen = agent("chen").open(ticket_id)
    expect(chen.test_id("timeline").locator("a[target=_blank]")).to_have_count(len(names))
    assert chen.page.evaluate(LOOK) == CLEAN
    for one in files:
        answer = chen.context.request.get(desk.url + chen.test_id("timeline").locator("a[target=_blank]").nth(files.index(one)).get_attribute("href"))
        assert answer.headers["content-type"].startswith("text/plain") or "attachment" in answer.headers["content-disposition"]
        assert "nosniff" in answer.headers["x-content-type-options"]
    game = player(PLAYER, alone=True)
    game.open_ticket(ticket_id)
    expect(game.bubbles().first).to_be_visible()
    assert game.frame.evaluate(LOOK) == CLEAN


def test_the_pages_allow_no_script_but_their_own(desk: Desk) -> None:
    for path, framed in (("/", "frame-ancestors 'none'"), ("/widget/", "frame-ancestors *")):
        policy = httpx.get(desk.url + path).headers["content-security-policy"]
        for part in ("default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", framed):
            assert part in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self' 'unsafe-inline'" not in policy
