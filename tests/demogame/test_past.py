"""What players asked before the desk was there: the same each time, with evenings, a weekend and an outage in it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
from litestar.testing import AsyncTestClient

from demogame.crowd import Crowd
from demogame.mailbox import Mailbox
from demogame.past import DAYS, asked
from demogame.rate import Rate
from demogame.server import Game, build
from demogame.texts import CATEGORIES
from demogame.world import CAST

UNTIL = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def test_a_month_of_questions_is_the_same_each_time():
    questions = asked("playerdesk", UNTIL)
    assert 2500 <= len(questions) <= 4000
    assert questions == asked("playerdesk", UNTIL)
    assert all(UNTIL - timedelta(days=DAYS) <= each.at < UNTIL for each in questions)
    assert questions == sorted(questions, key=lambda each: each.at)


def test_it_has_evenings_chats_both_games_and_mostly_chinese():
    questions = asked("playerdesk", UNTIL)
    hours = Counter((each.at.hour + 8) % 24 for each in questions)
    assert hours[20] + hours[21] > 3 * (hours[9] + hours[10]) / 2
    assert hours[3] + hours[4] < hours[12]
    assert {each.category for each in questions} == set(CATEGORIES)
    assert {each.brand for each in questions} == {"skyreach", "happycards"}
    assert 0.03 < sum(each.language == "en" for each in questions) / len(questions) < 0.15
    assert 0.2 < sum(each.live for each in questions) / len(questions) < 0.6
    assert set(CAST) <= {each.account for each in questions}, "who is tried out by hand has a past, too"


def test_a_sentence_is_whole():
    for each in asked("playerdesk", UNTIL)[:300]:
        assert each.body.strip()
        assert "{" not in each.body
        assert all("{" not in line for line in each.lines.values())


async def test_it_is_told_once_the_desk_knows_everybody(desk, keyring, tmp_path):
    rate = Rate(6)
    crowd = Crowd(desk, "playerdesk", rate, tmp_path / "cases.json")
    game = Game("playerdesk", "http://127.0.0.1:8000", keyring, Mailbox(tmp_path / "mail.jsonl"), rate, crowd)
    async with AsyncTestClient(build(game), base_url="http://game.local") as web:
        assert (await web.get("/demo/past", params={"until": UNTIL.isoformat()})).status_code == 503
        game.told.set()
        answer = await web.get("/demo/past", params={"until": UNTIL.isoformat()})
        assert len(msgspec.json.decode(answer.content)) == len(asked("playerdesk", UNTIL))
        assert (await web.get("/demo/past")).status_code == 400
