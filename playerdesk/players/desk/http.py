"""The agents' routes about players: notes, wishes, unmasking, who is one person, data blocks; thin."""

from typing import Any

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, clean_line
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.players import finding, notes
from playerdesk.players.block_settings import BlockSetting, block_setting, change_block_setting
from playerdesk.players.card_shapes import PlayerPreferences
from playerdesk.players.finding import MergePreview, PlayerLine
from playerdesk.players.managers import assign_manager as choose_manager
from playerdesk.players.masking import SPEND
from playerdesk.players.merging import Choice, dismiss, merge, propose_again, unmerge
from playerdesk.players.notes import NoteEdit, PlayerNote
from playerdesk.players.preferences import Wishes, set_preferences
from playerdesk.players.previews import preview
from playerdesk.players.seeing import seen_merge, seen_person
from playerdesk.players.unmasking import FieldPlace, Unmasked, unmask
from playerdesk.staff import scope_of

Caller = Request[Any, Any, Any]


class NewPlayerNote(msgspec.Struct, rename="camel"):
    body: str
    client_key: str
    pinned: bool = False


class ChangedPlayerNote(msgspec.Struct):
    body: str | None = None
    pinned: bool | None = None


class UnmaskPlayer(msgspec.Struct, rename="camel"):
    """Either a contact of the card, or a field of a block."""

    reason: str
    contact_id: int | None = None
    field: FieldPlace | None = None


class MergePlayers(msgspec.Struct, rename="camel"):
    """`merged_id` becomes part of the player in the address."""

    merged_id: int
    reason: str
    manager_from_merged: bool = False
    preferences_from_merged: bool = False


class UndoPlayerMerge(msgspec.Struct):
    reason: str


class ChosenManager(msgspec.Struct, rename="camel"):
    """Who looks after her from now on; null: nobody."""

    person_id: int | None
    reason: str = ""


class PlayersAreTwo(msgspec.Struct, rename="camel"):
    other_id: int
    reason: str = ""


class PlayersOne(msgspec.Struct, rename="camel"):
    merge_id: int


class PlayerLines(msgspec.Struct):
    players: list[PlayerLine]


class PlayerPairs(msgspec.Struct):
    """Who may be one person, and who somebody has said is not."""

    pairs: list[finding.PlayerPair]
    apart: list[finding.PlayerPair]


class NoteEdits(msgspec.Struct):
    edits: list[NoteEdit]


PLAYER = "/agent/v1/players/{player_id:int}"


@post(PLAYER + "/notes", guards=[may("players.edit")])
async def add_note(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[NewPlayerNote]
) -> Response[PlayerNote]:
    """Something the next colleague should know. The same key again gives the same note."""
    async with database.transaction() as tx:
        await seen_person(tx, request.user, player_id)
        key = data.client_key[:64]
        return answer(await notes.add_note(tx, player_id, request.user.id, data.body, key, pinned=data.pinned), 201)


@patch(PLAYER + "/notes/{note_id:int}", guards=[may("players.edit")])
async def change_note(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], note_id: FromPath[int],
    data: JSONBody[ChangedPlayerNote],
) -> Response[PlayerNote]:
    """Reword or pin; what it said before stays readable."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        return answer(await notes.change_note(tx, person, note_id, request.user.id, body=data.body, pinned=data.pinned))


@post(PLAYER + "/notes/{note_id:int}/remove", guards=[may("players.edit")], status_code=204)
async def remove_note(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], note_id: FromPath[int]
) -> Response[None]:
    """Taken off the card; the audit log keeps what it said."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        await notes.change_note(tx, person, note_id, request.user.id, removed=True)
    return nothing()


@get(PLAYER + "/notes/{note_id:int}/edits", guards=[may("players.read")])
async def note_edits(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], note_id: FromPath[int]
) -> Response[NoteEdits]:
    """What a note said before, newest first."""
    async with database.reading() as reader:
        person = await seen_person(reader, request.user, player_id)
        return answer(NoteEdits(await notes.note_edits(reader, person, note_id)))


