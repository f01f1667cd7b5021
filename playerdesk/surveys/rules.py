"""What a verdict may be, and until when it may change."""

from datetime import datetime, timedelta

import msgspec

from playerdesk.kernel import Conflict, Refused, Rejected, Text

CHANGEABLE = timedelta(hours=24)
COMMENT_LENGTH = 1000
LOW = 2
"""This many stars or fewer become a follow-up for the team lead."""

RATABLE = frozenset({"resolved", "closed"})


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """Why, in one tap."""

    key: str
    name: Text


_BAD = (
    Reason("slow", Text(zh="回复太慢", en="Too slow")),
    Reason("unsolved", Text(zh="问题没解决", en="Not solved")),
    Reason("rude", Text(zh="态度不好", en="Unfriendly")),
    Reason("bot_like", Text(zh="像机器人，答非所问", en="Felt like a robot")),
    Reason("unclear", Text(zh="说得不清楚", en="Hard to understand")),
)
_GOOD = (
    Reason("fast", Text(zh="回复快", en="Fast")),
    Reason("patient", Text(zh="有耐心", en="Patient")),
    Reason("professional", Text(zh="很专业", en="Knew what to do")),
    Reason("solved", Text(zh="问题解决了", en="Solved it")),
)

REASONS: dict[int, tuple[Reason, ...]] = {1: _BAD, 2: _BAD, 3: _BAD, 4: _GOOD, 5: _GOOD}
"""The reasons offered for each number of stars."""

NOT_YET = Text(zh="问题解决之后才能评价，请稍等。", en="You can rate this once it has been solved.")
TOO_LATE = Text(zh="评价满 24 小时后不能再修改。", en="A rating can be changed for 24 hours; that time is over.")
BAD_SCORE = Text(zh="请选择 1 到 5 颗星。", en="Please choose one to five stars.")
BAD_REASON = Text(zh="所选原因不适用于这个评分，请重新选择。", en="That reason does not go with this score.")
TOO_LONG = Text(zh="评语太长，最多 1000 字。", en="That comment is too long; 1,000 characters at most.")


def check_verdict(score: int, reasons: list[str], comment: str) -> Refused | None:
    """What is wrong with a verdict, or None."""
    if score not in REASONS:
        return Rejected("bad_score", BAD_SCORE, fields={"score": BAD_SCORE})
    offered = {reason.key for reason in REASONS[score]}
    if len(set(reasons)) != len(reasons) or not offered.issuperset(reasons):
        return Rejected("bad_reason", BAD_REASON, fields={"reasons": BAD_REASON})
    if len(comment) > COMMENT_LENGTH:
        return Rejected("comment_too_long", TOO_LONG, fields={"comment": TOO_LONG})
    return None


def check_time(status: str, rated_at: datetime | None, at: datetime) -> Refused | None:
    """Whether the ticket can be rated now, for the first time or again."""
    if rated_at is not None and at - rated_at > CHANGEABLE:
        return Conflict("too_late", TOO_LATE)
    # Reopened in the meantime: the verdict stands until it is solved again.
    return None if status in RATABLE else Conflict("not_resolved", NOT_YET)
