"""A question as it comes from the game: checked, cleaned, and made into a ticket."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from playerdesk.brands import module_on
from playerdesk.channels.doors import ChannelClosed, shut_for
from playerdesk.forms import Field, category_by_key, fill, of_player, refuse_incomplete
from playerdesk.kernel import Database, Reader, Rejected, Text, clean_text, now
from playerdesk.kernel.files import attachments_of
from playerdesk.players import PlayerCaller
from playerdesk.tickets import OpenTicket, preview_of

MOST_FILES = 6
NO_CATEGORY = Text(zh="没有这个问题类型，请重新选择。", en="There is no such problem type. Please choose again.")
NO_KEY = Text(
    zh="缺少提交编号（Idempotency-Key），请在请求头中带上一个唯一的编号。",
    en="The Idempotency-Key header is missing: send a unique key with each new question.",
)
BAD_KEY = Text(zh="提交编号需为 1-64 个可见字符。", en="The key must have 1 to 64 printable characters.")
TOO_MANY_FILES = Text(zh="一次最多附 6 个文件。", en="At most 6 files at a time.")


class Ask(msgspec.Struct, rename="camel"):
    """What the form sends. `live`: the player would like to chat now."""

    category: str
    body: str = ""
    fields: dict[str, Any] = {}
    attachments: list[str] = []
    live: bool = False
    client_key: str = ""
    subject: str = ""


def check_key(key: str) -> str:
    """The key of a write, or a refusal that says how to send one."""
    if not key:
        raise Rejected("key_missing", NO_KEY, fields={"clientKey": NO_KEY})
    if len(key) > 64 or not key.isprintable():
        raise Rejected("key_invalid", BAD_KEY, fields={"clientKey": BAD_KEY})
    return key


async def files_of(database: Database, ids: list[str], player_id: int) -> list[dict[str, Any]]:
    """The player's own uploads, ready to be kept with a message."""
    if len(ids) > MOST_FILES:
        raise Rejected("too_many_files", TOO_MANY_FILES, fields={"attachments": TOO_MANY_FILES})
    if not ids:
        return []
    async with database.reading() as reader:
        return await attachments_of(reader, ids, f"player:{player_id}")


async def question(database: Database, caller: PlayerCaller, ask: Ask, key: str) -> tuple[OpenTicket, dict[str, str]]:
    """The ticket to open, and the optional fields that were refused, with the reason each."""
    async with database.reading() as reader:
        category = await category_by_key(reader, caller.brand_id, ask.category)
        # Where there is no chat, who asks for one has a ticket: nothing she wrote is lost.
        live = ask.live and await module_on(reader, caller.brand_id, "chat")
        shut = await shut_for(reader, caller.brand_id, caller.player_id, "chat", now()) if live else None
        live = live and shut is None
        if not live:
            await _come_in(reader, caller, key)
    if category is None:
        raise Rejected("no_such_category", NO_CATEGORY, fields={"category": NO_CATEGORY})
    asked = of_player(category.fields)
    filled = fill(asked, ask.fields)
    refuse_incomplete(filled)
    files = [*ask.attachments, *files_in(asked, filled.clean)]
    body = clean_text(ask.body)
    opening = OpenTicket(
        brand_id=caller.brand_id,
        player_id=caller.player_id,
        channel="chat" if live else "game",
        live=live,
        category_id=category.id,
        subject=preview_of(clean_text(ask.subject) or body, len(files)),
        body=body,
        client_key=check_key(key),
        fields=filled.clean,
        form_version_id=category.form_version_id,
        attachments=await files_of(database, files, caller.player_id),
        language=caller.language,
        server_key=caller.server_key,
        server_name=caller.server_name,
        role_id=caller.role_id,
        character_name=caller.character_name,
    )
    rejected = {key: text.pick(caller.language) for key, text in filled.problems.items()}
    # Her words are a message now, and she is told why.
    return opening, rejected if shut is None else {**rejected, "live": shut.text.pick(caller.language)}


def files_in(fields: Sequence[Field], clean: Mapping[str, Any]) -> list[str]:
    """The uploads a form was filled with: they are kept with the first message, where everybody looks for them."""
    return [file for field in fields if field.kind == "file" for file in clean.get(field.key, ())]


async def _come_in(reader: Reader, caller: PlayerCaller, key: str) -> None:
    """The door of messages; what was sent before it was shut is still answered when it is sent again."""
    shut = await shut_for(reader, caller.brand_id, caller.player_id, "game", now())
    if shut is not None and not await reader.value(
        "SELECT EXISTS (SELECT FROM tickets.ticket WHERE player_id = $1 AND client_key = $2)", caller.player_id, key
    ):
        raise ChannelClosed(shut)
