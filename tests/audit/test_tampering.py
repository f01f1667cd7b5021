"""Whatever is done to the sealed traces by somebody who may do anything in the database: the walk finds it."""

import asyncio

import pytest

from playerdesk.audit import Trace, jobs, outside, record
from playerdesk.audit.rules import Sealed, link
from playerdesk.audit.sealing import seal, signing_key
from playerdesk.audit.verifying import _SEALED, verify
from playerdesk.kernel import Text

N = 40


def a_trace(number, **changes):
    facts = {"actor_id": 7, "action": "macro.changed", "kind": "macro", "object_id": str(number), "brand_id": 1,
             "before": {"name": f"旧 {number}", "minutes": 1.50}, "after": {"name": f"新 {number}", "big": 10**30}, "reason": "更正"}
    return Trace(**{**facts, **changes})


async def write(database, *traces):
    async with database.transaction() as tx:
        await record(tx, *traces)


async def filled(database, folder=None, n=N):
    """`n` traces, a checkpoint at each tenth, and a tail of three without one."""
    for start in range(0, n, 10):
        await write(database, *(a_trace(start + i) for i in range(10)))
        _, anchors = await seal(database, at_once=True)
        if folder:
            async with database.transaction() as tx:
                await outside.tell(folder, await signing_key(tx), anchors)
    await write(database, *(a_trace(n + i) for i in range(3)))
    await seal(database)


async def as_superuser(database, *statements):
    """Past every trigger, as the owner of the machine can."""
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL session_replication_role = replica")
        for sql, *args in statements:
            await tx.execute(sql, *args)


async def changes(database, told=()):
    reports = {report.book: report for report in await verify(database, told, chunk=7)}
    assert reports["views"].finding is None
    return reports["changes"]


async def found(database, told=()):
    finding = (await changes(database, told)).finding
    return finding and (finding.code, finding.number, finding.until)


async def test_an_untouched_log_is_whole(database):
    await filled(database)
    report = await changes(database)
    assert (report.finding, report.first, report.last, report.anchors) == (None, 1, N + 3, 4)


@pytest.mark.parametrize("column", [
    "at = at + interval '1 microsecond'", "actor_id = 8", "actor_kind = 'system'", "action = 'macro.made'", "kind = 'view'",
    "object_id = '99'", "brand_id = NULL", "before = NULL", "after = jsonb_set(after, '{name}', '\"x\"')", "reason = ''",
    "request_id = 'x'", "ip = '10.0.0.1'", "id = id + 1000",
])
async def test_a_changed_value_is_found(database, column):
    await filled(database)
    await as_superuser(database, (f"UPDATE audit.sealed SET {column} WHERE number = 17",))
    assert await found(database) == ("changed", 17, 17)


async def test_a_trace_moved_to_the_other_book_is_found(database):
    await filled(database)
    await as_superuser(database, ("UPDATE audit.sealed SET book = 'views' WHERE number = 17",))
    reports = {report.book: report.finding for report in await verify(database)}
    assert (reports["changes"].code, reports["changes"].number) == ("missing", 17)
    assert (reports["views"].code, reports["views"].until) == ("added", 17)


async def test_a_deleted_trace_is_found(database):
    await filled(database)
    await as_superuser(database, ("DELETE FROM audit.sealed WHERE number IN (17, 18)",))
    assert await found(database) == ("missing", 17, 18)


async def test_a_deleted_trace_whose_gap_is_closed_is_found(database):
    await filled(database)
    await as_superuser(
        database, ("DELETE FROM audit.sealed WHERE number = 17",),
        ("UPDATE audit.sealed SET number = number + 1000 WHERE number > 17",),
        ("UPDATE audit.sealed SET number = number - 1001 WHERE number > 17",),
    )
    assert await found(database) == ("out_of_place", 17, 17)


async def test_a_cut_tail_is_found(database):
    await filled(database)
    await as_superuser(database, ("DELETE FROM audit.sealed WHERE number > 41",))
    assert await found(database) == ("cut", 42, 43)


