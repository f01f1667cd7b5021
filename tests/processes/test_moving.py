"""Many tickets under way are moved to a new version in pieces: stopped between two, the rest is moved later."""

import pytest

from playerdesk.kernel import now
from playerdesk.processes import moving
from playerdesk.tickets import open_tickets
from tests.given import a_player, a_question
from tests.processes.given import begun, body, by, does, end, published, state_of, step

pytestmark = pytest.mark.anyio
MANY = 2400
PIECE = 60


def first(office):
    return body(step("ask", "end", by=[by("department", office.front)]), end())


def second(office):
    return body(step("ask", "check", by=[by("department", office.front)]), step("check", "end", by=[by("department", office.back)]), end())


# What 2,400 beginnings would write, in two statements.
_MANY = """
    WITH tickets AS (SELECT unnest($2::bigint[]) AS id), one AS (SELECT * FROM processes.instance WHERE id = $1), made AS (
        INSERT INTO processes.instance (ticket_id, process_id, edition_id, client_key)
        SELECT t.id, one.process_id, one.edition_id, 'many' FROM tickets t, one RETURNING id, ticket_id
    )
    INSERT INTO processes.task (instance_id, ticket_id, step_key, kind, state, party)
    SELECT made.id, made.ticket_id, k.step_key, k.kind, 'open', k.party FROM made, processes.task k WHERE k.instance_id = $1
"""


async def test_thousands_are_moved_in_pieces_and_none_twice(database, office):
    async with database.transaction() as tx:
        _, instance = await begun(tx, office, first(office))
        key = await tx.value(
            "SELECT p.key FROM processes.instance i JOIN processes.process p ON p.id = i.process_id WHERE i.id = $1", instance
        )
        player = await a_player(tx)
        opened = await open_tickets(tx, [a_question(office.brand_id, player) for _ in range(MANY - 1)], now())
        await tx.execute(_MANY, instance, [each.ticket_id for each in opened])
        await published(tx, second(office), key)

    async def piece():
        async with database.transaction() as tx:
            return await moving.move(tx, ("", key), 1, {}, office.people["fay"].id, now(), PIECE)

    assert await piece() == MANY - PIECE
    async def killed():
        async with database.transaction() as tx:
            await moving.move(tx, ("", key), 1, {}, office.people["fay"].id, now(), PIECE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await killed()
    # Killed in the middle of a piece, that piece has not happened.
    async with database.reading() as reader:
        assert {each.version: each.instances for each in (await moving.preview(reader, "", key, 1)).running} == {1: MANY - PIECE, 2: PIECE}
    assert await piece() == MANY - 2 * PIECE
    left, most = MANY - 2 * PIECE, 600
    while left:
        async with database.transaction() as tx:
            left = await moving.move(tx, ("", key), 1, {}, office.people["fay"].id, now(), most)
    async with database.reading() as reader:
        rows = await reader.fetch(
            "SELECT e.version, count(DISTINCT i.id), count(k.id) FROM processes.instance i JOIN processes.edition e ON e.id = i.edition_id"
            " JOIN processes.task k ON k.instance_id = i.id JOIN processes.process p ON p.id = i.process_id WHERE p.key = $1 GROUP BY 1", key,
        )
        assert [tuple(row) for row in rows] == [(2, MANY, MANY)], "each once, at one step"
    async with database.transaction() as tx:
        await does(tx, office, "fay", instance, "ask")
        assert await state_of(tx, instance) == "running", "the new version's second step"
