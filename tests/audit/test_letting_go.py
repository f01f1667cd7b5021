"""Old views are let go in whole stretches, and the rest is as verifiable as before."""

from datetime import timedelta

import pytest

from playerdesk.audit import Trace, keeping, record
from playerdesk.audit.sealing import seal
from playerdesk.audit.verifying import verify
from tests.audit.test_tampering import as_superuser


async def views(database, n, days_ago):
    """So many views of that day, and a checkpoint of that day behind them."""
    async with database.transaction() as tx:
        at = await tx.value("SELECT now()") - timedelta(days=days_ago)
        await record(tx, *(
            Trace(actor_id=7, action="player.viewed", kind="player", object_id=str(i), at=at) for i in range(n)
        ), Trace(actor_id=7, action="macro.changed", kind="macro", object_id="1", at=at))
    await seal(database, at_once=True)


async def aged(database, days_ago):
    """What was sealed just now was sealed then: signed with that time, as the desk would have."""
    from msgspec.structs import replace

    from playerdesk.audit.rules import Anchor, sign
    from playerdesk.audit.sealing import signing_key
    from playerdesk.audit.verifying import _ANCHORS

    async with database.transaction() as tx:
        key = await signing_key(tx)
        anchor = (await tx.rows(Anchor, _ANCHORS, "views"))[-1]
        then = replace(anchor, at=anchor.at - timedelta(days=days_ago))
    await as_superuser(database, (
        "UPDATE audit.anchor SET at = $1, signature = $2 WHERE book = 'views' AND serial = $3", then.at, sign(key, then), then.serial,
    ))


async def a_log_of_years(database):
    for days in (1200, 1150, 400, 0):
        await views(database, 10, days)
        await aged(database, days)


async def found(database):
    return {report.book: (report.first, report.last, report.finding and report.finding.code) for report in await verify(database)}


async def test_views_older_than_the_setting_go_and_the_chain_still_holds(database):
    await a_log_of_years(database)
    assert await found(database) == {"changes": (1, 4, None), "views": (1, 40, None)}
    assert await keeping.let_go(database, 1095) == 20
    assert await keeping.let_go(database, 1095) == 0
    assert (await found(database))["views"] == (21, 40, None)
    await seal(database)
    assert (await found(database))["changes"] == (1, 5, None), "and that they went is in the log"
    async with database.reading() as reader:
        told = await reader.value("SELECT after FROM audit.sealed WHERE action = 'audit.let_go'")
        assert told == {"first": 1, "through": 20, "days": 1095}
        assert await reader.value("SELECT min(number) FROM audit.sealed WHERE book = 'views'") == 21
    await views(database, 3, 0)
    assert (await found(database))["views"] == (21, 43, None)


async def test_a_crash_in_the_middle_of_it_leaves_a_whole_chain(database):
    """The signed note is there before the first trace goes, so whatever of them is left does not matter."""
    await a_log_of_years(database)
    await keeping.let_go(database, 1095)
    await as_superuser(database, (
        ("INSERT INTO audit.sealed SELECT book, 20, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after,"
        " reason, request_id, ip, words, prev_hash, hash FROM audit.sealed WHERE book = 'views' AND number = 21"),
    ))
    assert (await found(database))["views"] == (21, 40, None)
    assert await keeping.let_go(database, 1095) == 1


@pytest.mark.parametrize("sql", [
    "UPDATE audit.tombstone SET through = 30", "DELETE FROM audit.tombstone", "UPDATE audit.tombstone SET hash = decode('00', 'hex')",
])
async def test_a_forged_note_is_found(database, sql):
    await a_log_of_years(database)
    await keeping.let_go(database, 1095)
    await as_superuser(database, (sql,))
    assert (await found(database))["views"][2] == "tombstone_forged"


async def test_who_lets_go_without_the_key_is_found(database):
    await a_log_of_years(database)
    await as_superuser(
        database, ("DELETE FROM audit.sealed WHERE book = 'views' AND number <= 20",),
        (("UPDATE audit.book b SET base_number = 20, base_hash = a.hash FROM audit.anchor a"
         " WHERE b.name = 'views' AND a.book = 'views' AND a.number = 20"),),
    )
    assert (await found(database))["views"][2] == "head_forged"