@put(PLAYER + "/preferences", guards=[may("players.edit")])
async def put_preferences(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[Wishes]
) -> Response[PlayerPreferences]:
    """How she likes to be talked to; refused when a colleague was faster."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        return answer(await set_preferences(tx, person, data, request.user.id))


@post(PLAYER + "/unmask", guards=[may("players.read")], status_code=200)
async def unmask_value(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[UnmaskPlayer]
) -> Response[Unmasked]:
    """One masked value in clear, for a reason that is kept."""
    agent = request.user
    async with database.transaction() as tx:
        person = await seen_person(tx, agent, player_id)
        scope = await scope_of(tx, agent)
        what = data.contact_id if data.field is None else data.field
        return answer(await unmask(
            tx, person, scope.brand_ids, agent.id, agent.permissions, what or 0, data.reason
        ))


@put(PLAYER + "/manager", guards=[may("players.manager")], status_code=204)
async def put_manager(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[ChosenManager]
) -> Response[None]:
    """Her VIP manager, chosen by hand; a portfolio may grow beyond its size by it. Chosen again, nothing happens."""
    async with database.transaction() as tx:
        person = await seen_person(tx, request.user, player_id)
        before = await choose_manager(tx, player_id, data.person_id)
        if before != data.person_id:
            await record(tx, Trace(
                actor_id=request.user.id, action="player.manager_chosen", kind="player", object_id=str(person[0]),
                before={"managerId": before}, after={"managerId": data.person_id}, reason=clean_line(data.reason)[:500],
            ))
    return nothing()


@get("/agent/v1/players/find", guards=[may("players.read")])
async def find(request: Caller, database: NamedDependency[Database], q: FromQuery[str] = "") -> Response[PlayerLines]:
    """Players by number, account or verified contact, whole as the game writes it."""
    async with database.reading() as reader:
        scope = await scope_of(reader, request.user)
        return answer(PlayerLines(await finding.find_players(reader, q, scope.brand_ids)))


@get(PLAYER + "/merge-preview", guards=[may("players.merge")])
async def merge_preview(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], other: FromQuery[int]
) -> Response[MergePreview]:
    """What the two are now, and what they would be together."""
    async with database.reading() as reader:
        kept = await seen_person(reader, request.user, player_id)
        merged = await seen_person(reader, request.user, other)
        scope = await scope_of(reader, request.user)
        may_see = SPEND in request.user.permissions
        return answer(await preview(reader, kept, merged, scope.brand_ids, spend=may_see))


@post(PLAYER + "/merge", guards=[may("players.merge")], status_code=200)
async def merge_players(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[MergePlayers]
) -> Response[PlayersOne]:
    """One person from now on; nothing is moved, so it can be taken back."""
    async with database.transaction() as tx:
        await seen_person(tx, request.user, player_id)
        await seen_person(tx, request.user, data.merged_id)
        choice = Choice(data.manager_from_merged, data.preferences_from_merged)
        return answer(PlayersOne(await merge(tx, player_id, data.merged_id, request.user.id, data.reason, choice)))


@post("/agent/v1/merges/{merge_id:int}/undo", guards=[may("players.merge")], status_code=204)
async def undo_merge(
    request: Caller, database: NamedDependency[Database], merge_id: FromPath[int], data: JSONBody[UndoPlayerMerge]
) -> Response[None]:
    """Two persons again, each with what is her own."""
    async with database.transaction() as tx:
        await seen_merge(tx, request.user, merge_id)
        await unmerge(tx, merge_id, request.user.id, data.reason)
    return nothing()


@get("/agent/v1/merge-proposals", guards=[may("players.merge")])
async def merge_proposals(request: Caller, database: NamedDependency[Database]) -> Response[PlayerPairs]:
    """Accounts that may be one person, for somebody to decide."""
    async with database.reading() as reader:
        scope = await scope_of(reader, request.user)
        found = [await finding.pairs(reader, scope.brand_ids, state) for state in ("open", "dismissed")]
        return answer(PlayerPairs(*found))


@post(PLAYER + "/dismiss-proposal", guards=[may("players.merge")], status_code=204)
async def dismiss_proposal(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[PlayersAreTwo]
) -> Response[None]:
    """These two are not one person: not proposed again."""
    async with database.transaction() as tx:
        await seen_person(tx, request.user, player_id)
        await dismiss(tx, player_id, data.other_id, request.user.id, data.reason)
    return nothing()


@post(PLAYER + "/restore-proposal", guards=[may("players.merge")], status_code=204)
async def restore_proposal(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int], data: JSONBody[PlayersAreTwo]
) -> Response[None]:
    """Whether these two are one person is decided anew."""
    async with database.transaction() as tx:
        await seen_person(tx, request.user, player_id)
        await propose_again(tx, player_id, data.other_id, request.user.id)
    return nothing()


@get("/agent/v1/data-blocks/{brand_id:int}", guards=[may("settings.manage")])
async def get_blocks(database: NamedDependency[Database], brand_id: FromPath[int]) -> Response[BlockSetting]:
    """What a brand shows beside a ticket."""
    async with database.reading() as reader:
        return answer(await block_setting(reader, brand_id))


@put("/agent/v1/data-blocks/{brand_id:int}", guards=[may("settings.manage")])
async def put_blocks(
    request: Caller, database: NamedDependency[Database], brand_id: FromPath[int], data: JSONBody[BlockSetting]
) -> Response[BlockSetting]:
    """Replace it; the addresses may be embedded from the next load of a workspace on."""
    async with database.transaction() as tx:
        return answer(await change_block_setting(tx, brand_id, data, request.user.id))


ROUTES: list[Any] = [
    add_note, change_note, remove_note, note_edits, put_preferences, put_manager, unmask_value, find, merge_preview, merge_players,
    undo_merge, merge_proposals, dismiss_proposal, restore_proposal, get_blocks, put_blocks,
]
