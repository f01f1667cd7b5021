"""One verdict a ticket, changeable for a day; bad ones reach the lead."""

import pytest

from playerdesk.kernel import Conflict, NotFound, Rejected
from playerdesk.surveys import REASONS, rate, rating_of, satisfaction_of
from playerdesk.tickets import reopen, resolve, row, timeline
from tests.given import an_agent
from tests.sla.given import a_ticket, events, later, says

DAY = 86400


async def solved(database):
    """A ticket, and who solved it at second 100."""
    ticket = await a_ticket(database)
    async with database.transaction() as tx:
        agent = await an_agent(tx, state="offline")
    await says(database, ticket, "staff", later(10), agent)
    async with database.transaction() as tx:
        await resolve(tx, ticket, agent, "补发", later(100))
    return ticket, agent


async def rates(database, *args):
    async with database.transaction() as tx:
        return await rate(tx, *args)


async def test_a_solved_ticket_is_rated_once_and_told(database):
    ticket, agent = await solved(database)
    rating = await rates(database, ticket, 5, ["fast", "solved"], " 谢谢 ", later(200))
    assert (rating.score, rating.comment, rating.rated_person_id) == (5, "谢谢", agent)
    async with database.reading() as reader:
        assert await rating_of(reader, ticket) == rating
        shown = await row(reader, ticket)
        last = (await timeline(reader, ticket))[-1]
    assert (shown.rating, shown.escalated_at) == (5, None)
    assert (last.change["what"], last.change["score"], last.number) == ("rated", 5, None)
    (event,) = await events(database, "TicketRated", ticket)
    assert (event["score"], event["previous"], event["personId"], event["reasons"]) == (5, None, agent, ["fast", "solved"])


@pytest.mark.parametrize(("score", "listed"), [(1, True), (2, True), (3, False), (4, False)])
async def test_two_stars_or_fewer_reach_the_lead(database, score, listed):
    ticket, _ = await solved(database)
    await rates(database, ticket, score, [], "", later(200))
    async with database.reading() as reader:
        assert ((await row(reader, ticket)).escalated_at is not None) == listed


async def test_a_rating_may_be_changed_for_a_day(database):
    ticket, agent = await solved(database)
    await rates(database, ticket, 2, ["slow"], "", later(200))
    changed = await rates(database, ticket, 4, ["patient"], "后来解决了", later(200 + DAY))
    assert (changed.score, changed.at, changed.changed_at) == (4, later(200), later(200 + DAY))
    with pytest.raises(Conflict) as refused:
        await rates(database, ticket, 5, [], "", later(201 + DAY))
    assert refused.value.code == "too_late"
    async with database.reading() as reader:
        assert (await rating_of(reader, ticket)).score == 4
        assert (await row(reader, ticket)).rating == 4
    first, second = await events(database, "TicketRated", ticket)
    assert (second["previous"], second["firstAt"], second["personId"]) == (2, first["at"], agent)


async def test_the_same_verdict_again_is_no_news(database):
    ticket, _ = await solved(database)
    first = await rates(database, ticket, 3, ["slow"], "慢", later(200))
    assert await rates(database, ticket, 3, ["slow"], "慢", later(300)) == first
    assert len(await events(database, "TicketRated", ticket)) == 1


async def test_what_is_not_solved_cannot_be_rated(database):
    ticket = await a_ticket(database)
    with pytest.raises(Conflict) as refused:
        await rates(database, ticket, 5, [], "", later(200))
    assert refused.value.code == "not_resolved"
    reopened, _ = await solved(database)
    await rates(database, reopened, 1, [], "", later(200))
    async with database.transaction() as tx:
        await reopen(tx, reopened, "player", None, later(300))
    with pytest.raises(Conflict):
        await rates(database, reopened, 5, [], "", later(400))
    async with database.reading() as reader:
        assert await rating_of(reader, ticket) is None
        assert (await rating_of(reader, reopened)).score == 1


@pytest.mark.parametrize(("score", "reasons", "comment", "code", "field"), [
    (0, [], "", "bad_score", "score"), (6, [], "", "bad_score", "score"),
    (5, ["slow"], "", "bad_reason", "reasons"), (1, ["slow", "slow"], "", "bad_reason", "reasons"),
    (1, ["<script>"], "", "bad_reason", "reasons"), (3, [], "长" * 1001, "comment_too_long", "comment"),
])
async def test_a_bad_verdict_is_refused_with_the_field(database, score, reasons, comment, code, field):
    ticket, _ = await solved(database)
    with pytest.raises(Rejected) as refused:
        await rates(database, ticket, score, reasons, comment, later(200))
    assert (refused.value.code, list(refused.value.fields)) == (code, [field])
    assert refused.value.message.zh
    async with database.reading() as reader:
        assert await rating_of(reader, ticket) is None


async def test_a_ticket_that_is_not_there_is_not_found(database):
    with pytest.raises(NotFound):
        await rates(database, 10**12, 5, [], "", later(1))


async def test_satisfaction_of_a_player_is_over_all_her_tickets(database):
    ticket, _ = await solved(database)
    async with database.reading() as reader:
        player = (await row(reader, ticket)).player_id
        assert (await satisfaction_of(reader, [player])).average is None
    await rates(database, ticket, 4, [], "", later(200))
    async with database.reading() as reader:
        satisfaction = await satisfaction_of(reader, [player])
    assert (satisfaction.average, satisfaction.ratings) == (4.0, 1)


def test_every_score_offers_reasons_in_both_languages():
    assert sorted(REASONS) == [1, 2, 3, 4, 5]
    for reasons in REASONS.values():
        assert len({reason.key for reason in reasons}) == len(reasons) >= 4
        assert all(reason.name.zh and reason.name.en for reason in reasons)
