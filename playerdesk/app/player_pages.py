"""A player's card and what opens from it: put together from players, tickets and surveys."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from playerdesk.app.official_mark import official_code
from playerdesk.app.player_facts import facts_of
from playerdesk.audit import Trace
from playerdesk.forms import categories
from playerdesk.kernel import Database, NotFound, Reader, now
from playerdesk.kernel.http import answer, language_of, may
from playerdesk.players import (
    BlockFrame,
    Layout,
    LiveFields,
    PlayerCard,
    PlayerNote,
    Proposal,
    Reason,
    Subject,
    TierService,
    account_in,
    block_setting,
    card,
    frames_for,
    mask_card,
    notes_of,
    players_by_id,
    proposals_for,
    reasons,
    seen_person,
    tier_services,
)
from playerdesk.players.segments.tags import PlayerTag, tags_of
from playerdesk.staff import scope_of
from playerdesk.surveys import Rating, Satisfaction, satisfaction_of, verdicts_of
from playerdesk.tickets import TicketRow, contacts, detail
from playerdesk.tickets.http import visible
from playerdesk.tickets.messages import NO_SUCH

Caller = Request[Any, Any, Any]

LARGEST_PAGE = 50

STATES = {"open": ["new", "open", "pending", "hold"], "over": ["resolved", "closed"]}


class OfficialCode(msgspec.Struct, frozen=True):
    """What the player with this game account reads on her own screen, for an agent to read back."""

    issuer: str
    account: str
    code: str


class FullCard(PlayerCard, frozen=True, rename="camel", kw_only=True):
    """The card with why she may be angry, the player's history at this desk, and notes."""

    reasons: list[Reason]
    official_codes: list[OfficialCode]
    past_tickets: list[TicketRow]
    open_tickets: int
    satisfaction: Satisfaction
    notes: list[PlayerNote]
    proposals: list[Proposal]
    layout: Layout
    tags: list[PlayerTag]
    tier_service: TierService | None
    """What her tier is called and gets."""


class ContactPage(msgspec.Struct, frozen=True):
    """Tickets of a player, newest first; `next` goes on with older ones."""

    rows: list[TicketRow]
    next: int | None


class VerdictPage(msgspec.Struct, frozen=True):
    """What she thought of our answers."""

    ratings: list[Rating]
    next: int | None


class BlockFrames(msgspec.Struct, frozen=True):
    """Pages of the company beside this ticket."""

    frames: list[BlockFrame]


@get("/agent/v1/players/{player_id:int}", guards=[may("players.read")], straight=True)
async def player_card(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], ticket: FromQuery[int | None] = None
) -> Response[FullCard]:
    """Everything the desk knows about a player, in one answer. `ticket`: beside which one, for the order of its blocks."""
    agent = request.user
    async with database.reading() as reader:
        person = await seen_person(reader, agent, player_id)
        scope = await scope_of(reader, agent)
        found = await card(reader, player_id, scope.brand_ids, agent.permissions)
        assert found is not None
        past = await contacts(reader, person, scope, limit=20)
        satisfaction = await satisfaction_of(reader, person)
        notes = await notes_of(reader, person)
        proposals = await proposals_for(reader, person, scope.brand_ids) if "players.merge" in agent.permissions else []
        marks = await tags_of(reader, person, agent.roles, editor="players.edit" in agent.permissions)
        layout = await _layout(reader, next((each for each in past if each.id == ticket), None))
        service = (await tier_services(reader)).get(found.tier)
    shown = mask_card(found, agent.permissions)
    # Before she is shown; an open card fetches itself again and again, and that is one view.
    await request.app.state.sightings.saw(Trace(
        actor_id=agent.id, action="player.viewed", kind="player", object_id=str(found.id),
        brand_id=next((each.brand_id for each in (*found.characters, *past)), None),
    ))
    return answer(FullCard(
        **msgspec.structs.asdict(shown), reasons=reasons(facts_of(shown, past), now()),
        official_codes=_codes(request.app.state.mark_key, found), past_tickets=past[:10],
        open_tickets=sum(each.status not in STATES["over"] for each in past), satisfaction=satisfaction, notes=notes,
        proposals=proposals, layout=layout, tags=marks, tier_service=service,
    ))


