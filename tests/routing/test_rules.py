"""Who gets the next ticket, decided for thousands of desks that nobody would think of."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playerdesk.routing import Care, Hand, Waiting, match
from playerdesk.routing.rules import caretaker
from playerdesk.tickets.rules import HEAD_START_SECONDS, head_start
from tests.given import NOON

QUEUES, BRANDS, VIP = (1, 2, 3), (10, 20), 3
few = st.integers(0, 4)

# Numbered here, not drawn, and never few: left alone, a search for small examples tries empty desks only.
hands = st.lists(
    st.builds(
        Hand, person_id=st.just(0), queue_ids=st.frozensets(st.sampled_from(QUEUES)),
        brand_ids=st.frozensets(st.sampled_from(BRANDS)), languages=st.frozensets(st.sampled_from(["zh", "en"])),
        chat_capacity=few, ticket_capacity=few, chats=few, tickets=few,
    ),
    min_size=2, max_size=6,
).map(lambda people: [replace(hand, person_id=n) for n, hand in enumerate(people, 1)])
waiting = st.lists(
    st.builds(
        lambda queue_id, brand_id, language, live, minutes, manager_id: Waiting(
            0, queue_id, brand_id, language, live, NOON + timedelta(minutes=minutes), manager_id, queue_id == VIP
        ),
        st.sampled_from(QUEUES), st.sampled_from(BRANDS), st.sampled_from(["zh", "en"]), st.booleans(),
        st.integers(0, 6), st.one_of(st.none(), st.integers(1, 6)),
    ),
    min_size=4, max_size=25,
).map(lambda line: [replace(ticket, ticket_id=n * 7919 % 1009) for n, ticket in enumerate(line, 1)])


def copies(people):
    return [replace(hand) for hand in people]


def order(ticket):
    return (ticket.rank_at, ticket.ticket_id)


def able(hand, ticket):
    """Whether she may take it at all, room aside."""
    hers = ticket.queue_id in hand.queue_ids or ticket.vip or ticket.manager_id == hand.person_id
    return hers and (not hand.brand_ids or ticket.brand_id in hand.brand_ids)


@given(waiting, hands)
def test_nobody_gets_more_than_she_can_hold_and_no_ticket_is_given_twice(tickets, people):
    matches = match(tickets, copies(people))
    assert len({m.ticket_id for m in matches}) == len(matches)
    live = {ticket.ticket_id: ticket.live for ticket in tickets}
    given_to = Counter((m.person_id, live[m.ticket_id]) for m in matches)
    for hand in people:
        assert given_to[hand.person_id, True] <= max(0, hand.chat_capacity - hand.chats)
        assert given_to[hand.person_id, False] <= max(0, hand.ticket_capacity - hand.tickets)


@given(waiting, hands)
def test_everybody_gets_only_what_she_may_take(tickets, people):
    by_id = {hand.person_id: hand for hand in people}
    asked = {ticket.ticket_id: ticket for ticket in tickets}
    for m in match(tickets, copies(people)):
        assert able(by_id[m.person_id], asked[m.ticket_id]), m


@given(waiting, hands)
def test_nothing_waits_while_somebody_who_may_take_it_has_a_hand_free(tickets, people):
    after = copies(people)
    given_out = {m.ticket_id for m in match(tickets, after)}
    for ticket in tickets:
        if ticket.ticket_id not in given_out:
            assert not [hand for hand in after if able(hand, ticket) and hand.free(live=ticket.live)]


@given(waiting, hands)
def test_among_equals_the_first_in_line_goes_first(tickets, people):
    given_out = {m.ticket_id for m in match(tickets, copies(people))}
    alike: dict[object, list[Waiting]] = {}
    for ticket in tickets:
        key = (ticket.queue_id, ticket.brand_id, ticket.live, ticket.manager_id)
        alike.setdefault(key, []).append(ticket)
    for line in alike.values():
        served = [ticket.ticket_id in given_out for ticket in sorted(line, key=order)]
        assert served == sorted(served, reverse=True), "somebody was passed by"


@given(waiting, hands)
def test_the_order_in_which_tickets_and_people_are_read_decides_nothing(tickets, people):
    def decided(tickets, people):
        return sorted((m.ticket_id, m.person_id, m.reason) for m in match(tickets, copies(people)))

    assert decided(tickets, people) == decided(tickets[::-1], people[::-1])


@given(waiting, hands)
def test_a_common_language_is_preferred_and_its_lack_keeps_nobody_waiting(tickets, people):
    strangers = [replace(ticket, language="ja", manager_id=None) for ticket in tickets]
    first = min(strangers, key=order, default=None)
    for ticket in [first] if first else []:
        takers = [hand for hand in people if able(hand, ticket) and hand.free(live=ticket.live)]
        assert bool(takers) == any(m.ticket_id == ticket.ticket_id for m in match([ticket], copies(people)))
    for ticket in tickets:
        plain = replace(ticket, manager_id=None, vip=False)
        takers = [
            hand for hand in people
            if ticket.queue_id in hand.queue_ids and able(hand, plain) and hand.free(live=ticket.live)
        ]
        found = match([plain], copies(people))
        speakers = {hand.person_id for hand in takers if ticket.language in hand.languages}
        if speakers:
            assert found[0].person_id in speakers


@given(waiting, hands)
def test_a_high_payer_s_own_manager_comes_before_anybody_else(tickets, people):
    by_id = {hand.person_id: hand for hand in people}
    first = min(tickets, key=order, default=None)
    manager = first and by_id.get(first.manager_id or 0)
    if manager is None or not manager.free(live=first.live) or not able(manager, first):
        return
    found = {m.ticket_id: m for m in match(tickets, copies(people))}
    assert (found[first.ticket_id].person_id, found[first.ticket_id].reason) == (manager.person_id, "vip_manager")


tiers = st.sampled_from(list(HEAD_START_SECONDS))
priorities = st.integers(0, 3)


@given(tiers, priorities, st.integers(0, 10**6), tiers, priorities, st.integers(0, 10**6))
def test_whoever_has_waited_longer_than_the_head_start_makes_up_for_stands_first(low, p, waited, high, q, waited_too):
    """One's tier is worth so much waiting and not a second more: so nobody starves."""
    ahead = head_start(high, q) - head_start(low, p)
    rank = NOON - timedelta(seconds=waited) - head_start(low, p)
    other = NOON - timedelta(seconds=waited_too) - head_start(high, q)
    if timedelta(seconds=waited - waited_too) > ahead:
        assert rank < other
    elif timedelta(seconds=waited - waited_too) < ahead:
        assert rank > other


