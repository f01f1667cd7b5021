"""What players write."""

from random import Random

import pytest

from demogame import texts
from demogame.mood import USUAL
from demogame.reading import meaning
from demogame.texts.facts import fill
from demogame.texts.phrases import openings
from demogame.world import player


def test_there_are_enough_different_ways_to_ask():
    for language, least in (("zh", 150), ("en", 40)):
        ways = [w for o in openings(language).values() for w in o.open + o.skyreach + o.happycards]
        assert len(set(ways)) == len(ways) >= least


def test_both_languages_know_every_category():
    assert set(openings("zh")) == set(openings("en")) == set(USUAL)


@pytest.mark.parametrize("account", ["sr-000001", "sr-000006", "hc-000001", "hc-000005"])
def test_every_template_can_be_filled(account, now):
    who = player("seed", account)
    facts = texts.facts_for(Random(1), who, now)
    for ways in openings(facts.language).values():
        own = ways.skyreach if facts.brand == "skyreach" else ways.happycards
        for template in ways.open + ways.more + own:
            assert "{" not in fill(template, facts)
    from typing import get_args

    for kind in get_args(texts.Talk):
        for turn in range(30):
            assert texts.say(Random(turn), facts, kind)
    for kind in ("good", "middle", "slow", "bad"):
        assert texts.comment(Random(0), facts, kind) is not None


def test_the_facts_stay_the_same_through_a_conversation(now):
    facts = texts.facts_for(Random(5), player("seed", "sr-000001"), now)
    said = {texts.say(Random(n), facts, "payment") for n in range(60)}
    assert any(facts.values["order"] in line for line in said)


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        ("您好，请问有什么可以帮您？", "greeting"),
        ("麻烦您提供一下订单号", "payment"),
        ("请发一下充值截图", "picture"),
        ("请稍等，正在为您核实", "hold"),
        ("已为您补发，请查收邮件", "done"),
        ("请问还有其他问题吗？", "bye"),
        ("请提供一下角色名和区服", "details"),
        ("您的手机型号是什么", "device"),
        ("Your gems have been restored", "done"),
        ("感谢您的建议", "other"),
    ],
)
def test_a_player_understands_what_staff_wants(body, heard):
    assert meaning(body) == heard
