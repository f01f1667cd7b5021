"""Pure decisions about tickets: what a word, a resolution or a hand-over does to where one stands."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from playerdesk.kernel import Conflict, Refused, Text
from playerdesk.tickets.standing import Standing

OPEN = frozenset({"new", "open", "pending", "hold"})
WAITING_FOR_US = frozenset({"new", "open"})
PREVIEW_LENGTH = 120
TEXT_LENGTH = 5000

HEAD_START_SECONDS = {"high": 3600, "mid": 900, "low": 120, "none": 0}
"""How much waiting a tier is worth in a queue, unless the company says otherwise (`players.tier_services`).
A newcomer of a higher tier passes those who have waited less than the difference; whoever has waited longer
goes first, so nobody starves."""

PRIORITY_HEAD_START_SECONDS = {0: 1800, 1: 600, 2: 0, 3: -600}

CLOSED_TEXT = Text(
    zh="这张工单已关闭，请重新提交一个问题。", en="This ticket is closed. Please send a new question."
)
OVER = Text(zh="工单已解决或关闭，请先重新打开。", en="This ticket is over. Reopen it first.")
NOTHING_SAID = Text(zh="请先写点内容再发送。", en="Please write something before you send.")
TOO_LONG = Text(zh="内容太长，最多 5000 字。", en="That is too long; 5,000 characters at most.")


def head_start(tier: str, priority: int, of_tiers: Mapping[str, int] = HEAD_START_SECONDS) -> timedelta:
    """What tier and priority are worth, as time already waited."""
    return timedelta(seconds=of_tiers.get(tier, 0) + PRIORITY_HEAD_START_SECONDS.get(priority, 0))


def rank(standing: Standing) -> datetime:
    """Smaller stands first. Whoever does not wait for us ranks by her last word."""
    since = standing.waiting_since or standing.last_message_at
    return since - head_start(standing.tier, standing.priority, standing.head_starts)


def preview_of(body: str, attachments: int) -> str:
    """One line for a list."""
    line = " ".join(body.split())[:PREVIEW_LENGTH]
    return line or ("📎" * min(attachments, 3))


def check_text(body: str, attachments: int) -> Text | None:
    """What is wrong with a message, or None."""
    if not body.strip() and not attachments:
        return NOTHING_SAID
    return TOO_LONG if len(body) > TEXT_LENGTH else None


def player_said(standing: Standing, at: datetime, preview: str, reopen_until: datetime | None) -> Standing | Refused:
    """The player wrote: she waits for us again; a resolved matter is open again within its window."""
    if standing.status == "closed" or (
        standing.status == "resolved" and reopen_until is not None and at > reopen_until
    ):
        return Conflict("ticket_closed", CLOSED_TEXT)
    again = standing.status == "resolved"
    after = replace(
        standing,
        status="open" if again or standing.status in ("pending", "hold") else standing.status,
        resolved_at=None if again else standing.resolved_at,
        resolved_by=None if again else standing.resolved_by,
        reopened=standing.reopened + again,
        waiting_since=standing.waiting_since or at,
        staff_unread=standing.staff_unread + 1,
        last_author="player",
        last_message_at=at,
        preview=preview,
    )
    return replace(after, rank_at=rank(after))


def staff_said(standing: Standing, agent_id: int, at: datetime, preview: str) -> Standing | Refused:
    """An agent answered: the player's waiting is over and the turn is hers."""
    if standing.status == "closed":
        return Conflict("ticket_closed", Text(
            zh="这张工单已关闭；请先重新打开再回复。", en="This ticket is closed. Reopen it before you reply."
        ))
    stays = standing.status in ("resolved", "hold")
    after = replace(
        standing,
        # In a live chat both sides take turns by the second; the ticket stays open meanwhile.
        status=standing.status if stays else ("open" if standing.live else "pending"),
        assignee_id=standing.assignee_id or agent_id,
        assigned_at=standing.assigned_at if standing.assignee_id else at,
        waiting_since=None,
        player_unread=standing.player_unread + 1,
        staff_unread=0,
        staff_read=standing.public_count,
        last_author="staff",
        last_message_at=at,
        preview=preview,
        first_response_at=standing.first_response_at or at,
        first_response_by=standing.first_response_by or agent_id,
    )
    return replace(after, rank_at=rank(after))


def assigned(standing: Standing, person_id: int, at: datetime) -> Standing:
    """The ticket has an owner; a new one becomes open."""
    return replace(
        standing,
        assignee_id=person_id,
        assigned_at=at,
        status="open" if standing.status == "new" else standing.status,
    )


def queued(standing: Standing, queue_id: int | None) -> Standing:
    """Nobody has it; it keeps the waiting it has done."""
    after = replace(standing, queue_id=queue_id, assignee_id=None, assigned_at=None)
    return replace(after, rank_at=rank(after))


def resolved(standing: Standing, by: int | None, solution: str, at: datetime) -> Standing | Refused:
    """The need is met."""
    if standing.status not in OPEN:
        return Conflict("already_resolved", Text(
            zh="这张工单已经解决。", en="This ticket has been resolved already."
        ))
    return replace(
        standing, status="resolved", live=False, resolved_at=at, resolved_by=by, solution=solution,
        waiting_since=None, staff_unread=0,
    )


def reopened(standing: Standing, at: datetime) -> Standing | Refused:
    """It was not met after all; whoever waits, waits from now."""
    if standing.status in OPEN:
        return Conflict("not_resolved", Text(
            zh="这张工单还在处理中，无需重新打开。", en="This ticket is still open; there is nothing to reopen."
        ))
    after = replace(
        standing, status="open", resolved_at=None, resolved_by=None, closed_at=None, waiting_since=at,
        reopened=standing.reopened + 1,
    )
    return replace(after, rank_at=rank(after))
