"""Player records of one account, folded: the order of arrival leaves no trace."""

import functools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from playerdesk.players.profiles import fold
from playerdesk.players.records import PlayerRecord

MOMENTS = st.integers(0, 3).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))
DATED = st.builds(
    PlayerRecord, account=st.just("a"), name=st.sampled_from(["", "甲", "乙"]),
    language=st.sampled_from([None, "zh-CN", "en-US"]), last_seen_at=MOMENTS,
    registered_at=st.one_of(st.none(), MOMENTS),
)


@given(st.lists(DATED, max_size=6).flatmap(lambda records: st.tuples(st.just(records), st.permutations(records))))
def test_any_order_of_dated_records_folds_to_the_same_profile(orders):
    one, other = (functools.reduce(fold, records, None) for records in orders)
    assert one == other


def test_of_undated_records_the_last_to_arrive_is_believed():
    first, second = PlayerRecord("a", name="乙"), PlayerRecord("a", name="甲")
    assert fold(fold(None, first), second).name == "甲"
    assert fold(fold(None, second), first).name == "乙"