async def test_an_exchanged_order_is_found(database):
    await filled(database)
    await as_superuser(
        database, ("UPDATE audit.sealed SET number = 1000 WHERE number = 17",),
        ("UPDATE audit.sealed SET number = 17 WHERE number = 18",), ("UPDATE audit.sealed SET number = 18 WHERE number = 1000",),
    )
    assert await found(database) == ("out_of_place", 17, 17)


INSERT = (
    "INSERT INTO audit.sealed SELECT book, $2, id + 1000, at, actor_kind, actor_id, action, kind, object_id, brand_id, before,"
    " after, reason, request_id, ip, words, prev_hash, hash FROM audit.sealed WHERE number = $1"
)


async def test_an_inserted_trace_is_found(database):
    await filled(database)
    await as_superuser(
        database, ("UPDATE audit.sealed SET number = number + 1000 WHERE number > 17",),
        ("UPDATE audit.sealed SET number = number - 999 WHERE number > 17",), (INSERT, 17, 18),
    )
    assert await found(database) == ("out_of_place", 18, 18)


async def test_a_trace_put_behind_the_end_is_found(database):
    await filled(database)
    await as_superuser(database, (INSERT, N + 3, N + 4))
    assert await found(database) == ("added", N + 4, N + 4)


async def recompute(database, first, change, *, ends=False, key=None):
    """A whole new chain from here on, as somebody who knows the code would build it."""
    async with database.reading() as reader:
        rows = await reader.rows(Sealed, _SEALED, "changes", first - 1, 10_000)
    statements = [(f"UPDATE audit.sealed SET {change} WHERE number = {first}",)]
    await as_superuser(database, *statements)
    prev = rows[0].prev_hash
    async with database.reading() as reader:
        rows = await reader.rows(Sealed, _SEALED, "changes", first - 1, 10_000)
    statements = []
    for row in rows:
        content = [getattr(row, name) for name in Sealed.__struct_fields__[:15]]
        digest = link(prev, content)
        statements.append((
            "UPDATE audit.sealed SET prev_hash = $2, hash = $3 WHERE book = 'changes' AND number = $1", row.number, prev, digest,
        ))
        prev = digest
    if ends:
        statements.append(("UPDATE audit.book SET hash = $1 WHERE name = 'changes'", prev))
    await as_superuser(database, *statements)


async def test_a_recomputed_chain_is_found_by_the_checkpoint_behind_it(database):
    await filled(database)
    await recompute(database, 17, "reason = 'nothing'")
    assert await found(database) == ("recomputed", 11, 20)


async def test_a_recomputed_end_is_found_by_the_mark_of_the_end(database):
    await filled(database)
    await recompute(database, 42, "reason = 'nothing'")
    assert await found(database) == ("recomputed", 41, 43)


async def test_a_new_mark_of_the_end_is_not_signed(database):
    await filled(database)
    await recompute(database, 42, "reason = 'nothing'", ends=True)
    assert await found(database) == ("head_forged", 43, 43)


async def test_checkpoints_cannot_be_changed_or_taken_away(database):
    await filled(database)
    await as_superuser(database, ("UPDATE audit.anchor SET hash = decode(repeat('11', 32), 'hex') WHERE serial = 2",))
    assert await found(database) == ("anchor_forged", 20, 20)
    await as_superuser(database, ("DELETE FROM audit.anchor WHERE serial > 1",))
    assert await found(database) == ("anchor_missing", 11, N + 3)


