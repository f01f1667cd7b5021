"""Files and pictures given in the forms of steps."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from playerdesk.forms import Field
from playerdesk.kernel import Reader, Tx
from playerdesk.kernel.files import attachments_of
from playerdesk.kernel.files_links import linked

_KEEP: LiteralString = """
    INSERT INTO processes.file (file_id, instance_id, attachment)
    SELECT a ->> 'id', $1, a FROM unnest($2::jsonb[]) AS a ON CONFLICT DO NOTHING
"""


def files_in(fields: Sequence[Field], values: Mapping[str, Any]) -> list[str]:
    """Every file of a filled form."""
    return [each for field in fields if field.kind == "file" for each in values.get(field.key) or ()]


async def keep_files(tx: Tx, instance_id: int, fields: Sequence[Field], values: Mapping[str, Any], by_id: int) -> None:
    """Her own uploads, and what a colleague gave here before it came back; anybody else's are refused."""
    wanted = files_in(fields, values)
    if not wanted:
        return
    known = {row[0] for row in await tx.fetch(
        "SELECT file_id FROM processes.file WHERE instance_id = $1 AND file_id = ANY($2::text[])", instance_id, wanted
    )}
    fresh = await attachments_of(tx, [each for each in wanted if each not in known], f"staff:{by_id}")
    if fresh:
        await tx.execute(_KEEP, instance_id, fresh)


async def files_of(reader: Reader, instance_ids: Sequence[int]) -> dict[str, dict[str, Any]]:
    """What was given in these, by its id, with links that are good for a day."""
    rows = await reader.fetch(
        "SELECT attachment FROM processes.file WHERE instance_id = ANY($1::bigint[])", list(instance_ids)
    )
    return {each["id"]: each for each in linked((row[0] for row in rows), "staff")}


async def used_files(reader: Reader, file_ids: list[str]) -> set[str]:
    """Which of these uploads a step keeps."""
    rows = await reader.fetch("SELECT file_id FROM processes.file WHERE file_id = ANY($1::text[])", file_ids)
    return {row[0] for row in rows}
