"""What a game's back end tells the desk about its players."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.brands import GameCaller, brand_by_id
from playerdesk.kernel import Database, Rejected, Text, TooLarge
from playerdesk.kernel.http import answer, language_of, open_to_games
from playerdesk.players.intake import MOST_RECORDS, BatchAnswer, take_in


class Batch(msgspec.Struct):
    """Up to 5,000 records; each is read by itself, so that a bad one does not spoil the others."""

    records: list[msgspec.Raw]


class FieldsBody(msgspec.Struct):
    """Descriptors about one account, complete with each version."""

    account: str
    version: int
    fields: list[Any]


_decoder = msgspec.json.Decoder(Batch)


@post("/game/v1/batch", guards=[open_to_games], status_code=200)
async def take_batch(database: NamedDependency[Database], request: Request[Any, Any, Any]) -> Response[BatchAnswer]:
    """Players, what they did, what happened to them and what you know of them, in any order and any number of times."""
    return await _taken(database, request, _read(await request.body()))


@put("/game/v1/fields/{source:str}/{record_id:str}", guards=[open_to_games])
async def put_fields(
    database: NamedDependency[Database], request: Request[Any, Any, Any], source: FromPath[str],
    record_id: FromPath[str], data: JSONBody[FieldsBody],
) -> Response[BatchAnswer]:
    """One record of fields to show beside a player's tickets; an older version changes nothing."""
    record = {"type": "fields", "source": source, "recordId": record_id, **msgspec.to_builtins(data)}
    return await _taken(database, request, [record])


async def _taken(
    database: Database, request: Request[Any, Any, Any], records: Sequence[Any]
) -> Response[BatchAnswer]:
    caller: GameCaller = request.scope["user"]
    async with database.transaction() as tx:
        brand = await brand_by_id(tx, caller.brand_id)
        if brand is None:
            raise LookupError("the brand of a key that has just been verified")
        return answer(await take_in(tx, brand, records, language_of(request.scope)))


def _read(body: bytes) -> list[msgspec.Raw]:
    try:
        records = _decoder.decode(body).records
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise Rejected("batch_unreadable", Text(
            zh="请求体应为 JSON（UTF-8）：{\"records\": [ … ]}。",
            en="The body must be JSON in UTF-8: {\"records\": [ … ]}.",
        ), fields={"records": Text(zh=str(failure), en=str(failure))}) from failure
    if len(records) > MOST_RECORDS:
        raise TooLarge("too_many_records", Text(
            zh=f"一次最多 {MOST_RECORDS} 条记录，这一批有 {len(records)} 条：请拆成几批。",
            en=f"At most {MOST_RECORDS} records at a time; this batch has {len(records)}: split it.",
        ))
    return records


ROUTES: list[Any] = [take_batch, put_fields]
