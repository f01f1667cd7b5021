"""Pictures of a living desk, to be looked at: `python -m tests.browser.screenshots FOLDER [NAME …]`.

Writes {sign-in,queue,ticket,board,game}-{zh,en}-{light,dark}-{1440,390}.png; names on the command line
choose among them (`ticket-zh-light-1440`). The README's are kept in docs/pictures.
"""

import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from random import Random

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from demogame.picture import screenshot

from .conftest import ARGUMENTS, chromium
from .desk import HIGH_PAYER, Desk, wait_for
from .windows import Game, Workspace

WIDTHS = {1440: {"width": 1440, "height": 900}, 390: {"width": 390, "height": 844}}
LARGEST = 240 << 10
TICKETS = 70
BESIDE = (
    ("sr-000006", "stolen", "I cannot sign in since last night and my mount is gone. Please help!"),
    ("sr-000002", "event", "周年庆的坐骑还会返场吗？"),
    ("hc-000001", "match", "巅峰赛最后一局掉线，积分被扣了"),
)
"""What else lies on the VIP manager's desk."""


def populate(desk: Desk) -> int:
    """An hour's work in a minute: a crowd that asks, agents who answer; the ticket all pictures show."""
    people = {login: desk.colleague(login) for login in ("lin", "zhou", "chen", "wang", "he")}
    for each in people.values():
        each.be("online")
    httpx.post(f"{desk.game}/demo/rate", json={"perMinute": 150}).raise_for_status()
    wait_for("enough has been asked", lambda: work(desk) >= TICKETS, 240)
    httpx.post(f"{desk.game}/demo/rate", json={"perMinute": 6}).raise_for_status()
    people["he"].be("break")
    for account, category, body in BESIDE:
        desk.ask(account, body, category)

    now = datetime.now(UTC)
    ticket_id = desk.ask(HIGH_PAYER, "充值648元没到账，已经等了十分钟了，麻烦尽快看一下", "recharge", fields={
        "amount": 64800, "pay_way": "alipay", "order": f"SR{now:%Y%m%d}093214", "paid_at": now.isoformat()})
    lin = people["lin"]
    lin.call("POST", f"/tickets/{ticket_id}/take")
    reply(desk, "lin", ticket_id, "剑舞红尘您好，我是您的专属客服林若曦。订单已经看到，正在和支付渠道核对，请稍等两分钟。")
    lin.call("POST", f"/tickets/{ticket_id}/notes", {
        "body": "支付宝侧已扣款，渠道回调超时。@周子航 帮忙盯一下补单。", "attachments": [], "clientKey": f"note{ticket_id}"})
    headers = {"Authorization": f"Bearer {desk.player_token(HIGH_PAYER)}"}
    picture = {"file": ("付款截图.png", screenshot(Random(5), "PAYMENT", "Paid 648.00 CNY"), "image/png")}
    file = httpx.post(f"{desk.url}/player/v1/files", files=picture, headers=headers).raise_for_status().json()["id"]
    desk.as_player(HIGH_PAYER, "POST", f"/tickets/{ticket_id}/messages", {
        "body": "好的，这是付款截图", "attachments": [file], "clientKey": f"shot{ticket_id}"})
    return ticket_id


def work(desk: Desk) -> int:
    """Each agent answers some of what she has and solves a few; how many tickets there are."""
    for login in ("lin", "zhou", "chen", "wang", "he"):
        rows = desk.colleague(login).call("GET", "/tickets?view=mine&limit=50")["rows"]
        for row in rows:
            if row["lastAuthor"] == "player" and row["id"] % 3:
                reply(desk, login, row["id"], "您好，问题已经收到，正在为您核实，请稍等。")
            elif row["lastAuthor"] == "staff" and row["id"] % 2:
                desk.colleague(login).call("POST", f"/tickets/{row['id']}/resolve", {"solution": "已核实并处理"})
    time.sleep(2)
    return desk.sql("SELECT count(*) FROM tickets.ticket")[0][0]


def reply(desk: Desk, login: str, ticket_id: int, body: str) -> None:
    desk.colleague(login).call("POST", f"/tickets/{ticket_id}/replies", {
        "body": body, "attachments": [], "baseSeq": 1_000, "clientKey": f"{time.monotonic_ns()}"})


