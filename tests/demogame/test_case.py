"""How a simulated player behaves."""

from random import Random

import pytest

from demogame import texts
from demogame.case import MOST_TURNS, Case, begin, due, hear, score, see
from demogame.views import MessageView, TicketView
from demogame.world import player


@pytest.fixture
def case(now):
    facts = texts.facts_for(Random(1), player("seed", "sr-000123"), now)
    return Case("sr-000123", 7, "recharge", "plain", facts, live=True, opened_at=1000.0, patience=120.0)


def staff(number, body):
    return MessageView(number=number, author="staff", body=body)


def test_a_player_left_alone_grows_impatient_and_leaves(case):
    begin(case, Random(3))
    acts = [p.act for p in sorted(case.plans, key=lambda p: p.at)]
    assert acts[-1] == "leave"
    assert "say" in acts


def test_an_answer_ends_impatience_and_gets_one_reply(case):
    begin(case, Random(3))
    hear(case, staff(2, "您好"), Random(1), 1010)
    hear(case, staff(3, "麻烦提供订单号"), Random(1), 1012)
    spoken = [p for p in case.plans if p.act in {"say", "picture", "leave", "nudge"}]
    assert len(spoken) == 1
    assert case.facts.values["order"] in spoken[0].text
    assert case.waited == 10


def test_the_same_message_twice_is_heard_once(case):
    hear(case, staff(2, "您好"), Random(1), 1010)
    hear(case, staff(2, "您好"), Random(1), 1020)
    assert case.turns == 1


def test_a_conversation_does_not_go_on_for_ever(case):
    for number in range(2, 30):
        hear(case, staff(number, "您再试一下"), Random(number), 1000 + number)
    assert case.turns > MOST_TURNS
    assert not [p for p in case.plans if p.act == "say"]


def test_a_solved_question_is_rated_or_let_go(case):
    resolved = TicketView(id=7, status="resolved", live=True, can_rate=True, can_reopen=True)
    case.answered_at = 1005.0
    ends = set()
    for dice in range(60):
        case.verdict, case.over, case.plans = False, False, []
        see(case, resolved, Random(dice), 1100)
        ends.add("over" if case.over else case.plans[0].act)
    assert ends == {"rate", "over", "reopen"}


def test_long_waits_and_bad_tempers_cost_stars(case):
    def average():
        return sum(score(case, Random(n)) for n in range(200)) / 200

    case.answered_at = case.opened_at + 10
    quick = average()
    case.answered_at = case.opened_at + 300
    slow = average()
    case.tone, case.unsolved = "angry", True
    assert 4.3 < quick <= 5
    assert slow < quick - 1
    assert average() < slow - 1


def test_plans_are_done_once_and_in_order(case):
    begin(case, Random(3))
    first = due(case, 1000 + 1000)
    assert [p.at for p in first] == sorted(p.at for p in first)
    assert due(case, 1000 + 1000) == []
