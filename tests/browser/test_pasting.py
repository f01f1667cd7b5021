"""Whatever is on the clipboard: a megabyte of text, a page of Word, a chat of WeChat. And a message in another language."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from playwright.sync_api import expect

from .desk import Desk
from .windows import Workspace
from .working import working

Agents = Callable[..., Workspace]
PLAYER = "sr-000005"
PASTE = """([text, html]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    if (html) data.setData('text/html', html);
    const box = document.querySelector('[data-testid=composer-reply]');
    box.focus();
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    if (box.dispatchEvent(event)) document.execCommand('insertText', false, text);
    return new Promise((done) => requestAnimationFrame(function look() {
        if (box.value || document.querySelector('[data-testid=flood]')) setTimeout(done);
        else requestAnimationFrame(look);
    }));
}"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head>
<meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm; font-family:"等线";} --></style></head><body lang=ZH-CN>
<!--StartFragment--><p class=MsoNormal><b><span style='font-size:14.0pt;font-family:宋体'>补偿方案<o:p></o:p></span></b></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span lang=EN-US>请查看<a href="https://example.com/a">公告</a></span></p>
<ul><li>元宝 300</li><li>改名卡 1 张</li></ul><script>window.pwned=1</script><img src=x onerror=window.pwned=1>
<p class=MsoNormal><a href="javascript:window.pwned=1">点我</a><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"""
WECHAT = """<meta charset='utf-8'><div class="rich_media_content" style="visibility: visible;"><section data-role="outer" style="line-height:2">
<section style="box-sizing:border-box"><p style="white-space:normal"><strong style="color:rgb(255,0,0)">停服公告</strong></p>
<p><span style="font-size:15px">今晚&nbsp;23:00 停服维护</span><br></p><p><em>敬请谅解</em></p></section></section></div>"""


def test_a_megabyte_is_asked_about_and_the_screen_does_not_stop(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    chen = agent("chen").open(desk.ask(PLAYER, "日志很长"))
    much = ("2026-11-22 10:00:00 ERROR 连接断开 code=10054\n" * 25_000)[: 1 << 20]
    rich = "".join(f"<p><b>第 {n} 行</b>：<i>连接断开</i></p>" for n in range(20_000))
    for text, html, bound in ((much, "", 500), (much, rich, 3000)):
        with working(chen.page) as worked:
            chen.page.evaluate(PASTE, [text, html])
            expect(chen.test_id("flood")).to_be_visible()
            taken = worked()
        print(f"a megabyte pasted, {'rich' if html else 'plain'}: {taken:.0f} ms")
        assert taken < bound
        expect(chen.test_id("composer-reply")).to_have_value("")
        chen.test_id("flood").get_by_role("button").last.click()
        expect(chen.test_id("flood")).to_have_count(0)
    chen.page.evaluate(PASTE, [much, ""])
    chen.test_id("flood-attach").click()
    expect(chen.page.get_by_text(".txt")).to_be_visible()
    chen.test_id("composer-reply").fill("日志见附件")
    chen.test_id("send").click()
    expect(chen.test_id("timeline").get_by_role("link").filter(has_text=".txt")).to_be_visible(timeout=15_000)


def test_what_word_and_wechat_bring_along_is_left_behind(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    chen = agent("chen").open(desk.ask(PLAYER, "粘贴"))
    box = chen.test_id("composer-reply")
    chen.page.evaluate(PASTE, ["补偿方案", WORD])
    expect(box).to_have_value("**补偿方案**\n\n请查看[公告](https://example.com/a)\n\n- 元宝 300\n- 改名卡 1 张\n\n点我")
    box.fill("")
    chen.page.evaluate(PASTE, ["停服公告", WECHAT])
    expect(box).to_have_value("**停服公告**\n\n今晚 23:00 停服维护\n\n*敬请谅解*")
    assert chen.page.evaluate("window.pwned ?? null") is None


@contextmanager
def translator(port: int) -> Iterator[list[dict[str, str]]]:
    """A service of the company that answers as LibreTranslate does."""
    asked: list[dict[str, str]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps({"translatedText": "我的账号登录不了", "detectedLanguage": {"language": "en"}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", port), Answers)
    working = threading.Thread(target=server.serve_forever)
    working.start()
    try:
        yield asked
    finally:
        server.shutdown()
        working.join()
        server.server_close()


def test_a_message_is_read_in_ones_own_language(desk: Desk, agent: Agents) -> None:
    desk.colleague("chen").be("online")
    chen = agent("chen").open(desk.ask(PLAYER, "I cannot sign in"))
    message = chen.messages().first
    chen.act_on(message, "translate")
    # Nobody there: she is told what failed, and the words stay as they are.
    expect(chen.test_id("notice").filter(has_text="翻译服务暂时没有回应")).to_be_visible()
    expect(message).to_contain_text("I cannot sign in")
    with translator(desk.translator) as asked:
        chen.act_on(message, "translate")
        expect(message).to_contain_text("我的账号登录不了")
        chen.test_id("translated").click()
        expect(message).to_contain_text("I cannot sign in")
        chen.test_id("translated").click()
        expect(message).to_contain_text("我的账号登录不了")
    # Asked once, then only switched.
    assert [(one["q"], one["target"]) for one in asked] == [("I cannot sign in", "zh")]