@get("/agent/v1/players/{player_id:int}/contacts", guards=[may("players.read")])
async def contact_history(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], before: FromQuery[int | None] = None,
    channel: FromQuery[str | None] = None, show: FromQuery[str | None] = None, limit: FromQuery[int] = 20,
) -> Response[ContactPage]:
    """All contacts over all channels, page by page. `show`: open or over."""
    limit = max(1, min(limit, LARGEST_PAGE))
    async with database.reading() as reader:
        person = await seen_person(reader, request.user, player_id)
        scope = await scope_of(reader, request.user)
        rows = await contacts(
            reader, person, scope, before=before, channel=channel, statuses=STATES.get(show or ""), limit=limit
        )
    return answer(ContactPage(rows, rows[-1].id if len(rows) == limit else None))


@get("/agent/v1/players/{player_id:int}/ratings", guards=[may("players.read")])
async def rating_history(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], before: FromQuery[int | None] = None,
    limit: FromQuery[int] = 20,
) -> Response[VerdictPage]:
    """What she thought of our answers, the newest first."""
    limit = max(1, min(limit, LARGEST_PAGE))
    async with database.reading() as reader:
        person = await seen_person(reader, request.user, player_id)
        scope = await scope_of(reader, request.user)
        ratings = await verdicts_of(reader, person, scope.brand_ids, before, limit)
    return answer(VerdictPage(ratings, ratings[-1].ticket_id if len(ratings) == limit else None))


@get("/agent/v1/players/{player_id:int}/live-fields", guards=[may("players.read")])
async def live_fields(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], ticket: FromQuery[int | None] = None,
    again: FromQuery[bool] = False,
) -> Response[LiveFields]:
    """The company's own data about her, asked for now; the last good answer when there is no new one."""
    subject = await _subject(request, database, player_id, ticket)
    if subject is None:
        return answer(LiveFields("off"))
    async with database.reading() as reader:
        player = (await players_by_id(reader, [subject.player_id]))[subject.player_id]
    puller = request.app.state.puller
    return answer(await puller.pull(subject, player.tier, request.user.permissions, again=again))


@get("/agent/v1/players/{player_id:int}/frames", guards=[may("players.read")])
async def block_frames(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], ticket: FromQuery[int | None] = None
) -> Response[BlockFrames]:
    """Pages of the company to embed, each with a token that says whom it is about."""
    subject = await _subject(request, database, player_id, ticket)
    if subject is None:
        return answer(BlockFrames([]))
    async with database.reading() as reader:
        return answer(BlockFrames(await frames_for(reader, subject, request.user.id)))


async def _subject(request: Caller, database: Database, player_id: int, ticket_id: int | None) -> Subject | None:
    """Whom and what to ask about: the account the ticket came from, else her first one; None without any."""
    agent = request.user
    if ticket_id is not None:
        await visible(database, agent, ticket_id)
    async with database.reading() as reader:
        ticket = await detail(reader, ticket_id) if ticket_id is not None else None
        person = await seen_person(reader, agent, player_id)
        scope = await scope_of(reader, agent)
        if ticket is not None and ticket.player_id not in person:
            raise NotFound("no_such_ticket", NO_SUCH)
        whose = person if ticket is None else [ticket.player_id]
        account = await account_in(reader, whose, scope.brand_ids if ticket is None else [ticket.brand_id])
        if account is None:
            return None
        case = await _case_type(reader, ticket)
    subject = Subject(account.player_id, account.brand_id, account.account, language=language_of(request.scope))
    return subject if ticket is None else msgspec.structs.replace(
        subject, server=ticket.server_key, role_id=ticket.role_id, character=ticket.character_name, case_type=case,
        ticket_id=ticket.id,
    )


async def _case_type(reader: Reader, ticket: TicketRow | None) -> str:
    if ticket is None or ticket.category_id is None:
        return ""
    return next((each.key for each in await categories(reader, ticket.brand_id) if each.id == ticket.category_id), "")


async def _layout(reader: Reader, ticket: TicketRow | None) -> Layout:
    if ticket is None:
        return Layout()
    return (await block_setting(reader, ticket.brand_id)).layout_for(await _case_type(reader, ticket))


def _codes(key: bytes, found: PlayerCard) -> list[OfficialCode]:
    accounts = [(each.issuer, each.value) for each in found.identities if each.kind == "game_account"]
    return [OfficialCode(issuer, account, official_code(key, issuer, account)) for issuer, account in accounts]


ROUTES: list[Any] = [player_card, contact_history, rating_history, live_fields, block_frames]
