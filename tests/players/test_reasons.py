"""Why she may be angry: what counts, how heavily, and when nothing does."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from playerdesk.players import Contacted, Facts, Penalty, Play, Purchase, reasons

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def ago(**span):
    return NOW - timedelta(**span)


def kinds(**facts):
    return [each.kind for each in reasons(Facts(**facts), NOW)]


def paid(state, product="648", **span):
    return Purchase(product, "¥648", state, ago(**span))


def a_ticket(number=1, *, is_open=True, waiting=None, breached=False, reopened=0, rating=None, **span):
    return Contacted(number, is_open, waiting, breached, reopened, rating, ago(**(span or {"hours": 1})))


def test_nothing_known_is_said_quietly():
    assert reasons(Facts(), NOW) == []
    assert kinds(purchases=[paid("paid", hours=1)], plays=[Play(ago(hours=1), "quit", "s1")],
                 tickets=[a_ticket(is_open=False, rating=5)]) == []


def test_a_failed_payment_counts_until_the_same_thing_is_bought():
    assert kinds(purchases=[paid("failed", hours=2)]) == ["payment_failed"]
    assert kinds(purchases=[paid("paid", hours=1), paid("failed", hours=2)]) == []
    assert kinds(purchases=[paid("paid", "30", hours=1), paid("failed", hours=2)]) == ["payment_failed"]
    assert kinds(purchases=[paid("failed", days=8)]) == []
    assert kinds(purchases=[paid("pending", hours=1)]) == ["payment_pending"]
    assert kinds(purchases=[paid("pending", minutes=3)]) == []


def test_a_penalty_in_force_is_heavier_than_one_that_is_over_and_an_old_one_is_forgotten():
    def one(**changes):
        return Penalty(**{"kind": "mute", "reason": "刷屏", "at": ago(days=3), "until": None, "lifted_at": None, **changes})

    (active,) = reasons(Facts(penalties=[one()]), NOW)
    (over,) = reasons(Facts(penalties=[one(lifted_at=ago(days=1))]), NOW)
    assert active.weight > over.weight
    assert (active.text.zh, over.text.en) == ("被禁言：刷屏", "Muted (over): 刷屏")
    assert kinds(penalties=[one(until=ago(days=8))]) == []
    assert reasons(Facts(penalties=[one(lifted_at=ago(days=1)), one(kind="ban")]), NOW)[0].text.zh == "被封号：刷屏"


def test_three_lost_connections_in_a_day_weigh_more_than_one():
    one = reasons(Facts(plays=[Play(ago(hours=1), "disconnect", "云海之巅")]), NOW)
    three = reasons(Facts(plays=[Play(ago(hours=n), "disconnect", "云海之巅") for n in (1, 2, 3)]), NOW)
    assert three[0].weight > one[0].weight
    assert (one[0].text.zh, three[0].text.en) == ("掉线 · 云海之巅", "Disconnected 3 times within a day · 云海之巅")


def test_waiting_promises_and_old_wounds_are_named_with_their_ticket():
    found = reasons(Facts(tickets=[
        a_ticket(9, waiting=ago(hours=30), breached=True), a_ticket(8, is_open=False, rating=1, days=3),
        a_ticket(7, is_open=False, reopened=1, days=4),
    ]), NOW)
    assert [(each.kind, each.ticket_id) for each in found] == [("waiting", 9), ("breached", 9), ("reopened", 7), ("low_rating", 8)]
    assert kinds(tickets=[a_ticket(waiting=ago(minutes=5))]) == []
    assert kinds(tickets=[a_ticket(1), a_ticket(2)]) == ["open_tickets"]


def test_a_minor_is_told_of():
    assert reasons(Facts(realname="minor", age=15), NOW)[0].text.en.startswith("A minor (15)")
    assert kinds(realname="adult", age=30) == []


moments = st.integers(0, 20_000).map(lambda minutes: ago(minutes=minutes))


@given(
    purchases=st.lists(st.builds(Purchase, st.sampled_from("ab"), st.just("¥6"), st.sampled_from(["paid", "failed", "pending"]), moments), max_size=8),
    plays=st.lists(st.builds(Play, moments, st.sampled_from(["quit", "disconnect", "kicked", None]), st.just("s")), max_size=8),
    tickets=st.lists(st.builds(Contacted, st.integers(1, 9), st.booleans(), st.none() | moments, st.booleans(), st.integers(0, 2),
                               st.none() | st.integers(1, 5), moments), max_size=8),
)
def test_the_list_is_short_ordered_and_says_each_thing_once(purchases, plays, tickets):
    found = reasons(Facts(purchases=purchases, plays=plays, tickets=tickets), NOW)
    assert len(found) <= 5
    assert [each.weight for each in found] == sorted((each.weight for each in found), reverse=True)
    assert len({each.kind for each in found}) == len(found)
    for each in found:
        assert each.text.zh
        assert each.text.en
        assert 0 < each.weight <= 100
