"""What the clocks do when something happens to tickets; a batch of events at once."""

from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

from playerdesk.kernel import Reactions, Tx
from playerdesk.players import Tier
from playerdesk.sla import queries
from playerdesk.sla.machine import Clock, Stopped
from playerdesk.sla.outcomes import Late, due_of, facts_of, first_target, note_breaches, save, save_clocks, tell
from playerdesk.sla.rules import Facts, Policy, Watch, service_channel
from playerdesk.tickets import (
    ChatEnded,
    FirstTarget,
    MessagePosted,
    TicketChanged,
    TicketClosed,
    TicketEvent,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    WhatIsDue,
    set_due,
)

reactions = Reactions("sla")

TIERS = get_args(Tier)

E = TypeVar("E", bound=TicketEvent)


def who(event: TicketEvent) -> Facts:
    """What the ticket's targets depend on, as the event tells it."""
    channel = service_channel(event.channel, live=event.live)
    return Facts(event.brand_id, channel, event.category_id, event.tier)


@reactions.answering(WhatIsDue)
async def what_is_due(tx: Tx, questions: Sequence[WhatIsDue]) -> list[dict[str, FirstTarget]]:
    """What tickets opened now will show as due, by tier; so each is written once, with its target."""
    policy = await queries.policy(tx)
    return [_by_tier(policy, question) for question in questions]


def _by_tier(policy: Policy, asked: WhatIsDue) -> dict[str, FirstTarget]:
    channel, targets = service_channel(asked.channel, live=asked.live), dict[str, FirstTarget]()
    for tier in TIERS:
        watch = Watch(0, (), policy)
        watch.opened(Facts(asked.brand_id, channel, asked.category_id, tier), asked.at)
        target = first_target(watch)
        if target is not None:
            targets[tier] = target
    return targets


@reactions.within(TicketOpened)
async def start_clocks(tx: Tx, batch: Sequence[TicketOpened]) -> None:
    """The first answer and the solution are due from now on, as the tickets show already."""
    policy = await queries.policy(tx)
    watches: list[Watch] = []
    others: list[Watch] = []
    for event in batch:
        watch = Watch(event.ticket_id, (), policy)
        watch.opened(who(event), event.at)
        watches.append(watch)
        if event.first_target != first_target(watch):
            others.append(watch)
    await save_clocks(tx, watches)
    if others:
        # The targets were changed between the question and here.
        await set_due(tx, [due_of(watch) for watch in others])


@reactions.within(MessagePosted)
async def follow_the_conversation(tx: Tx, batch: Sequence[MessagePosted]) -> None:
    """An answer stops the clocks that waited for it; a question starts the next one."""
    await _follow(tx, batch, lambda watch, event: watch.said(who(event), event.author, event.status, event.at))


@reactions.within(TicketChanged)
async def follow_the_ticket(tx: Tx, batch: Sequence[TicketChanged]) -> None:
    """Clocks stand still while we wait for somebody else; another category may have other targets."""
    await _follow(tx, [event for event in batch if {"status", "category"} & set(event.what)], _changed)


@reactions.within(TicketResolved)
async def stop_clocks(tx: Tx, batch: Sequence[TicketResolved]) -> None:
    """The solution is there."""
    await _follow(tx, batch, lambda watch, event: watch.finished(event.at))


@reactions.within(TicketClosed)
async def stop_what_runs(tx: Tx, batch: Sequence[TicketClosed]) -> None:
    """Closed tickets have no clocks running."""
    await _follow(tx, batch, lambda watch, event: watch.finished(event.at))


@reactions.within(TicketReopened)
async def restart_clocks(tx: Tx, batch: Sequence[TicketReopened]) -> None:
    """It was not solved: the solution is due anew."""
    await _follow(tx, batch, _reopened)


@reactions.within(ChatEnded)
async def treat_as_a_form(tx: Tx, batch: Sequence[ChatEnded]) -> None:
    """A chat that ended unsolved (nobody on duty, the player left) is answered like a form from now on."""
    await _follow(tx, [event for event in batch if event.reason != "resolved"], _left_the_chat)


def _changed(watch: Watch, event: TicketChanged) -> list[Stopped]:
    watch.now(event.status, event.at)
    if "category" in event.what:
        watch.replanned(who(event), event.at)
    return []


def _reopened(watch: Watch, event: TicketReopened) -> list[Stopped]:
    watch.reopened(who(event), event.at)
    return []


def _left_the_chat(watch: Watch, event: ChatEnded) -> list[Stopped]:
    watch.replanned(who(event), event.at)
    watch.now(event.status, event.at)
    return []


async def _follow(tx: Tx, batch: Sequence[E], happen: Callable[[Watch, E], list[Stopped]]) -> None:
    """Read the clocks of the batch, let each event happen to its ticket's, write what changed.

    The tickets are locked by the action that emitted the events, and with them their clocks.
    """
    if not batch:
        return
    policy = await queries.policy(tx)
    watches = await _watches(tx, batch, policy)
    stopped: list[tuple[TicketEvent, Stopped]] = []
    last: dict[int, E] = {}
    for event in batch:
        last[event.ticket_id] = event
        stopped += [(event, one) for one in happen(watches[event.ticket_id], event)]
    await save(tx, list(watches.values()))
    late = [
        Late(facts_of(last[watch.ticket_id]), clock) for watch in watches.values() for clock in watch.newly_late()
    ]
    await note_breaches(tx, late, batch[-1].at)
    await tell(tx, stopped)


async def _watches(tx: Tx, batch: Sequence[TicketEvent], policy: Policy) -> dict[int, Watch]:
    rows: dict[int, list[Clock]] = {event.ticket_id: [] for event in batch}
    for row in await queries.clock_rows(tx, list(rows)):
        rows[row.ticket_id].append(row)
    return {ticket_id: Watch(ticket_id, clocks, policy) for ticket_id, clocks in rows.items()}
