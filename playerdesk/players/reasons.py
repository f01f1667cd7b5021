"""Why this player may be angry: the few things that went wrong for her, the heaviest first. Pure.

Weights say how much a thing explains, 0 to 100; they fall as it gets older. Texts carry no times: the screen has
the moment beside them and says it in the reader's own clock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from playerdesk.kernel import Text

MOST = 5
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_SLOW_PAYMENT = timedelta(minutes=10)
_LATE = timedelta(minutes=10)

Kind = Literal[
    "penalty", "payment_failed", "payment_pending", "disconnect", "waiting", "breached", "open_tickets", "reopened",
    "low_rating", "minor",
]


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """One of them; `ticket_id` when there is a ticket to open."""

    kind: Kind
    weight: int
    text: Text
    at: datetime | None = None
    ticket_id: int | None = None


class Purchase(msgspec.Struct, frozen=True):
    """A purchase as the game told it; `amount` is ready to show, with its currency, `state` is paid, failed or pending."""

    product: str
    amount: str
    state: str
    at: datetime


class Play(msgspec.Struct, frozen=True):
    """A stretch of play and how it ended."""

    ended_at: datetime | None
    end_reason: str | None
    server: str


class Penalty(msgspec.Struct, frozen=True):
    """What the game did to her; without `until` it is for good, unless `lifted_at` says it was taken back."""

    kind: Literal["mute", "ban", "freeze", "restrict"]
    reason: str
    at: datetime
    until: datetime | None
    lifted_at: datetime | None


class Contacted(msgspec.Struct, frozen=True):
    """A ticket of hers, as far as it explains anything."""

    id: int
    is_open: bool
    waiting_since: datetime | None
    breached: bool
    reopened: int
    rating: int | None
    at: datetime


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known: newest first in each list."""

    purchases: Sequence[Purchase] = ()
    plays: Sequence[Play] = ()
    penalties: Sequence[Penalty] = ()
    tickets: Sequence[Contacted] = ()
    realname: str | None = None
    age: int | None = None


_PENALTIES = {
    "mute": Text("被禁言", "Muted"), "ban": Text("被封号", "Banned"), "freeze": Text("账号被冻结", "Account frozen"),
    "restrict": Text("功能受限", "Restricted"),
}
_HARM = {"ban": 95, "freeze": 95, "mute": 80, "restrict": 70}


def reasons(facts: Facts, at: datetime) -> list[Reason]:
    """The heaviest few; of two equally heavy ones the newer first. Empty: nothing known went wrong."""
    found = [
        *_penalties(facts.penalties, at), *_purchases(facts.purchases, at), *_disconnects(facts.plays, at),
        *_tickets(facts.tickets, at), *_minor(facts),
    ]
    found.sort(key=lambda one: (-one.weight, -(one.at.timestamp() if one.at else 0), one.kind))
    return found[:MOST]


def _penalties(penalties: Sequence[Penalty], at: datetime) -> Iterable[Reason]:
    """The one that hurts most: in force, or over for less than a week."""
    best: tuple[int, Penalty, bool] | None = None
    for one in penalties:
        over = one.lifted_at or (one.until if one.until and one.until <= at else None)
        if over is not None and over <= at - _WEEK:
            continue
        weight = _HARM[one.kind] if over is None else 50
        if best is None or weight > best[0]:
            best = (weight, one, over is None)
    if best is None:
        return
    weight, one, active = best
    what, why = _PENALTIES[one.kind], f"：{one.reason}" if one.reason else ""
    tail = Text("", "") if active else Text("（已结束）", " (over)")
    yield Reason("penalty", weight, Text(
        f"{what.zh}{tail.zh}{why}", f"{what.en}{tail.en}{why.replace('：', ': ')}"
    ), one.at)


