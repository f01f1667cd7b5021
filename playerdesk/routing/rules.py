"""Who gets the next ticket: pure decisions, tested without a database."""

from collections.abc import Sequence
from datetime import datetime

import msgspec


class Hand(msgspec.Struct, kw_only=True):
    """An agent on duty and what she can still take; changes while a round is decided."""

    person_id: int
    queue_ids: frozenset[int]
    brand_ids: frozenset[int]
    """Empty: every brand."""
    languages: frozenset[str]
    chat_capacity: int
    ticket_capacity: int
    chats: int = 0
    tickets: int = 0

    def room(self, *, live: bool) -> int:
        """How many more she can take."""
        return max(0, self.chat_capacity - self.chats if live else self.ticket_capacity - self.tickets)

    def free(self, *, live: bool) -> bool:
        return self.room(live=live) > 0

    def serves(self, brand_id: int) -> bool:
        return not self.brand_ids or brand_id in self.brand_ids

    def load(self, *, live: bool) -> float:
        """How full she is, 0 to 1, by the kind of work in question."""
        if live:
            return self.chats / self.chat_capacity
        return self.tickets / self.ticket_capacity

    def take(self, *, live: bool) -> None:
        if live:
            self.chats += 1
        else:
            self.tickets += 1


class Waiting(msgspec.Struct, frozen=True):
    """A ticket in line."""

    ticket_id: int
    queue_id: int
    brand_id: int
    language: str
    live: bool
    rank_at: datetime
    manager_id: int | None
    """The player's VIP manager, if she has one."""
    vip: bool = False
    """It waits in the VIP pool, which overflows to everybody else."""


class Line(msgspec.Struct, frozen=True):
    """What is looked at for free hands: chats or tickets of a queue (None: of the VIP pools), of one game or (None) of all."""

    queue_id: int | None
    brand_id: int | None
    live: bool


def lines_of(hands: Sequence[Hand]) -> list[Line]:
    """Every line in which one of these hands may find something to take."""
    found: set[Line] = set()
    for hand in hands:
        for live in (True, False):
            if hand.free(live=live):
                # The VIP pool overflows to everybody.
                found |= {Line(queue, brand, live) for queue in (*hand.queue_ids, None) for brand in hand.brand_ids or (None,)}
    return [each for each in found if each.brand_id is None or Line(each.queue_id, None, each.live) not in found]


class Match(msgspec.Struct, frozen=True):
    """Which ticket goes to whom, and why."""

    ticket_id: int
    person_id: int
    reason: str


def match(waiting: Sequence[Waiting], hands: Sequence[Hand]) -> list[Match]:
    """Give out work: first in line first, to the emptiest agent who may take it.

    The line is the rank (waiting plus the head start of tier and priority), over all queues an
    agent serves, so a queue with little traffic never starves beside a busy one. An agent who
    speaks the player's language is preferred, but nobody waits for the lack of one.
    """
    by_id = {hand.person_id: hand for hand in hands}
    by_queue: dict[int, list[Hand]] = {}
    for hand in hands:
        for queue_id in hand.queue_ids:
            by_queue.setdefault(queue_id, []).append(hand)
    matches: list[Match] = []
    for ticket in sorted(waiting, key=lambda each: (each.rank_at, each.ticket_id)):
        manager = by_id.get(ticket.manager_id or 0)
        if manager is not None and manager.serves(ticket.brand_id) and manager.free(live=ticket.live):
            hand, reason = manager, "vip_manager"
        else:
            hand, reason = _emptiest(by_queue.get(ticket.queue_id, ()), ticket), "queue"
        if hand is None and ticket.vip:
            # A high payer never waits for a full or empty VIP desk while anybody else has a hand free.
            hand, reason = _emptiest(hands, ticket), "vip_overflow"
        if hand is None:
            continue
        hand.take(live=ticket.live)
        matches.append(Match(ticket.ticket_id, hand.person_id, reason))
    return matches


def _emptiest(hands: Sequence[Hand], ticket: Waiting) -> Hand | None:
    able = [hand for hand in hands if hand.serves(ticket.brand_id) and hand.free(live=ticket.live)]
    if not able:
        return None
    return min(
        able,
        key=lambda hand: (
            ticket.language not in hand.languages, hand.load(live=ticket.live), hand.chats + hand.tickets,
            hand.person_id,
        ),
    )


class Care(msgspec.Struct, frozen=True):
    """Who looks after a high payer, and whether they are here; brands as with `Hand`."""

    player_id: int
    manager_id: int | None
    manager_here: bool
    manager_brands: list[int]
    deputy_id: int | None
    deputy_here: bool
    deputy_brands: list[int]


def caretaker(care: Care | None, brand_id: int) -> tuple[int, str] | None:
    """Her manager, else the manager's deputy, if they are here and may see this brand; None: the VIP pool."""
    if care is None:
        return None
    if care.manager_id is not None and care.manager_here and brand_id in (care.manager_brands or (brand_id,)):
        return care.manager_id, "vip_manager"
    if care.deputy_id is not None and care.deputy_here and brand_id in (care.deputy_brands or (brand_id,)):
        return care.deputy_id, "deputy"
    return None
