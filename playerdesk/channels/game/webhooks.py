"""Answers pushed to a game's own back end, for games that deliver mail in the client.

The outbox row is written in the transaction of the answer; the worker delivers a ticket's rows in order, for a day and a half.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, TypeVar

import httpx

from playerdesk.brands import brands, webhook_headers
from playerdesk.channels.game.shapes import player_message
from playerdesk.channels.game.views import person_names
from playerdesk.kernel import Database, Reactions, Tx, encode_text
from playerdesk.kernel.outbox import TIMEOUT, Letter, Outbox
from playerdesk.tickets import MessagePosted, StageTold, TicketEvent, TicketResolved, entries_at

reactions = Reactions("channels.game")
E = TypeVar("E", bound=TicketEvent)

MOST_ATTEMPTS = 40
OUTBOX = Outbox(
    "channels.delivery", url="(SELECT b.webhook_url FROM brands.brand b WHERE b.id = o.brand_id)",
    in_order=True, most_attempts=MOST_ATTEMPTS,
)

_WRITE: LiteralString = """
    INSERT INTO channels.delivery (brand_id, ticket_id, kind, dedupe_key, body)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]::json[])
    ON CONFLICT (dedupe_key) DO NOTHING
"""

_WHO: LiteralString = """
    SELECT t.id, i.value, t.server_key, t.role_id, t.subject, t.status
    FROM tickets.ticket t
    JOIN brands.brand b ON b.id = t.brand_id AND b.webhook_url IS NOT NULL
    LEFT JOIN players.identity i ON i.player_id = t.player_id AND i.kind = 'game_account' AND i.issuer = b.key
    WHERE t.id = ANY($1::bigint[])
"""

@reactions.within(MessagePosted)
async def push_answers(tx: Tx, events: Sequence[MessagePosted]) -> None:
    await _push_said(tx, [event for event in events if event.author != "player"])


@reactions.within(StageTold)
async def push_stages(tx: Tx, events: Sequence[StageTold]) -> None:
    """Where her matter stands is mail to her like an answer."""
    await _push_said(tx, events)


async def _push_said(tx: Tx, said: Sequence[MessagePosted | StageTold]) -> None:
    answers = await _pushed(tx, said)
    if not answers:
        return
    who = {row[0]: row for row in await tx.fetch(_WHO, [event.ticket_id for event in answers])}
    entries = {(e.ticket_id, e.seq): e for e in await entries_at(tx, [(a.ticket_id, a.seq) for a in answers])}
    names = await person_names(tx)
    rows: list[tuple[int, int, str, str, str]] = []
    for event in answers:
        row, entry = who.get(event.ticket_id), entries.get((event.ticket_id, event.seq))
        if row is not None and entry is not None:
            key = f"m-{event.ticket_id}-{event.seq}"
            body = _body("message", key, row, {"message": player_message(entry, names)})
            rows.append((event.brand_id, event.ticket_id, "message", key, body))
    await _write(tx, rows)


@reactions.within(TicketResolved)
async def push_resolutions(tx: Tx, events: Sequence[TicketResolved]) -> None:
    events = await _pushed(tx, events)
    if not events:
        return
    who = {row[0]: row for row in await tx.fetch(_WHO, [event.ticket_id for event in events])}
    rows: list[tuple[int, int, str, str, str]] = []
    for event in events:
        row = who.get(event.ticket_id)
        if row is not None:
            key = f"t-{event.ticket_id}-{event.seq}"
            ticket = {"id": event.ticket_id, "status": "resolved", "subject": row[4]}
            rows.append((event.brand_id, event.ticket_id, "ticket", key, _body("ticket", key, row, {"ticket": ticket})))
    await _write(tx, rows)


async def _pushed(tx: Tx, events: Sequence[E]) -> list[E]:
    """Those of brands that want to be told."""
    told = {brand.id for brand in await brands(tx) if brand.webhook_url and brand.modules.get("game_push", True)}
    return [event for event in events if event.brand_id in told]


def _body(kind: str, key: str, row: Any, rest: dict[str, Any]) -> str:
    return encode_text({
        "id": key, "kind": kind, "account": row[1], "ticketId": row[0], "server": row[2], "roleId": row[3], **rest
    })


async def _write(tx: Tx, rows: list[tuple[int, int, str, str, str]]) -> None:
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await tx.execute(_WRITE, *columns)


async def deliver(database: Database) -> int:
    """Try what is due; how many arrived."""
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:

        async def push(url: str, letter: Letter) -> int:
            content = letter.body.encode()
            async with database.reading() as reader:
                headers = await webhook_headers(reader, letter.brand_id, content, delivery=letter.key)
            return (await client.post(url, content=content, headers=headers)).status_code

        return await OUTBOX.deliver(database, push)