def test_high_stands_before_mid_before_low_before_none_when_they_come_together():
    assert sorted(HEAD_START_SECONDS, key=HEAD_START_SECONDS.__getitem__) == ["none", "low", "mid", "high"]


@given(st.sampled_from(["none", "low", "mid"]), st.integers(20, 90))
def test_a_stream_of_high_payers_never_keeps_a_low_payer_waiting_for_ever(tier, every):
    """One agent, always a new high payer before she is free: the low payer still gets her turn in time."""
    at = NOON
    lines = [Waiting(0, 1, 10, "zh", False, at - head_start(tier, 2), None)]
    agent = Hand(person_id=1, queue_ids=frozenset({1}), brand_ids=frozenset(), languages=frozenset(), chat_capacity=0,
                 ticket_capacity=1)
    for n in range(1, 1000):
        lines.append(Waiting(n, 1, 10, "zh", False, at - head_start("high", 2), None))
        (taken,) = match(lines, [replace(agent)])
        lines = [each for each in lines if each.ticket_id != taken.ticket_id]
        if taken.ticket_id == 0:
            break
        at += timedelta(seconds=every)
    waited = (at - NOON).total_seconds()
    assert waited <= HEAD_START_SECONDS["high"] - HEAD_START_SECONDS[tier] + every


here = st.booleans()
brands = st.sampled_from([[], [10], [20], [10, 20]])


@given(st.none() | st.integers(1, 9), here, brands, st.none() | st.integers(1, 9), here, brands)
def test_the_manager_looks_after_her_players_else_her_deputy_else_the_pool(
    manager, manager_here, manager_brands, deputy, deputy_here, deputy_brands
):
    found = caretaker(Care(1, manager, manager_here, manager_brands, deputy, deputy_here, deputy_brands), 10)
    if manager is not None and manager_here and manager_brands != [20]:
        assert found == (manager, "vip_manager")
    elif deputy is not None and deputy_here and deputy_brands != [20]:
        assert found == (deputy, "deputy")
    else:
        assert found is None
    assert caretaker(None, 10) is None
