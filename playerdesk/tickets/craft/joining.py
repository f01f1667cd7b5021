"""What merging does to where two tickets stand, and how it is undone without touching what came after. Pure."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Conflict, Refused, Text
from playerdesk.tickets.craft.marks import Marks
from playerdesk.tickets.handling import MERGED_AWAY
from playerdesk.tickets.rules import OPEN, WAITING_FOR_US, rank
from playerdesk.tickets.standing import Standing

OTHER_PLAYER = Text(
    zh="这两张工单不是同一位玩家的。如果确是同一个人，请先合并玩家身份，再合并工单。",
    en="These tickets are not of one player. If they are the same person, merge the players first, then the tickets.",
)
LIVE = Text(
    zh="有一张工单正在在线会话中，请等会话结束后再合并。",
    en="One of these is a live chat. Merge it when the chat is over.",
)
TARGET_OVER = Text(
    zh="要合并到的工单已经结束，请先重新打开它，或换一张。",
    en="The ticket to merge into is over. Reopen it first, or choose another.",
)


class Stand(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket at one moment, with all that merging may change."""

    standing: Standing
    snoozed_until: datetime | None
    escalated_at: datetime | None

    @classmethod
    def of(cls, standing: Standing, row: Marks) -> "Stand":
        return cls(standing, row.snoozed_until, row.escalated_at)


def check(target: Standing, target_mark: Marks, source: Standing, source_mark: Marks) -> Refused | None:
    """Why these two cannot become one, or None."""
    refusal: Refused | None = None
    if target_mark.merged_into_id is not None:
        refusal = Conflict("merged_away", MERGED_AWAY, extra={"mergedIntoId": target_mark.merged_into_id})
    elif source_mark.merged_into_id is not None:
        refusal = Conflict("merged_away", MERGED_AWAY, extra={"mergedIntoId": source_mark.merged_into_id})
    elif target.player_id != source.player_id:
        refusal = Conflict("other_player", OTHER_PLAYER)
    elif source.live:
        refusal = Conflict("live_chat", LIVE)
    elif target.status not in OPEN:
        refusal = Conflict("target_over", TARGET_OVER)
    return refusal


def given_up(source: Stand, at: datetime) -> Stand:
    """The source after the merge: closed, nobody waits in it."""
    standing = replace(source.standing, status="closed", closed_at=at, waiting_since=None, staff_unread=0)
    return Stand(standing, None, None)


def gained(target: Stand, source: Stand) -> Stand:
    """The target after the merge: it waits as long, is as urgent, and is watched as closely as either was."""
    own, other = target.standing, source.standing
    waits = min((at for at in (own.waiting_since, other.waiting_since) if at is not None), default=None)
    turned = own.status not in WAITING_FOR_US and other.status in WAITING_FOR_US and other.waiting_since is not None
    newest = other if other.last_message_at > own.last_message_at else own
    status = "open" if turned else own.status
    after = replace(
        own, status=status, waiting_since=waits if status in WAITING_FOR_US else own.waiting_since,
        priority=min(own.priority, other.priority), staff_unread=own.staff_unread + other.staff_unread,
        preview=newest.preview, last_author=newest.last_author, last_message_at=newest.last_message_at,
    )
    watched = [at for at in (target.escalated_at, source.escalated_at) if at is not None]
    return Stand(
        replace(after, rank_at=rank(after)), None if turned else target.snoozed_until, min(watched, default=None)
    )


_SOURCE = ("status", "closed_at", "waiting_since", "staff_unread")
_TARGET = ("status", "waiting_since", "preview", "last_author", "last_message_at")


def _put_back(now: Standing, before: Standing, after: Standing, names: tuple[str, ...]) -> Standing:
    """Each fact as it was before, unless something else has changed it since."""
    return replace(now, **{
        name: getattr(before, name) for name in names if getattr(now, name) == getattr(after, name)
    })


def restored(now: Stand, before: Stand, after: Stand) -> Stand:
    """The source standing for itself again, where it stood."""
    standing = _put_back(now.standing, before.standing, after.standing, _SOURCE)
    return Stand(standing, before.snoozed_until if standing.status == "hold" else None, before.escalated_at)


def relieved(now: Stand, before: Stand, after: Stand, wrote_since: datetime | None) -> Stand:
    """The target without the source. What was said in it since is its own: `wrote_since` is when she began to wait for that."""
    is_now, was, became = now.standing, before.standing, after.standing
    if is_now.public_seq > became.public_seq:
        standing = is_now
        if is_now.waiting_since is not None and is_now.waiting_since == became.waiting_since:
            standing = replace(standing, waiting_since=was.waiting_since or wrote_since)
    else:
        standing = _put_back(is_now, was, became, _TARGET)
    moved = became.staff_unread - was.staff_unread
    standing = replace(
        standing,
        priority=was.priority if is_now.priority == became.priority else is_now.priority,
        staff_unread=is_now.staff_unread - moved if is_now.staff_unread >= became.staff_unread else is_now.staff_unread,
    )
    slept = before.snoozed_until if now.snoozed_until == after.snoozed_until else now.snoozed_until
    return Stand(
        replace(standing, rank_at=rank(standing)),
        slept if standing.status == "hold" else None,
        before.escalated_at if now.escalated_at == after.escalated_at else now.escalated_at,
    )