def _purchases(purchases: Sequence[Purchase], at: datetime) -> Iterable[Reason]:
    paid = {(one.product, one.at) for one in purchases if one.state == "paid"}

    def made_good(one: Purchase) -> bool:
        return any(product == one.product and when > one.at for product, when in paid)

    failed = [one for one in purchases if one.state == "failed" and one.at > at - _WEEK and not made_good(one)]
    if failed:
        newest = max(failed, key=lambda one: one.at)
        times = Text(f"（共 {len(failed)} 次）", f" ({len(failed)} times)") if len(failed) > 1 else Text("", "")
        yield Reason("payment_failed", 90 if newest.at > at - _DAY else 60, Text(
            f"充值失败：{newest.product}{_amount(newest)}{times.zh}",
            f"Payment failed: {newest.product}{_amount(newest)}{times.en}",
        ), newest.at)
    stuck = [one for one in purchases if one.state == "pending" and at - _WEEK < one.at < at - _SLOW_PAYMENT]
    if stuck and not made_good(stuck[0]):
        one = max(stuck, key=lambda each: each.at)
        yield Reason("payment_pending", 70, Text(
            f"充值迟迟没有结果：{one.product}{_amount(one)}", f"Payment still pending: {one.product}{_amount(one)}"
        ), one.at)


def _amount(one: Purchase) -> str:
    return f" {one.amount}" if one.amount else ""


def _disconnects(plays: Sequence[Play], at: datetime) -> Iterable[Reason]:
    lost = [
        (one.ended_at, one) for one in plays
        if one.ended_at is not None and one.end_reason in ("disconnect", "kicked") and one.ended_at > at - _WEEK
    ]
    if not lost:
        return
    when, last = max(lost, key=lambda pair: pair[0])
    often = sum(ended > at - _DAY for ended, _ in lost)
    where = f" · {last.server}" if last.server else ""
    zh, en = ("被踢下线", "Kicked out") if last.end_reason == "kicked" else ("掉线", "Disconnected")
    if often >= 3:
        zh, en = f"一天内{zh} {often} 次", f"{en} {often} times within a day"
    weight = 75 if often >= 3 else 60 if when > at - _DAY else 35
    yield Reason("disconnect", weight, Text(zh + where, en + where), when)


def _tickets(tickets: Sequence[Contacted], at: datetime) -> Iterable[Reason]:
    still = [one for one in tickets if one.is_open]
    waits = sorted((one.waiting_since, one.id) for one in still if one.waiting_since is not None)
    if waits and waits[0][0] < at - _LATE:
        since, ticket_id = waits[0]
        waited = at - since
        weight = 85 if waited >= _DAY else 65 if waited >= 2 * _HOUR else 40
        yield Reason("waiting", weight, Text("正在等我们答复", "Waiting for our answer"), since, ticket_id)
    late = [one for one in still if one.breached]
    if late:
        yield Reason("breached", 80, Text("我们已超过承诺的时限", "We are past the promised time"), late[0].at, late[0].id)
    if len(still) > 1:
        yield Reason("open_tickets", 45, Text(
            f"有 {len(still)} 个未解决的工单", f"{len(still)} open tickets"
        ), still[0].at, still[0].id)
    again = [one for one in tickets if one.reopened and one.at > at - 30 * _DAY]
    if again:
        yield Reason("reopened", 70, Text("问题没解决，工单被重新打开过", "A solved ticket was reopened"), again[0].at, again[0].id)
    low = [one for one in tickets if one.rating is not None and one.rating <= 2 and one.at > at - 90 * _DAY]
    if low:
        yield Reason("low_rating", 55, Text(
            f"上次只给了 {low[0].rating} 分", f"Rated us {low[0].rating} of 5 lately"
        ), low[0].at, low[0].id)


def _minor(facts: Facts) -> Iterable[Reason]:
    if facts.realname == "minor":
        zh, en = (f"未成年人（{facts.age} 岁）", f"A minor ({facts.age})") if facts.age is not None else ("未成年人", "A minor")
        yield Reason("minor", 50, Text(f"{zh}，注意用语与充值限制", f"{en}: mind the wording and spending limits"))
