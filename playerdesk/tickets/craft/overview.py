"""Everything craft knows about one ticket, in one answer: what its screen shows beside the conversation."""

from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.staff import Scope
from playerdesk.tickets.craft.checklists import Step, steps_of
from playerdesk.tickets.craft.efforts import Spent, spent_on
from playerdesk.tickets.craft.follows import followers
from playerdesk.tickets.craft.lessons import ArticleProposal, cause_of, proposed_from
from playerdesk.tickets.craft.links import Linked, links_of
from playerdesk.tickets.craft.merging import merged_into
from playerdesk.tickets.craft.practices import Practice, practice_of
from playerdesk.tickets.craft.side import SideRow, sides_of
from playerdesk.tickets.queries import Entry, TicketRow, rows, timeline
from playerdesk.tickets.shown import shown


class Merged(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket that goes on in this one, with its own timeline. `into_id`: directly in this, or over another."""

    row: TicketRow
    into_id: int
    merged_at: datetime
    merged_by: int
    entries: list[Entry]


class Craft(msgspec.Struct, frozen=True, rename="camel"):
    """All of it. `merged_into_id`: where this ticket itself goes on; `merged_elsewhere`: how many of a brand that is not hers."""

    merged_into_id: int | None
    merged: list[Merged]
    merged_elsewhere: int
    links: list[Linked]
    followers: list[int]
    snoozed_until: datetime | None
    steps: list[Step]
    usual_steps: int
    """How many steps its category usually has, for the offer to put them in."""
    spent: list[Spent]
    sides: list[SideRow]
    practice: Practice
    cause_id: int | None
    proposals: list[ArticleProposal]


_MARKS: LiteralString = "SELECT merged_into_id, snoozed_until, category_id FROM tickets.ticket WHERE id = $1"

_MERGED: LiteralString = """
    SELECT source_id, target_id, at, by_id FROM tickets.merging WHERE source_id = ANY($1::bigint[]) AND undone_at IS NULL
"""


# What goes on in a ticket is part of it, in whosever hands it was: who gets the ticket must know what was said. A brand
# she does not work for stays shut.
_HERS: LiteralString = "SELECT t.id FROM tickets.ticket t WHERE t.id = ANY($1::bigint[]) AND t.brand_id = ANY($2::bigint[])"


async def craft_of(reader: Reader, ticket_id: int, person_id: int, scope: Scope) -> Craft:
    """For somebody who may see the ticket."""
    merged_id, snoozed, category_id = (await reader.fetch(_MARKS, ticket_id))[0]
    everything = await merged_into(reader, ticket_id)
    family = [row[0] for row in await reader.fetch(_HERS, everything, scope.brand_ids)] if everything else []
    practice = await practice_of(reader, category_id)
    return Craft(
        merged_into_id=merged_id, merged=await _merged(reader, family) if family else [],
        merged_elsewhere=len(everything) - len(family),
        links=await links_of(reader, [ticket_id, *family], scope), followers=await followers(reader, ticket_id),
        snoozed_until=snoozed, steps=await steps_of(reader, ticket_id), usual_steps=len(practice.checklist),
        spent=await spent_on(reader, [ticket_id, *family]), sides=await sides_of(reader, ticket_id, person_id),
        practice=practice, cause_id=await cause_of(reader, ticket_id), proposals=await proposed_from(reader, ticket_id),
    )


async def _merged(reader: Reader, family: list[int]) -> list[Merged]:
    row_of = {row.id: row for row in await rows(reader, family)}
    return [
        Merged(row_of[source], target, at, by_id, [shown(entry) for entry in await timeline(reader, source)])
        for source, target, at, by_id in await reader.fetch(_MERGED, family) if source in row_of
    ]
