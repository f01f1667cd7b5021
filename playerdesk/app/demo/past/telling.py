"""Letting the past happen: each matter from beginning to end in one transaction, through the packages' own actions.

Told twice nothing is doubled: a ticket's key says which question of the past it is, and what stands is passed over.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from playerdesk.app.demo.past.filled import filled
from playerdesk.app.demo.past.lives import Life, Step
from playerdesk.forms import category_by_key
from playerdesk.kernel import Refused, Tx, Wiring
from playerdesk.sla import reactions as sla
from playerdesk.sla.jobs import ring_once
from playerdesk.surveys import REASONS, rate
from playerdesk.tickets import (
    Assignment,
    Opened,
    OpenTicket,
    Post,
    assign_many,
    close,
    end_chats,
    mark_read,
    open_tickets,
    post_messages,
    preview_of,
    resolve,
)
from playerdesk.tickets.handling import add_note

WIRING = Wiring(sla.reactions)
"""The clocks only: what is over is given to nobody, pushed to nobody and no rule's business."""

_RINGS = "SELECT min(ring_at) FROM sla.clock WHERE ticket_id = $1"
_THERE = "SELECT client_key FROM tickets.ticket WHERE client_key = ANY($1::text[])"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('demo.past'))"
EVERYTHING = 1 << 30


class Desk(msgspec.Struct, frozen=True):
    """Numbers of this desk by the names of the past."""

    brands: Mapping[str, int]
    players: Mapping[str, int]
    people: Mapping[str, int]


async def tell(tx: Tx, desk: Desk, lives: Sequence[Life]) -> int:
    """These matters, one after the other; how many were new."""
    await tx.execute(_ONE_AT_A_TIME)
    there = {row[0] for row in await tx.fetch(_THERE, [life.key for life in lives])}
    fresh = [life for life in lives if life.key not in there]
    for life in fresh:
        await _live(tx, desk, life)
    return len(fresh)


async def _live(tx: Tx, desk: Desk, life: Life) -> None:
    asked, dice = life.asked, Random(life.key)  # noqa: S311 -- a story, no secret
    player_id, brand_id = desk.players[asked.account], desk.brands[asked.brand]
    category = await category_by_key(tx, brand_id, asked.category)
    (opened,) = await open_tickets(tx, [OpenTicket(
        brand_id=brand_id, player_id=player_id, channel="chat" if asked.live else "game", live=asked.live,
        category_id=category and category.id, subject=preview_of(asked.body, 0), body=asked.body, client_key=life.key,
        fields=filled(category.fields, asked, dice) if category else {},
        form_version_id=category and category.form_version_id, language=asked.language, server_key=asked.server,
        server_name=asked.server_name, role_id=asked.role_id, character_name=asked.character,
    )], asked.at)
    if not isinstance(opened, Opened):
        raise opened
    for n, step in enumerate(life.steps):
        if step.do in ("staff", "resolve"):
            await _ring(tx, opened.ticket_id, step.at)
        await _step(tx, desk, opened.ticket_id, player_id, f"{life.key}-{n}", step, dice)


async def _ring(tx: Tx, ticket_id: int, at: datetime) -> None:
    """Warned and missed when it was due, as the worker would have seen it."""
    while (due := await tx.value(_RINGS, ticket_id)) is not None and due < at:
        await ring_once(tx, due + timedelta(milliseconds=120))


async def _step(tx: Tx, desk: Desk, ticket_id: int, player_id: int, key: str, step: Step, dice: Random) -> None:
    match step.do:
        case "assign":
            reason = "vip_manager" if step.who in ("lin", "zhou") else "queue"
            await assign_many(tx, [Assignment(ticket_id, desk.people[step.who], reason)], step.at)
        case "staff":
            await _say(tx, Post(
                ticket_id=ticket_id, author="staff", author_id=desk.people[step.who], body=step.text, client_key=key
            ), step.at)
        case "player":
            await _say(tx, Post(
                ticket_id=ticket_id, author="player", author_id=player_id, body=step.text, client_key=key
            ), step.at)
        case "leave":
            await end_chats(tx, [ticket_id], "left", step.at)
        case "resolve":
            await resolve(tx, ticket_id, desk.people[step.who], step.text, step.at)
        case "rate":
            await rate(tx, ticket_id, step.score, _reasons(step, dice), step.text, step.at)
        case "note":
            await add_note(tx, ticket_id, desk.people[step.who], step.text, step.at)
        case "close":
            await close(tx, [ticket_id], step.at)
        case "read":
            await mark_read(tx, ticket_id, "player", EVERYTHING, step.at)


async def _say(tx: Tx, post: Post, at: datetime) -> None:
    (posted,) = await post_messages(tx, [post], at)
    if isinstance(posted, Refused):
        raise posted


def _reasons(step: Step, dice: Random) -> list[str]:
    offered = [reason.key for reason in REASONS[step.score]]
    if step.slow and "slow" in offered:
        return ["slow"]
    return dice.sample([key for key in offered if key != "slow"], dice.choice((0, 1, 1, 2)))
