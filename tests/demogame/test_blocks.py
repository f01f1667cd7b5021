"""What the game shows beside a ticket, as the desk will read it."""

from datetime import UTC, datetime

import msgspec
import pytest

from demogame import blocks
from demogame.world import CAST, player
from playerdesk.players.fields import read_fields
from playerdesk.players.record_kinds import FieldsRecord
from playerdesk.players.records import read_record

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("account", [*CAST, "sr-004242", "hc-004242"])
def test_the_desk_takes_every_record_and_every_field(account):
    who = player("playerdesk", account)
    for given in blocks.told(who, NOW):
        record = read_record(msgspec.Raw(msgspec.json.encode(given)), NOW)
        if isinstance(record, FieldsRecord):
            good, bad = read_fields(record.fields)
            assert (len(good), bad) == (len(record.fields), [])
    good, bad = read_fields(blocks.live(who, NOW))
    assert (len(good), bad) == (6, [])


def test_the_same_hour_tells_the_same():
    who = player("playerdesk", "sr-000001")
    assert blocks.told(who, NOW) == blocks.told(who, NOW.replace(minute=40))


def test_the_page_shows_a_name_as_text():
    who = msgspec.structs.replace(player("playerdesk", "sr-000001"), name="<script>x</script>")
    assert "<script>" not in blocks.page(who, NOW)