class Camera:
    """One look (language, light, width) and the pictures taken in it."""

    def __init__(self, desk: Desk, browser: Browser, folder: Path, look: tuple[str, str, int], wanted: list[str]) -> None:
        self.desk, self.browser, self.folder, self.wanted = desk, browser, folder, wanted
        self.language, self.scheme, self.width = look
        self.suffix = f"{self.language}-{self.scheme}-{self.width}"
        self.options = {
            "locale": "zh-CN" if self.language == "zh" else "en", "color_scheme": self.scheme, "timezone_id": "Asia/Shanghai",
            "viewport": WIDTHS[self.width], "is_mobile": self.width == 390, "has_touch": self.width == 390,
        }

    def take(self, name: str, page: Page) -> None:
        page.wait_for_timeout(700)  # what moves in has arrived
        image = Image.open(BytesIO(page.screenshot())).convert("RGB")
        path = self.folder / f"{name}-{self.suffix}.png"
        image.save(path, optimize=True)
        if path.stat().st_size > LARGEST:  # gradients: fewer colours, mixed by eye
            image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} kB", flush=True)

    def shoot(self, ticket_id: int) -> None:
        names = ("sign-in", "queue", "ticket", "board", "game")
        shots = dict(zip(names, (self.sign_in, self.queue, self.ticket, self.board, self.game), strict=True))
        for name, shot in shots.items():
            if not self.wanted or f"{name}-{self.suffix}" in self.wanted:
                shot(ticket_id)

    def workspace(self, login: str) -> Workspace:
        window = Workspace(self.desk, self.browser.new_context(**self.options), login)  # type: ignore[arg-type]
        self.desk.colleague(login).call("PATCH", "/me", {"locale": self.options["locale"]})
        return window

    def sign_in(self, _: int) -> None:
        page = self.browser.new_context(**self.options).new_page()  # type: ignore[arg-type]
        page.goto(self.desk.url)
        expect(page.get_by_test_id("demo-lin")).to_be_visible()
        page.get_by_test_id("demo-lin").click()
        self.take("sign-in", page)
        page.context.close()

    def queue(self, ticket_id: int) -> None:
        window = self.workspace("zhao").go("/tickets/open")
        expect(window.page.locator("[data-testid^=row-]").nth(5)).to_be_visible()
        self.take("queue", window.page)
        window.context.close()

    def ticket(self, ticket_id: int) -> None:
        window = self.workspace("lin").open(ticket_id)
        expect(window.test_id("thumbnail").locator("img")).to_be_visible()
        if self.width > 390:
            expect(window.test_id("player-card").locator("h2").first).to_be_visible()
        self.take("ticket", window.page)
        if self.width == 390:
            window.test_id("toggle-card").click()
            expect(window.test_id("player-card")).to_be_visible()
            self.take("card", window.page)
        window.context.close()

    def board(self, _: int) -> None:
        window = self.workspace("zhao").go("/board")
        expect(window.test_id("figure-opened")).to_be_visible()
        self.take("board", window.page)
        window.context.close()

    def game(self, ticket_id: int) -> None:
        game = Game(self.desk, self.browser.new_context(**self.options), HIGH_PAYER, self.language)  # type: ignore[arg-type]
        if self.width == 390:
            self.take("scene", game.page)
        game.open_help()
        if self.width == 390:
            self.take("help", game.page)
        game.open_ticket(ticket_id)
        expect(game.frame.locator(".picture img")).to_be_visible()
        self.take("game", game.page)
        game.context.close()


def main(folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="pd-"))
    # Colleagues without a screen stay on duty for as long as the pictures take.
    desk = Desk(home, DEMOGAME_ONLY_CAST="0", PLAYERDESK_VANISH_GRACE_SECONDS="3600")
    try:
        desk.start()
        ticket_id = populate(desk)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            for look in product(("zh", "en"), ("light", "dark"), WIDTHS):
                Camera(desk, browser, folder, look, wanted).shoot(ticket_id)
            browser.close()
    finally:
        desk.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"), sys.argv[2:])
