"""One box over tickets, players and colleagues: what is found, by whom, and what nonsense is answered with."""

import json

import pytest

from playerdesk.players.search import index_players
from playerdesk.tickets.search.indexing import index_news
from tests.app.desk import AGame, AnAgent, RunningDesk
from tests.given import number


async def indexed(desk: RunningDesk) -> None:
    while await index_news(desk.database) or await index_players(desk.database):
        pass


async def find(agent: AnAgent, text: str, **more):
    return await agent.post("/search", {"text": text, **more}, 200)


def ids(found) -> list[int]:
    return [each["row"]["id"] for each in found["tickets"]]


def shown(found) -> str:
    """The first fragment, with the hits in brackets."""
    return "".join(f"[{part['text']}]" if part["hit"] else part["text"] for part in found["tickets"][0]["hits"][0]["parts"])


async def test_what_was_said_is_found_by_one_or_two_characters_words_and_numbers(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    ticket = await game.player().ask("充值６４８元没到账，订单 GP-20261122-7788，很着急")
    await agent.reply(ticket["id"], "您好，Refunding the purchase now")
    await indexed(desk)
    for text in ("急", "着急", "没到账", "648", "gp-20261122-7788", "GP 2026", "refunding", "refun", "purch", "订单 急"):
        assert ids(await find(agent, text)) == [ticket["id"]], text
    for text in ("到没", "48", "refunded", "龘", "急订"):
        assert ids(await find(agent, text)) == [], text
    assert shown(await find(agent, "着急")) == "充值６４８元没到账，订单 GP-20261122-7788，很[着急]"
    assert shown(await find(agent, "648")) == "充值[６４８]元没到账，订单 GP-20261122-7788，很着急"
    assert shown(await find(agent, "purch")) == "您好，Refunding the [purchase] now"


async def test_notes_solutions_and_names_are_found_and_the_newest_comes_first(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    first = await game.player(name="凌波微步", role="r1", character="夜雨").ask("第一张单子")
    second = await game.player(name="凌波仙子").ask("第二张单子")
    await agent.post(f"/tickets/{first['id']}/notes", {"body": "内部：疑似代充", "clientKey": "n1"})
    await agent.post(f"/tickets/{first['id']}/resolve", {"solution": "补发星钻礼包", "baseSeq": 99})
    await indexed(desk)
    assert ids(await find(agent, "凌波")) == [first["id"], second["id"]]
    assert ids(await find(agent, "单子")) == [second["id"], first["id"]]
    for text in ("代充", "星钻", "夜雨", "凌波微步 单子", "微步 星钻"):
        assert ids(await find(agent, text)) == [first["id"]], text


async def test_a_number_opens_its_ticket(desk: RunningDesk, game: AGame, other_game: AGame):
    agent, stranger = await game.agent(brand_ids=(game.id,)), await other_game.agent(brand_ids=(other_game.id,))
    ticket = await game.player().ask()
    assert (await find(agent, f"#{ticket['id']}"))["direct"]["id"] == ticket["id"]
    assert (await find(agent, str(ticket["id"])))["direct"]["id"] == ticket["id"]
    assert (await find(stranger, str(ticket["id"])))["direct"] is None


async def test_nobody_finds_what_is_not_hers_to_see(desk: RunningDesk, game: AGame, other_game: AGame):
    agent, stranger = await game.agent(brand_ids=(game.id,)), await other_game.agent(brand_ids=(other_game.id,))
    ticket = await game.player("acc-hidden", name="隐身侠客", role="r9", character="隐身角色").ask("一句悄悄话")
    await indexed(desk)
    for text in ("悄悄", "隐身", "话"):
        assert ids(await find(agent, text)) == [ticket["id"]]
        theirs = await find(stranger, text)
        assert theirs["tickets"] == []
        assert theirs["players"] == []
    assert (await stranger.post("/search/count", {"text": "悄悄"}, 200)) == {"hits": 0, "more": False}
    assert (await agent.post("/search/count", {"text": "悄悄"}, 200)) == {"hits": 1, "more": False}


async def test_players_are_found_by_name_sound_character_and_account(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    account = f"acc-{number()}-zz"
    await game.player(account, name="重庆剑客", role="role-77", character="红尘客栈").get("/tickets")
    await indexed(desk)
    for text in ("剑客", "剑", "cqjk", "CQJ", "zhongqing", "hckz", account, "role-77", "红尘客"):
        assert [each["name"] for each in (await find(agent, text))["players"]] == ["重庆剑客"], text
    assert (await find(agent, "jkcq"))["players"] == []


async def test_a_phone_number_finds_its_player_only_for_those_who_may_read_it(desk: RunningDesk, game: AGame):
    agent, lead = await game.agent(), await game.agent(roles=("lead",))
    await game.player("acc-phone", name="机主").get("/tickets")
    async with desk.database.transaction() as tx:
        player_id = await tx.value("SELECT id FROM players.player WHERE name = '机主'")
        await tx.execute(
            "INSERT INTO players.identity (player_id, kind, issuer, value) VALUES ($1, 'phone', '', '13812348000'),"
            " ($1, 'email', '', 'ji.zhu@example.com')", player_id,
        )
    await indexed(desk)
    for text in ("1381234", "138 1234 8000", "ji.zhu@example.com", "JI.ZHU@"):
        assert [each["id"] for each in (await find(lead, text))["players"]] == [player_id], text
        assert (await find(agent, text))["players"] == [], text
    (seen,) = (await find(agent, "机主"))["players"]
    assert {each["kind"]: each["value"] for each in seen["identities"] if each["kind"] != "game_account"} == {
        "phone": "138****8000", "email": "j****@example.com",
    }


async def test_colleagues_are_found_by_name_login_and_sound(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET name = '林若曦' WHERE id = $1", agent.id)
        login = await tx.value("SELECT login FROM staff.person WHERE id = $1", agent.id)
    for text in ("林", "若曦", "lrx", "linruo", login):
        assert agent.id in [each["id"] for each in (await find(agent, text))["people"]], text
    assert (await find(agent, "xrl"))["people"] == []


@pytest.mark.parametrize("text", [
    "", "   ", "，。！？、", "!!! ??? ...", "'; DROP TABLE tickets.search; --", "a & b | !c <-> d:*", "(((", "\\' :* §b1 §c0",
    "😀🎮", "👨‍👩‍👧‍👦 家", "a\x00b\x01\x1f", "\u202e反\u200b转", "%_%", "\ud83d", "'" * 200, "的" * 200, "&" * 200, "a:*", "\u0301" * 50,
    "é" * 200, "ﷺ" * 100,
])
async def test_nonsense_is_answered_calmly(desk: RunningDesk, game: AGame, text: str):
    agent = await game.agent()
    answer = await agent.http.post("/search", content=json.dumps({"text": text}))
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert answer.json()["tickets"] == []


async def test_a_pasted_page_is_refused_with_what_to_do(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    refused = await agent.post("/search", {"text": "长" * 5000}, 422)
    assert refused["error"]["code"] == "query_too_long"
    assert "200" in refused["error"]["message"]


async def test_marks_of_the_index_cannot_be_typed(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    await game.player().ask("普通的一句话")
    await indexed(desk)
    for text in ("§b1", "§f0", "§c0"):
        assert ids(await find(agent, text)) == []


async def test_words_and_conditions_narrow_together(desk: RunningDesk, game: AGame):
    agent = await game.agent()
    open_one, solved = await game.player().ask("掉线严重一号"), await game.player().ask("掉线严重二号")
    await agent.post(f"/tickets/{solved['id']}/resolve", {"solution": "已修复", "baseSeq": 99})
    await indexed(desk)
    def status(value: str) -> dict:
        return {"all": [{"field": "status", "is": value}, {"field": "brand", "is": game.id}]}

    assert ids(await find(agent, "掉线严重")) == [solved["id"], open_one["id"]]
    assert ids(await find(agent, "掉线严重", condition=status("resolved"))) == [solved["id"]]
    assert ids(await find(agent, "", condition=status("resolved"))) == [solved["id"]]
    assert ids(await find(agent, "掉线严重", condition=status("closed"))) == []
    assert ids(await find(agent, "", attachments=True, condition=status("resolved"))) == []
    assert (await agent.post("/search/count", {"text": "掉线", "condition": status("resolved")}, 200))["hits"] == 1
    refused = await agent.post("/search", {"text": "掉线", "condition": {"field": "nonsense", "is": 1}}, 422)
    assert refused["error"]["code"] == "bad_condition"
    refused = await agent.post("/search", {"text": "掉线", "zone": "Mars/Olympus", "condition": {"field": "created", "after": "today"}}, 422)
    assert refused["error"]["fields"]["zone"]


async def test_pages_follow_each_other_without_gap_or_double(desk: RunningDesk, game: AGame):
    agent = await game.agent(brand_ids=(game.id,))
    wanted = [(await game.player().ask(f"翻页测试第{turn}张"))["id"] for turn in range(45)][::-1]
    await indexed(desk)
    seen, before = [], None
    while True:
        page = await find(agent, "翻页测试", before=before)
        seen += ids(page)
        before = page["next"]
        if before is None:
            break
    assert seen == wanted


async def test_a_slow_search_keeps_no_reply_waiting(desk: RunningDesk, game: AGame, monkeypatch):
    """All connections of the searches are asleep; replies go on, and one more search is told to come back."""
    import asyncio

    from playerdesk.app import search as searching

    agent = await game.agent()
    ticket = await game.player().ask()
    pool = desk.server.search_database

    async def sleep():
        async with pool.reading() as reader:
            with pytest.raises(searching.TooSlow):
                await reader.value("SELECT pg_sleep(30)")

    monkeypatch.setattr(searching, "WAIT_SECONDS", 0.3)
    asleep = [asyncio.create_task(sleep()) for _ in range(4)]
    await asyncio.sleep(0.2)
    began = asyncio.get_running_loop().time()
    await agent.reply(ticket["id"], "马上为您处理")
    assert asyncio.get_running_loop().time() - began < 1
    busy = await agent.post("/search", {"text": "处理"}, 429)
    assert busy["error"]["code"] == "search_busy"
    async with asyncio.timeout(10):
        await asyncio.gather(*asleep)  # cut off by the server at the timeout of the pool
    assert (await find(agent, "处理"))["understood"]
