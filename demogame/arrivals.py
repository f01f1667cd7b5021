"""A player turns to support: she reads the form, writes her first words and sends them."""

import asyncio
import time
from datetime import UTC, datetime
from random import Random
from typing import Any

from msgspec import Struct

from demogame import mood, texts
from demogame.caller import Caller
from demogame.case import Case, begin
from demogame.desk import Desk, DeskRefused
from demogame.feed import everybody
from demogame.forms import PICKED, fill_fields
from demogame.picture import screenshot
from demogame.texts import Facts
from demogame.views import Field, TicketView
from demogame.world import CAST, Player, Segment

SHANGHAI_HOURS = 8


class People(Struct):
    """The players who may ask, by segment, without those a person plays by hand."""

    by_segment: dict[Segment, list[Player]]

    @property
    def counts(self) -> dict[Segment, int]:
        """Return how many there are of each."""
        return {kind: len(players) for kind, players in self.by_segment.items()}


def gather(seed: str, desk: Desk) -> People:
    """Sort all players of the brands the desk knows into segments."""
    found: dict[Segment, list[Player]] = {"high": [], "mid": [], "low": [], "none": []}
    for who in everybody(seed):
        if who.account not in CAST and desk.keyring.has(who.brand.key):
            found[who.segment].append(who)
    return People(found)


def next_player(rng: Random, people: People, busy: set[str]) -> Player | None:
    """Choose who asks next: nobody who still waits for an answer."""
    for _ in range(20):
        group = people.by_segment[mood.segment(rng, people.counts)]
        who = mood.closest(rng, group, hour_in_shanghai())
        if who.account not in busy:
            return who
    return None


async def ask(rng: Random, caller: Caller, chats_left: int) -> Case:
    """Open a ticket or a live chat for this player and return it as a case."""
    who = caller.player
    session = await caller.session()
    wish = mood.decide(rng, who, session, hour_in_shanghai())
    facts = texts.facts_for(rng, who, datetime.now(UTC), wish.category)
    form = next((c.fields for c in session.categories if c.key == wish.category), [])
    live = wish.live and chats_left > 0
    question: dict[str, Any] = {
        "category": wish.category,
        "body": texts.opening(rng, facts, wish.category, wish.tone),
        "fields": fill_fields(rng, form, facts, await _picks(caller, form)),
        "attachments": [await send_picture(rng, caller, facts)] if wish.picture else [],
        "live": live,
        "server": who.main.server.key,
        "character": who.main.role_id,
    }
    ticket = await _open(caller, question, facts)
    case = Case(
        account=who.account, ticket=ticket.id, category=wish.category, tone=wish.tone, facts=facts,
        live=live, opened_at=time.time(), patience=wish.patience,
    )  # fmt: skip
    begin(case, rng)
    return case


async def _picks(caller: Caller, form: list[Field]) -> dict[str, list[str]]:
    """What she can pick in this form, as the desk offers it."""
    kinds = {field.kind for field in form if field.kind in PICKED}
    return {kind: [pick.key for pick in (await caller.picks(kind))[:5]] for kind in sorted(kinds)}


async def _open(caller: Caller, question: dict[str, Any], facts: Facts) -> TicketView:
    try:
        return await caller.open(question)
    except DeskRefused as refusal:
        # A form may want something we did not think of: say it in words, as a person would.
        wrong = [key for key in refusal.fields if key in question["fields"]]
        if refusal.status != 422 or not wrong:
            raise
        for key in wrong:
            question["fields"][key] = facts.values["order"]
        return await caller.open(question)


async def send_picture(rng: Random, caller: Caller, facts: Facts) -> str:
    """Upload a small screenshot and return its id."""
    error, order = facts.values["error"], facts.values["order"][-8:]
    line = rng.choice((f"Error {error}", f"Order {order} failed", "Network unstable (1007)"))
    # Drawing takes some milliseconds of pure computing: not on the loop that carries the chats.
    picture = await asyncio.to_thread(screenshot, rng, caller.player.brand.name_en, line)
    return await caller.upload(f"screenshot-{rng.randrange(10**6):06d}.png", picture)


def hour_in_shanghai() -> int:
    """Return the hour on the players' clocks."""
    return (datetime.now(UTC).hour + SHANGHAI_HOURS) % 24
