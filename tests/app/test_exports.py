"""Tickets as a file: what is in it, for whom, what it leaves in the trace, and that it needs no memory however long it is."""

import asyncio
import csv
import io
import json
import resource
import time
import xml.etree.ElementTree as ET
import zipfile
from contextlib import aclosing

import httpx
import pytest

from playerdesk.app.listing import BUILT_IN
from playerdesk.app.searching import export_pool
from playerdesk.kernel import now
from playerdesk.kernel.conditions import Asking, fix, read
from playerdesk.kernel.finding import understand
from playerdesk.players.search import index_players
from playerdesk.staff import Scope
from playerdesk.tickets import Walk, ticket_fields
from playerdesk.tickets.exports.columns import COLUMNS, sheet_of
from playerdesk.tickets.exports.files import as_csv, as_xlsx, tame
from playerdesk.tickets.exports.rows import rows_of
from playerdesk.tickets.search.indexing import index_news
from playerdesk.tickets.search.windows import Narrow
from tests.app.desk import AGame, AnAgent, RunningDesk

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


async def indexed(desk: RunningDesk) -> None:
    while await index_news(desk.database) or await index_players(desk.database):
        pass


async def ask(agent: AnAgent, question=None, columns=("id", "subject"), format="csv", status=201):
    return await agent.post("/exports", {"question": question or {}, "columns": list(columns), "format": format}, status)


