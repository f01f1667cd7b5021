"""What comes in from outside, at its worst: refused with words or made harmless, never a crash, never kept as it was."""

import asyncio
import io
import json
import time
import unicodedata
import zipfile

import httpx
import jwt
import pytest
from PIL import Image

from playerdesk.brands import make_game_token
from tests.given import number

KEY = {"Idempotency-Key": "k"}


def error(answer, status):
    assert answer.status_code == status, answer.text
    found = answer.json()["error"]
    assert found["message"]
    assert found["requestId"]
    assert "Traceback" not in answer.text
    assert "asyncpg" not in answer.text
    return found


async def ask(player, body="充值648元没到账", **changes):
    changes = {"category": "other", "body": body, "clientKey": f"b-{number()}", **changes}
    return await player.http.post("/tickets", json=changes)


# -- tokens

@pytest.mark.parametrize("how", ["expired", "forged", "wrong brand", "from the future", "too long lived", "no algorithm",
                                 "another's key id", "without a subject", "rubbish", "endless"])
async def test_a_token_that_proves_nothing_opens_nothing_and_says_why_in_both_languages(game, other_game, how):
    at = int(time.time())
    claims = {"iss": game.key, "sub": "mei", "iat": at, "exp": at + 3600}
    key, kid, algorithm = game.secret, game.kid, "HS256"
    match how:
        case "expired":
            claims |= {"iat": at - 100, "exp": at - 1}
        case "forged":
            key = "x" * 40
        case "wrong brand":
            claims["iss"] = other_game.key
        case "from the future":
            claims |= {"iat": at + 3600, "exp": at + 7200}
        case "too long lived":
            claims["exp"] = at + 90_000
        case "no algorithm":
            key, algorithm = None, "none"
        case "another's key id":
            kid = other_game.kid
        case "without a subject":
            del claims["sub"]
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})
    token = {"rubbish": "a.b.c", "endless": "x" * 100_000}.get(how, token)
    said = set()
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        for language in ("zh-CN", "en"):
            headers = {"Authorization": f"Bearer {token[:60_000]}", "Accept-Language": language}
            answer = await http.get("/player/v1/session", headers=headers)
            said.add(error(answer, 401)["message"])
    assert len(said) == 2


