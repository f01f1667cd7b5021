"""What comes in from outside, at its worst: refused with words or made harmless, never a crash, never kept as it was."""

import json
import unicodedata

import pytest

from tests.channels.given import KEY, ask, asked, error

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
    ticket = await asked(player, sent)
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
    ticket = await asked(player)
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
    ticket = await asked(game.player())
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
