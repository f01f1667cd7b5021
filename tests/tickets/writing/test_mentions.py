"""Called by name in a note: told once, with the note, and only who can look."""

import pytest

from playerdesk.kernel import Rejected, now
from playerdesk.staff import agent_of
from playerdesk.tickets import Post, post_messages, row
from playerdesk.tickets.writing.mentions import MOST, check_mentions, mentions_of, named, read_mentions, unread_mentions
from tests.given import a_brand, a_queue, an_agent, number


async def note(database, desk, ticket, body):
    async with database.transaction() as tx:
        await check_mentions(tx, await row(tx, ticket), body)
        await post_messages(tx, [Post(
            ticket_id=ticket, author="staff", author_id=desk.agent_id, body=body, client_key=f"n-{number()}", private=True
        )], now())
        return tx.events


async def test_a_person_and_a_team_are_called_each_once(database, desk, ticket):
    async with database.transaction() as tx:
        team = await a_queue(tx)
        colleague = await an_agent(tx, team)
    body = f"[@林](person:{colleague}) [@陈](person:{desk.other_agent_id}) [@组](queue:{team}) [@我](person:{desk.agent_id}) 看看"
    events = await note(database, desk, ticket, body)
    (told,) = [event for event in events if type(event).__name__ == "Mentioned"]
    assert told.person_ids == sorted([colleague, desk.other_agent_id])
    assert set(told.topics()) == {f"agent:{colleague}", f"agent:{desk.other_agent_id}"}
    async with database.transaction() as tx:
        (mention,) = await mentions_of(tx, await agent_of(tx, colleague))
        assert (mention.ticket_id, mention.queue_id, mention.text) == (ticket, None, "@林 @陈 @组 @我 看看")
        assert await unread_mentions(tx, await agent_of(tx, colleague)) == 1
        assert await read_mentions(tx, colleague, ticket, now()) == 1
        assert await unread_mentions(tx, await agent_of(tx, colleague)) == 0
        assert await mentions_of(tx, await agent_of(tx, desk.agent_id)) == []


async def test_five_hundred_names_are_refused_with_the_limit(database, desk, ticket):
    body = " ".join(f"[@n{n}](person:{n})" for n in range(1, 501))
    with pytest.raises(Rejected) as refused:
        await note(database, desk, ticket, body)
    assert "500" in refused.value.message.zh
    assert str(MOST) in refused.value.message.zh
    assert len(named("[@a](person:1) " * 500)) == 1, "the same name again is one call"


async def test_who_cannot_see_the_ticket_is_not_called_and_the_writer_is_told(database, desk, ticket):
    async with database.transaction() as tx:
        elsewhere = await an_agent(tx, brand_ids=(await a_brand(tx),))
        gone = await an_agent(tx)
        await tx.execute("UPDATE staff.person SET suspended_at = now(), name = '离职的' WHERE id = $1", gone)
        await tx.execute("UPDATE staff.person SET name = '外包小王' WHERE id = $1", elsewhere)
    with pytest.raises(Rejected) as refused:
        await note(database, desk, ticket, f"[@a](person:{elsewhere}) [@b](person:{gone}) [@c](person:999999999)")
    assert refused.value.extra["names"] == ["外包小王", "离职的", "#999999999"]
    async with database.transaction() as tx:
        team = await a_queue(tx)
        await tx.execute("INSERT INTO staff.queue_member VALUES ($1, $2)", team, elsewhere)
    events = await note(database, desk, ticket, f"[@组](queue:{team})")
    assert [type(event).__name__ for event in events] == ["NoteAdded"], "of a team, those who can look are called"


async def test_a_reply_or_a_players_text_calls_nobody(database, desk, ticket):
    async with database.transaction() as tx:
        await post_messages(tx, [Post(
            ticket_id=ticket, author="player", author_id=desk.player_id, body=f"[@x](person:{desk.agent_id})", client_key="pm"
        )], now())
        assert await unread_mentions(tx, await agent_of(tx, desk.agent_id)) == 0