async def test_a_signed_request_of_a_game_is_good_once_and_for_its_own_body(game):
    body = b'{"records": []}'
    token = make_game_token(game.key, game.kid, game.secret, body=body)
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        async def send(token, content):
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            return await http.post("/game/v1/batch", content=content, headers=headers)

        other = make_game_token(game.key, game.kid, game.secret, body=body)
        assert error(await send(other, b'{"records": [1]}'), 401)["code"] == "token_body_mismatch"
        answers = await asyncio.gather(*(send(token, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert {a.json()["error"]["code"] for a in answers if a.status_code == 401} == {"token_replayed"}


async def test_a_player_s_token_sent_again_is_still_the_same_player(game):
    token = game.token("mei")
    one, two = game.player("mei"), game.player("mei")
    one.http.headers["Authorization"] = two.http.headers["Authorization"] = f"Bearer {token}"
    asked = (await ask(one)).json()["id"]
    assert (await two.get(f"/tickets/{asked}"))["ticket"]["id"] == asked


async def test_clocks_that_differ_a_little_are_forgiven(game):
    at = int(time.time())
    player = game.player(iat=at + 30, exp=at + 3000)
    assert (await player.http.get("/session")).status_code == 200


async def test_another_player_s_ticket_does_not_exist(game, other_game):
    ticket = (await ask(game.player())).json()["id"]
    for stranger in (game.player(), other_game.player()):
        for method, path, body in (
            ("GET", "", None), ("GET", "/messages", None), ("GET", "/place", None), ("POST", "/read", {"number": 1}),
            ("POST", "/messages", {"body": "x", "clientKey": "x"}), ("POST", "/rating", {"score": 5}), ("POST", "/reopen", {}),
            ("POST", "/leave", {}), ("POST", "/nudge", {}),
        ):
            answer = await stranger.http.request(method, f"/tickets/{ticket}{path}", json=body)
            assert error(answer, 404)["code"] == "no_such_ticket", f"{method} {path}"


# -- text

@pytest.mark.parametrize(("size", "status"), [(5000, 201), (5001, 422), (10 << 20, 422), (11 << 20, 413)])
async def test_text_has_an_end(game, size, status):
    player = game.player()
    answer = await ask(player, "字" * size if size < 1 << 20 else "x" * size)
    if status == 201:
        assert answer.status_code == 201
    else:
        fields = error(answer, status)["fields"]
        assert status == 413 or list(fields) == ["body"]
    assert (await ask(player)).status_code == 201


@pytest.mark.parametrize(("sent", "kept"), [
    ("充值\x00没\x07到账", "充值没到账"),
    ("正常\u202e反着读\u202c", "正常反着读"),
    ("零\u200b宽\u2060字\ufeff符", "零宽字符"),
    ("第一行\r\n第二行\u2028第三行", "第一行\n第二行\n第三行"),
    ("é" + "\u0301" * 40, unicodedata.normalize("NFC", "é\u0301\u0301\u0301")),
    ("一家人👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽❤️‍🔥🇨🇳", "一家人👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽❤️‍🔥🇨🇳"),
    ("<script>alert(1)</script> ${7*7} {{7*7}} ' OR 1=1 --", "<script>alert(1)</script> ${7*7} {{7*7}} ' OR 1=1 --"),
    ("藏\U000e0041\U000e0042字", "藏字"),
], ids=["controls", "right to left", "zero width", "line ends", "tower of marks", "emoji", "code", "tags"])
async def test_text_is_made_harmless_and_otherwise_left_alone(game, sent, kept):
    player, agent = game.player(), await game.agent()
    ticket = (await ask(player, sent)).json()["id"]
    await player.say(ticket, sent)
    await agent.reply(ticket, sent)
    await agent.post(f"/tickets/{ticket}/notes", {"body": sent, "clientKey": "n"})
    bodies = [m["body"] for m in (await player.get(f"/tickets/{ticket}"))["messages"]]
    assert bodies == [kept] * 3
    entries = (await agent.get(f"/tickets/{ticket}"))["entries"]
    assert [e["body"] for e in entries if e["kind"] != "change"] == [kept] * 4
    resolved = await agent.post(f"/tickets/{ticket}/resolve", {"solution": sent})
    assert resolved["status"] == "resolved"


@pytest.mark.parametrize("body", ["", " \n\t", "\u200b\u200b", "\x00", "\u202e"])
async def test_a_message_of_nothing_visible_is_refused_at_its_field(game, body):
    player = game.player()
    assert list(error(await ask(player, body), 422)["fields"]) == ["body"]


@pytest.mark.parametrize("content", [
    b"", b"{", b"null", b"[]", b"5", b'"x"', b'{"category": 5, "body": []}', b"\xff\xfe{}", b'{"body": "\xed\xa0\x80"}',
    b'{"category": "other", "body": "\\ud800"}', b'{"category"' + b"[" * 100_000, b'{"category": "other"', b"\x00",
    b'{"category": "other", "body": "x", "fields": 7}', b'{"category": "other", "body": "x", "attachments": {"a": 1}}',
    b'{"category": "other", "body": "x", "live": "perhaps"}', b"--boundary\r\n",
], ids=range(17))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_body_that_is_no_json_or_not_the_right_one_gets_words(game, content, language):
    player = game.player()
    answer = await player.http.post(
        "/tickets", content=content, headers={"Content-Type": "application/json", "Accept-Language": language, **KEY}
    )
    found = error(answer, 422)
    assert found["fields"]
    assert any("\u4e00" <= c <= "\u9fff" for c in found["message"]) == (language == "zh-CN")


@pytest.mark.parametrize("path", ["/tickets/99999999999999999999", "/tickets/-1", "/tickets/0", "/tickets/1e5", "/tickets/%00",
                                  "/tickets/١", "/tickets/1%00/messages"])
async def test_an_odd_number_is_a_ticket_that_is_not_there(game, path):
    answer = await game.player().http.get(path)
    assert answer.status_code in (404, 422), answer.text
    assert error(answer, answer.status_code)["message"]


@pytest.mark.parametrize(("path", "body"), [
    ("/read", {"number": 10**30}), ("/read", {"number": -5}), ("/read", {}), ("/read", {"number": "x"}),
    ("/rating", {"score": 10**30}), ("/rating", {"score": 5, "comment": "\x00" * 5}), ("/rating", {"score": 5, "reasons": ["\x00"]}),
    ("/messages", {"body": "x", "clientKey": "\x00"}), ("/messages", {"body": "x", "clientKey": "k" * 65}),
    ("/messages", {"body": "x"}), ("/messages", {"body": "x", "clientKey": "k", "attachments": ["\x00", "../../etc"]}),
    ("/messages", {"body": "x", "clientKey": "k", "attachments": ["a"] * 7}), ("/messages?after=x", {}),
    ("/reopen", {"body": "\x00"}),
], ids=str)
async def test_odd_values_never_break_the_desk(game, path, body):
    player = game.player()
    ticket = (await ask(player)).json()["id"]
    answer = await player.http.post(f"/tickets/{ticket}{path}", json=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert error(answer, answer.status_code)["message"]


@pytest.mark.parametrize(("method", "path", "body"), [
    ("GET", "/tickets?channel=%00", None), ("GET", "/tickets?queue=99999999999999999999&view=queue", None),
    ("GET", "/tickets?limit=-5", None), ("GET", "/tickets?limit=x", None), ("GET", "/tickets?view=%00", None),
    ("GET", "/tickets?after=%00", None), ("GET", "/tickets?view=player&player=" + "9" * 30, None),
    ("GET", "/tickets/99999999999999999999", None), ("GET", "/players/99999999999999999999", None),
    ("GET", "/tickets/T/entries?since=99999999999999999999", None), ("GET", "/board?brand=²", None),
    ("GET", "/board?brand=99999999999999999999", None), ("GET", "/tickets?view=drill&metric=%00&day=2026-11-22", None),
    ("POST", "/tickets/T/read", {"seq": 10**30}), ("POST", "/tickets/T/replies", {"body": "x\x00", "clientKey": "\x00", "baseSeq": 1}),
    ("POST", "/tickets/T/replies", {"body": "x", "clientKey": "k" * 5000, "baseSeq": 1}),
    ("POST", "/tickets/T/replies", {"body": "x", "clientKey": "", "baseSeq": 1}),
    ("POST", "/tickets/T/replies", {"body": "x", "clientKey": "k", "baseSeq": 10**30}),
    ("POST", "/tickets/T/notes", {"body": "\ud800x", "clientKey": "k"}),
    ("POST", "/tickets/T/assign", {"personId": 10**30}), ("POST", "/tickets/T/hand-off", {"queueId": 10**30, "note": "\x00"}),
    ("PATCH", "/tickets/T", {"categoryId": 10**30}), ("PATCH", "/tickets/T", {"priority": 9}), ("PATCH", "/tickets/T", {"status": "gone"}),
    ("POST", "/tickets/T/resolve", {"solution": "\x00"}), ("POST", "/tickets/T/resolve", {"solution": "字" * 2001}),
    ("POST", "/tickets/T/resolve", {}), ("PUT", "/me/presence", {"state": "\x00"}),
], ids=str)
async def test_the_workspace_s_own_routes_hold_too(game, method, path, body):
    agent = await game.agent(roles=("agent", "lead"))
    ticket = (await ask(game.player())).json()["id"]
    content = None if body is None else json.dumps(body).encode()
    answer = await agent.http.request(
        method, path.replace("T/", f"{ticket}/") if not path.endswith("/T") else path[:-1] + str(ticket),
        content=content, headers={"Content-Type": "application/json"},
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert error(answer, answer.status_code)["message"]
    assert (await agent.get(f"/tickets/{ticket}"))["ticket"]["id"] == ticket


# -- forms

async def test_a_missing_required_field_is_named_in_the_language_of_the_player(game):
    player = game.player()
    said = {}
    for language in ("zh-CN", "en"):
        answer = await player.http.post(
            "/tickets", json={"category": "recharge", "body": "没到账", "fields": {}}, headers={"Accept-Language": language, **KEY}
        )
        said[language] = error(answer, 422)["fields"]
    assert said == {"zh-CN": {"amount": "请填写这一项。"}, "en": {"amount": "Please fill this in."}}


async def test_fields_that_were_not_taken_are_reported_and_the_question_is_taken(game):
    player = game.player()
    fields = {"amount": "¥648", "order": "x" * 201, "favourite": "red", "\x00": 1}
    answer = await ask(player, category="recharge", fields=fields)
    assert answer.status_code == 201, answer.text
    assert set(answer.json()["rejected"]) == {"order", "favourite", "\x00"}
    async with game.desk.database.reading() as reader:
        kept = await reader.value("SELECT fields FROM tickets.ticket WHERE id = $1", answer.json()["id"])
    assert kept == {"amount": 64800}


async def test_an_unknown_problem_type_and_a_missing_key_are_named(game):
    player = game.player()
    assert list(error(await ask(player, category="nonsense"), 422)["fields"]) == ["category"]
    assert list(error(await ask(player, category="\x00"), 422)["fields"]) == ["category"]
    assert list(error(await ask(player, clientKey=""), 422)["fields"]) == ["clientKey"]
    assert list(error(await ask(player, clientKey="k" * 65), 422)["fields"]) == ["clientKey"]


# -- sent twice

async def test_a_double_click_opens_one_ticket_and_is_answered_twice(game):
    player = game.player()
    first = await ask(player, clientKey="click")
    again = await ask(player, clientKey="click")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert error(await ask(player, "别的问题", clientKey="click"), 409)["code"] == "key_reused"


async def test_ten_at_once_with_one_key_open_one_ticket(game):
    player = game.player()
    body = {"category": "other", "body": "充值没到账"}
    answers = await asyncio.gather(
        *(player.http.post("/tickets", json=body, headers={"Idempotency-Key": "ten"}) for _ in range(10))
    )
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert len((await player.get("/tickets"))["tickets"]) == 1


async def test_ten_at_once_with_one_key_post_one_message(game):
    player = game.player()
    ticket = (await ask(player)).json()["id"]
    answers = await asyncio.gather(*(
        player.http.post(f"/tickets/{ticket}/messages", json={"body": "在吗", "clientKey": "ten"}) for _ in range(10)
    ))
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len((await player.get(f"/tickets/{ticket}"))["messages"]) == 2


async def test_an_agent_s_reply_sent_twice_is_there_once(game):
    player, agent = game.player(), await game.agent()
    ticket = (await ask(player)).json()["id"]
    body = {"body": "您好", "baseSeq": 1, "clientKey": "twice"}
    first = await agent.http.post(f"/tickets/{ticket}/replies", json=body)
    again = await agent.http.post(f"/tickets/{ticket}/replies", json=body)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())


async def test_a_stale_reply_comes_back_with_what_was_missed(game):
    player, agent = game.player(), await game.agent()
    ticket = (await ask(player)).json()["id"]
    await player.say(ticket, "等等，到账了")
    body = {"body": "请发截图", "baseSeq": 1, "clientKey": "stale"}
    refused = error(await agent.http.post(f"/tickets/{ticket}/replies", json=body), 409)
    assert (refused["code"], [m["body"] for m in refused["missed"]]) == ("stale_reply", ["等等，到账了"])
    forced = await agent.http.post(f"/tickets/{ticket}/replies", json={**body, "force": True})
    assert forced.status_code == 201


# -- files

def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, kind)
    return out.getvalue()


async def send_file(player, name, content):
    return await player.http.post("/files", files={"file": (name, content, "image/png")})


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.exe", b"MZ" + b"\x00" * 100)
    return out.getvalue()


@pytest.mark.parametrize(("name", "content", "status"), [
    ("empty.png", b"", 422), ("page.png", b"<html><script>alert(1)</script>", 422), ("x.svg", b"<svg onload='alert(1)'/>", 422),
    ("x.exe", b"MZ" + b"\x00" * 200, 422), ("x.png", archive(), 422), ("half.png", picture()[:40], 422),
    ("huge.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * (50 << 20), 413), ("../../etc/passwd.png", picture(), 201),
    ("充值\u202egnp.png", picture(), 201), ("x" * 400 + ".png", picture(), 201),
], ids=["empty", "html", "svg", "program", "archive", "half", "50 MB", "path", "rtl name", "long name"])
async def test_a_file_is_what_it_is_and_not_what_it_says(game, name, content, status):
    answer = await send_file(game.player(), name, content)
    assert answer.status_code == status, answer.text
    if status == 201:
        info = answer.json()
        assert len(info["name"]) <= 255
        assert "/" not in info["name"]
        assert "\u202e" not in info["name"]
    else:
        assert "file" in error(answer, status)["fields"] or status == 413


async def test_a_picture_that_is_a_page_as_well_is_rewritten(game):
    polyglot = picture() + b"<script>alert(document.domain)</script><!--"
    player = game.player()
    info = (await send_file(player, "cat.png", polyglot)).json()
    async with httpx.AsyncClient(base_url=game.desk.address) as http:
        served = await http.get(info["url"])
    assert b"script" not in served.content
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"].startswith("nosniff")
    assert "sandbox" in served.headers["content-security-policy"]


async def test_nobody_attaches_another_s_file(game):
    one, other, agent = game.player(), game.player(), await game.agent()
    info = (await send_file(one, "cat.png", picture())).json()
    ticket = (await ask(other)).json()["id"]
    for player, path, body in (
        (other, "/tickets", {"category": "other", "body": "x", "clientKey": "f"}),
        (other, f"/tickets/{ticket}/messages", {"body": "x", "clientKey": "f"}),
        (agent, f"/tickets/{ticket}/replies", {"body": "x", "clientKey": "f", "baseSeq": 1}),
    ):
        answer = await player.http.post(path, json={**body, "attachments": [info["id"]]})
        assert list(error(answer, 422)["fields"]) == ["attachments"]
    own = await ask(one, "", attachments=[info["id"]])
    assert own.status_code == 201
    shown = (await one.get(f"/tickets/{own.json()['id']}"))["messages"][0]["attachments"][0]
    assert (shown["id"], shown["name"], shown["width"]) == (info["id"], "cat.png", 32)