async def forged_everything(database, number):
    """Somebody who also takes the key cuts the log and signs a new end: inside, all is well."""
    from msgspec.structs import replace

    from playerdesk.audit.rules import Head, sign
    from playerdesk.audit.verifying import _HEAD

    async with database.transaction() as tx:
        key = await signing_key(tx)
        head = await tx.row(Head, _HEAD, "changes")
        digest = await tx.value("SELECT hash FROM audit.sealed WHERE book = 'changes' AND number = $1", number)
    head = replace(head, number=number, hash=digest, anchors=number // 10)
    await as_superuser(
        database, ("DELETE FROM audit.sealed WHERE number > $1", number), ("DELETE FROM audit.anchor WHERE number > $1", number),
        ("UPDATE audit.book SET number = $1, hash = $2, anchors = $3, signature = $4 WHERE name = 'changes'",
         number, digest, number // 10, sign(key, head)),
    )


async def test_who_has_the_key_as_well_is_found_by_what_other_places_remember(database, tmp_path):
    await filled(database, tmp_path)
    told = outside.read(tmp_path / outside.FILE)
    assert len(told) == 4
    assert await found(database, told) is None
    await forged_everything(database, 25)
    assert await found(database) is None
    assert await found(database, told) == ("cut", 26, 40)
    for i in range(20):
        await write(database, a_trace(100 + i))
    await seal(database)
    assert await found(database, told) == ("recomputed", 21, 30)


async def test_another_key_is_noticed(database, tmp_path):
    await filled(database, tmp_path)
    told = outside.read(tmp_path / outside.FILE)
    await as_superuser(database, ("UPDATE kernel.secret SET value = decode(repeat('11', 32), 'hex')",))
    database.memory.clear()
    assert (await found(database, told))[0] == "head_forged"
    database.memory.clear()


@pytest.mark.parametrize("sql", [
    "UPDATE audit.sealed SET reason = 'x'", "DELETE FROM audit.sealed WHERE number = 3", "TRUNCATE audit.sealed",
    "UPDATE audit.anchor SET number = 1", "DELETE FROM audit.anchor", "TRUNCATE audit.anchor",
])
async def test_the_database_refuses_to_change_what_is_sealed(database, sql):
    await filled(database)
    with pytest.raises(Exception, match="never changed or deleted"):
        async with database.transaction() as tx:
            await tx.execute(sql)
    assert await found(database) is None


async def test_views_are_a_chain_of_their_own(database):
    await write(database, *(a_trace(i, action="player.viewed" if i % 2 else "macro.changed") for i in range(9)))
    await seal(database)
    assert [(report.book, report.last) for report in await verify(database)] == [("changes", 5), ("views", 4)]


async def test_late_commits_find_their_place_and_no_number_is_left_out(database):
    """Transactions that stay open while others are sealed, and two sealers at a time."""
    async def late(number, seconds):
        async with database.transaction() as tx:
            await record(tx, a_trace(number))
            await asyncio.sleep(seconds)

    async def sealer():
        for _ in range(12):
            await seal(database)
            await asyncio.sleep(0.01)

    await asyncio.gather(sealer(), sealer(), *(late(i, (i * 7 % 10) / 60) for i in range(30)))
    await seal(database)
    report = await changes(database)
    assert (report.finding, report.last) == (None, 30)
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM audit.inbox") == 0
        order = [row[0] for row in await reader.fetch("SELECT object_id FROM audit.sealed ORDER BY number")]
    assert sorted(map(int, order)) == list(range(30))
    assert order != sorted(order, key=int), "some committed late"


async def test_what_a_rolled_back_transaction_recorded_was_never_there(database):
    async def changed_her_mind():
        async with database.transaction() as tx:
            await record(tx, a_trace(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await changed_her_mind()
    await write(database, a_trace(2))
    await seal(database)
    assert (await changes(database)).last == 1


async def test_structs_texts_and_odd_values_keep_their_hash(database):
    await write(
        database, a_trace(1, before=Text("中", "en"), after={"x": -0.0, "y": 1e22, "z": [1.10, None, "é", "\u2028"], "b": True}),
        a_trace(2, before=[], after=""), a_trace(3, before=0, after=None),
    )
    await seal(database)
    assert await found(database) is None


async def test_somebody_asks_and_the_worker_walks(database, tmp_path):
    await filled(database, tmp_path)
    async with database.transaction() as tx:
        await jobs.ask(tx, 7)
        await jobs.ask(tx, 8)
    reports = await jobs.walk(database, tmp_path)
    assert [report.finding for report in reports] == [None, None]
    assert await jobs.walk(database, tmp_path) is None
    await as_superuser(database, ("UPDATE audit.sealed SET reason = '' WHERE number = 3",))
    async with database.transaction() as tx:
        await jobs.ask(tx, 7)
    (changed, _) = await jobs.walk(database, tmp_path)
    assert changed.finding.text.zh == "第 3 条的内容与封存时不符，已被改动。"
