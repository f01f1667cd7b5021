"""What is published: processes by key, and their versions as they were. A version never changes, so it is remembered."""

from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import NotFound, Reader, Remembered, Text, Tx
from playerdesk.processes.design import Design

NO_PROCESS = Text(zh="没有这个流程，或它已停用。", en="There is no such process, or it is out of use.")


class Edition(msgspec.Struct, frozen=True):
    """One version of a process."""

    id: int
    process_id: int
    brand_id: int | None
    key: str
    version: int
    design: Design
    retired: bool


_editions: Remembered[int, Edition] = Remembered(3600.0, most=500)
_current: Remembered[str, list[tuple[int, int | None, str]]] = Remembered(5.0)

_EDITION: LiteralString = """
    SELECT e.id, e.process_id, p.brand_id, p.key, e.version, e.body, p.retired_at IS NOT NULL
    FROM processes.edition e JOIN processes.process p ON p.id = e.process_id WHERE e.id = ANY($1::bigint[])
"""
_CURRENT: LiteralString = """
    SELECT edition_id, brand_id, key FROM processes.process WHERE retired_at IS NULL AND edition_id IS NOT NULL ORDER BY key
"""
_PUBLISH: LiteralString = """
    WITH named AS (
        INSERT INTO processes.process (brand_id, key) VALUES ($1, $2)
        ON CONFLICT (brand_id, key) DO UPDATE SET retired_at = NULL RETURNING id
    )
    INSERT INTO processes.edition (process_id, version, body) SELECT id, $3, $4 FROM named RETURNING id, process_id
"""
_LIVING: LiteralString = """
    SELECT coalesce(b.key, ''), p.key, e.body FROM processes.process p JOIN processes.edition e ON e.id = p.edition_id
    LEFT JOIN brands.brand b ON b.id = p.brand_id WHERE p.retired_at IS NULL
"""


async def editions(reader: Reader, ids: set[int]) -> dict[int, Edition]:
    """These versions by their number."""
    found = {each: known for each in ids if (known := _editions.get(reader, each)) is not None}
    missing = sorted(ids - set(found))
    if missing:
        for row in await reader.fetch(_EDITION, missing):
            one = Edition(row[0], row[1], row[2], row[3], row[4], msgspec.convert(row[5], Design), row[6])
            found[one.id] = _editions.put(reader, one.id, one)
    return found


async def edition(reader: Reader, edition_id: int) -> Edition:
    """One version."""
    return (await editions(reader, {edition_id}))[edition_id]


async def in_force(reader: Reader, brand_id: int) -> list[Edition]:
    """What can be started for a brand: its own process before a common one with the same key."""
    known = _current.get(reader, "all")
    if known is None:
        known = _current.put(reader, "all", [(row[0], row[1], row[2]) for row in await reader.fetch(_CURRENT)])
    own = {key for _, brand, key in known if brand == brand_id}
    fitting = [each for each, brand, key in known if brand == brand_id or (brand is None and key not in own)]
    found = await editions(reader, set(fitting))
    return [found[each] for each in fitting if each in found]


async def current(reader: Reader, brand_id: int, key: str) -> Edition:
    """The version that a ticket of this brand begins on."""
    for one in await in_force(reader, brand_id):
        if one.key == key:
            return one
    raise NotFound("no_such_process", NO_PROCESS)


async def publish_edition(tx: Tx, brand_id: int | None, key: str, version: int, body: dict[str, Any]) -> None:
    """A new version in force; tickets under way stay on theirs."""
    edition_id, process_id = (await tx.fetch(_PUBLISH, brand_id, key, version, body))[0]
    await tx.execute("UPDATE processes.process SET edition_id = $2 WHERE id = $1", process_id, edition_id)
    forget_editions(tx)


async def retire_process(tx: Tx, brand_id: int | None, key: str) -> None:
    """It cannot be started any more; what is under way goes on."""
    await tx.execute(
        "UPDATE processes.process SET retired_at = now() WHERE brand_id IS NOT DISTINCT FROM $1 AND key = $2", brand_id, key
    )
    forget_editions(tx)


async def living(reader: Reader) -> list[tuple[str, str, dict[str, Any]]]:
    """(brand key, key, body) of every process in force."""
    return [(row[0], row[1], row[2]) for row in await reader.fetch(_LIVING)]


def forget_editions(reader: Reader) -> None:
    """Called by whoever publishes."""
    _current.forget(reader)
    _editions.forget(reader)