async def fetch(agent: AnAgent, export) -> bytes:
    answer = await agent.http.get(f"/exports/{export['id']}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


async def lines(agent: AnAgent, question=None, columns=("id", "subject")) -> list[list[str]]:
    content = await fetch(agent, await ask(agent, question, columns))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def of(game: AGame):
    return {"condition": {"field": "brand", "is": game.id}}


async def test_a_view_and_what_a_search_finds_go_into_a_file(desk: RunningDesk, game: AGame):
    lead = await game.agent(roles=("lead",))
    first = await game.player(name="导出侠").ask("蓝屏死机了一次", category="recharge", fields={"amount": 64800, "order": "A-1"})
    second = await game.player(name="另一人").ask("死机又蓝屏")
    await indexed(desk)
    got = await lines(lead, of(game), ("id", "player", "status", "category", "queue", "field.amount", "field.order"))
    assert got[0] == ["单号", "玩家", "状态", "分类", "队列", "金额", "订单"]
    assert got[1:] == [
        [str(second["id"]), "另一人", "新建", "其他", "充值", "", ""],
        [str(first["id"]), "导出侠", "新建", "充值", "充值", "64800", "A-1"],
    ]
    # The runs of a search count here as well: 蓝屏死机 stands in one of them only.
    assert [row[0] for row in await lines(lead, of(game) | {"text": "蓝屏死机"})] == ["单号", str(first["id"])]
    assert [row[0] for row in await lines(lead, of(game) | {"text": "死机"})] == ["单号", str(second["id"]), str(first["id"])]


@pytest.mark.parametrize("view", sorted(BUILT_IN))
async def test_the_file_of_a_list_has_the_rows_of_the_list(desk: RunningDesk, game: AGame, view: str):
    lead = await game.agent(roles=("lead",))
    tickets = [(await game.player().ask(f"列表{n}"))["id"] for n in range(8)]
    async with desk.database.transaction() as tx:
        for n, change in enumerate((
            "assignee_id = $2", "status = 'pending', assignee_id = $2", "status = 'resolved', resolved_at = now(), assignee_id = $2",
            "escalated_at = now()", "status = 'hold', snoozed_until = now() + interval '1 day'", "status = 'closed', resolved_at = now(), escalated_at = now()",
        )):
            await tx.execute(f"UPDATE tickets.ticket SET {change} WHERE id = $1 AND $2::bigint > 0", tickets[n], lead.id)  # type: ignore[arg-type]
        queue = await tx.value("SELECT queue_id FROM tickets.ticket WHERE id = $1", tickets[7])
    where = json.dumps({"field": "brand", "is": game.id})
    narrow = {"queue": queue} if view == "queue" else {}
    listed = await lead.get("/tickets", view=view, where=where, **narrow)
    assert listed["rows"]
    got = await lines(lead, {"wholeList": {"view": view, "where": where, **narrow}})
    assert sorted(int(row[0]) for row in got[1:]) == sorted(row["id"] for row in listed["rows"])


async def test_a_saved_view_goes_into_a_file_for_those_alone_who_have_it(desk: RunningDesk, game: AGame):
    lead, other = await game.agent(roles=("lead",)), await game.agent(roles=("lead",))
    one, two = await game.player().ask("芝麻一"), await game.player().ask("绿豆")
    condition = {"all": [{"field": "brand", "is": game.id}, {"field": "subject", "contains": "芝麻"}]}
    view = await lead.post("/views", {"name": "芝麻", "condition": condition, "sort": "created", "clientKey": "file"}, 201)
    question = {"wholeList": {"view": "saved", "saved": view["id"]}}
    assert [row[0] for row in (await lines(lead, question))[1:]] == [str(one["id"])]
    assert [row[0] for row in (await lines(lead, question | of(game)))[1:]] == [str(one["id"])]
    async with desk.database.reading() as reader:
        question["player"] = await reader.value("SELECT player_id FROM tickets.ticket WHERE id = $1", two["id"])
    assert (await lines(lead, question))[1:] == []
    await ask(other, question, status=404)


async def test_what_is_not_hers_to_see_is_not_in_the_file(desk: RunningDesk, game: AGame, other_game: AGame):
    lead = await game.agent(roles=("lead",), brand_ids=(game.id,))
    mine, _ = await game.player().ask(), await other_game.player().ask()
    assert [row[0] for row in await lines(lead)][1:] == [str(mine["id"])]


async def test_an_agent_may_not_export_and_nobody_takes_anothers_file(desk: RunningDesk, game: AGame):
    agent, lead, other = await game.agent(), await game.agent(roles=("lead",)), await game.agent(roles=("lead",))
    await ask(agent, status=403)
    export = await ask(lead, of(game))
    assert (await other.http.get(f"/exports/{export['id']}/file")).status_code == 404
    assert (await other.http.get(f"/exports/{export['id']}")).status_code == 404
    await fetch(lead, export)
    assert (await lead.http.get(f"/exports/{export['id']}/file")).status_code == 409, "once"


async def test_personal_data_is_masked_by_permission(desk: RunningDesk, game: AGame):
    lead = await game.agent(roles=("lead",))
    ticket = await game.player().ask()
    async with desk.database.transaction() as tx:
        player = await tx.value("SELECT player_id FROM tickets.ticket WHERE id = $1", ticket["id"])
        await tx.execute(
            "INSERT INTO players.identity (player_id, kind, issuer, value) VALUES ($1, 'phone', 'p', '13912348000'),"
            " ($1, 'email', 'e', 'long.name@example.com')", player,
        )
    assert (await lines(lead, of(game), ("phone", "email")))[1] == ["13912348000", "long.name@example.com"]
    async with desk.database.reading() as reader:
        sheet = await sheet_of(reader, ["phone", "email"], "zh", "UTC", frozenset({"tickets.export"}))
    batches = rows_of(desk.database, sheet, understand(""), Scope([game.id]), Narrow())
    assert [row async for batch in batches for row in batch] == [["139****8000", "l****@example.com"]]


async def test_an_export_leaves_a_trace_of_what_and_how_many(desk: RunningDesk, game: AGame):
    lead = await game.agent(roles=("lead",))
    await game.player().ask()
    export = await ask(lead, of(game), ("id", "phone"))
    await fetch(lead, export)
    assert (await lead.get(f"/exports/{export['id']}"))["state"] == "done"
    async with desk.database.reading() as reader:
        traces = await reader.fetch(
            "SELECT action, actor_id, after FROM audit.trace WHERE kind = 'export' AND object_id = $1 ORDER BY id", str(export["id"])
        )
    assert [(row[0], row[1]) for row in traces] == [("export.asked", lead.id), ("export.ended", lead.id)]
    assert traces[0][2]["columns"] == ["id", "phone"]
    assert traces[0][2]["question"]["condition"] == {"field": "brand", "is": game.id}
    assert traces[1][2] == {"rows": 1, "state": "done"}


@pytest.mark.parametrize(("columns", "question", "code"), [
    (["nonsense"], {}, "no_such_column"), ([], {}, "no_columns"), (["id", "id"], {}, "no_columns"),
    (["id"], {"condition": {"field": "gone", "is": 1}}, "bad_condition"), (["id"], {"text": "长" * 999}, "query_too_long"),
    (["field.'; DROP TABLE x"], {}, "no_such_column"),
])
async def test_what_makes_no_sense_is_said_before_anything_is_written(desk, game, columns, question, code):
    lead = await game.agent(roles=("lead",))
    assert (await ask(lead, question, columns, status=422))["error"]["code"] == code


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(text: str):
    assert tame(text) == f"'{text}"


def test_numbers_and_harmless_texts_stay_as_they_are():
    assert [tame(cell) for cell in (-5, 3.5, None, "a=b", "充值=648", "")] == [-5, 3.5, None, "a=b", "充值=648", ""]


async def _batches(count: int):
    for start in range(0, count, 500):
        yield [[place, f"玩家{place}", "=1+1"] for place in range(start, min(start + 500, count))]


async def test_a_spreadsheet_holds_texts_as_texts_and_goes_on_over_several_sheets():
    content = b"".join([chunk async for chunk in as_xlsx(["单号", "玩家", "公式"], _batches(2500), most=1000)])
    book = zipfile.ZipFile(io.BytesIO(content))
    sheets = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    assert len(sheets) == 3
    rows = [ET.fromstring(book.read(name)).findall(f".//{NS}row") for name in sheets]
    assert [len(each) for each in rows] == [1001, 1001, 501]
    assert b"<f>" not in b"".join(book.read(name) for name in sheets), "no formulas"
    texts = [cell.text for cell in rows[0][1].iter(f"{NS}t")]
    assert texts == ["玩家0", "=1+1"]


async def _many(database, count: int) -> int:
    async with database.transaction() as tx:
        brand = await tx.value("INSERT INTO brands.brand (key, name) VALUES ('many', '{\"zh\": \"多\", \"en\": \"Many\"}') RETURNING id")
        player = await tx.value("INSERT INTO players.player (name) VALUES ('p') RETURNING id")
        await tx.execute(
            "INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, preview, last_message_at, rank_at)"
            " SELECT $1, $2, 'game', '充值没有到账，编号' || g, '玩家' || g, repeat('很长的一段话', 12), now(), now()"
            " FROM generate_series(1, $3::int) g", brand, player, count,
        )
    return brand


def _used() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize(("write", "count", "sort"), [
    pytest.param(as_csv, 200_000, None, id="csv"), pytest.param(as_xlsx, 60_000, None, id="xlsx"),
    pytest.param(as_csv, 40_000, "priority", id="list"),
    pytest.param(as_csv, 400_000, None, id="hundreds of thousands", marks=pytest.mark.slow),
    pytest.param(as_csv, 1_000_000, "last_message", id="list of a million", marks=pytest.mark.slow),
])
async def test_a_very_long_export_needs_no_more_memory_than_a_short_one(fresh_dsn, write, count, sort):
    database = await export_pool(fresh_dsn)
    try:
        brand = await _many(database, count)
        async with database.reading() as reader:
            sheet = await sheet_of(reader, [key for key in COLUMNS if key != "account"], "zh", "Asia/Shanghai", frozenset())
            test = fix(read({"field": "status", "in": ["new", "open"]}, await ticket_fields(reader)), Asking(now=now()))
        walk = None if sort is None else Walk(test=test, scope=Scope([brand]), sort=sort)
        seen, size, after_a_tenth = 0, 0, 0

        async def counted(batches):
            nonlocal seen, after_a_tenth
            async for batch in batches:
                seen += len(batch)
                if not after_a_tenth and seen > count / 10:
                    after_a_tenth = _used()
                yield batch

        async with aclosing(rows_of(database, sheet, understand(""), Scope([brand]), Narrow(), walk)) as batches:
            async for chunk in write(sheet.titles, counted(batches)):
                size += len(chunk)
        assert seen == count
        assert size > count * 20
        assert _used() - after_a_tenth < 24, "MB more than after a tenth of the rows"
    finally:
        await database.close()


async def test_a_running_export_tells_how_far_it_is_and_stops_when_told(desk: RunningDesk, game: AGame):
    lead = await game.agent(roles=("lead",))
    brand = await _many(desk.database, 60_000)
    export = await ask(lead, {"condition": {"field": "brand", "is": brand}}, ("id", "subject", "preview", "phone", "email"))

    async def read_and_cancel() -> None:
        got = 0
        async with lead.http.stream("GET", f"/exports/{export['id']}/file") as answer:
            async for chunk in answer.aiter_bytes():
                got += len(chunk)
                if got > 50_000 and (await lead.get(f"/exports/{export['id']}"))["written"]:
                    await lead.post(f"/exports/{export['id']}/cancel")

    with pytest.raises(httpx.RemoteProtocolError):
        await read_and_cancel()
    state = await _over(lead, export)
    assert state["state"] == "cancelled"
    assert 0 < state["written"] < 60_000
    async with desk.database.reading() as reader:
        assert (await reader.value("SELECT after FROM audit.trace WHERE action = 'export.ended' AND object_id = $1", str(export["id"]))
                )["rows"] == state["written"]


async def test_a_reader_who_goes_away_ends_the_export(desk: RunningDesk, game: AGame):
    lead = await game.agent(roles=("lead",))
    async with desk.database.reading() as reader:
        brand = await reader.value("SELECT id FROM brands.brand WHERE key = 'many'")
    brand = brand or await _many(desk.database, 60_000)
    export = await ask(lead, {"condition": {"field": "brand", "is": brand}}, ("id", "subject", "preview"))
    async with lead.http.stream("GET", f"/exports/{export['id']}/file") as answer:
        async for _ in answer.aiter_bytes():
            break
    assert (await _over(lead, export))["state"] == "cancelled"


async def _over(agent: AnAgent, export):
    until = time.monotonic() + 20
    while (await agent.get(f"/exports/{export['id']}"))["state"] in ("ready", "running"):
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    return await agent.get(f"/exports/{export['id']}")
