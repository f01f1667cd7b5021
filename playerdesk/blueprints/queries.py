"""Blueprints, their drafts and versions, as screens and text files see them."""

from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.blueprints.kinds import Body, Place
from playerdesk.kernel import Reader


class BlueprintState(msgspec.Struct, frozen=True, rename="camel"):
    """One document in a list. `body` is the draft if there is one, else what is published."""

    kind: str
    brand_key: str
    key: str
    version: int
    """0: never published."""
    retired: bool
    drafted: bool
    revision: int
    changed_by: int | None
    changed_at: datetime
    body: Body

    @property
    def place(self) -> Place:
        return Place(self.kind, self.brand_key, self.key)


class BlueprintVersion(msgspec.Struct, frozen=True, rename="camel"):
    """One that was published."""

    version: int
    note: str
    published_by: int | None
    published_at: datetime
    retired_at: datetime | None
    """When this version was taken out of use; the next one brought it back."""
    retired_by: int | None
    retire_note: str


class Blueprint(msgspec.Struct, frozen=True, rename="camel"):
    """One document whole: what is worked on, what is true, and what was."""

    standing: BlueprintState
    published: Body | None
    versions: list[BlueprintVersion]


_STANDING: LiteralString = """
    SELECT b.kind, b.brand_key, b.key, b.version, b.retired, b.draft IS NOT NULL, b.revision, b.changed_by, b.changed_at,
           coalesce(b.draft, v.body, '{}')
    FROM blueprints.blueprint b LEFT JOIN blueprints.version v ON v.blueprint_id = b.id AND v.version = b.version
"""

_LIST: LiteralString = f"{_STANDING} WHERE b.kind = $1 ORDER BY b.brand_key, b.key"
_ONE: LiteralString = f"{_STANDING} WHERE b.kind = $1 AND b.brand_key = $2 AND b.key = $3"

_VERSIONS: LiteralString = """
    SELECT v.version, v.note, v.published_by, v.published_at, v.retired_at, v.retired_by, v.retire_note
    FROM blueprints.version v JOIN blueprints.blueprint b ON b.id = v.blueprint_id
    WHERE b.kind = $1 AND b.brand_key = $2 AND b.key = $3 ORDER BY v.version DESC LIMIT 200
"""

_IN_FORCE: LiteralString = """
    SELECT b.kind, b.brand_key, b.key, v.body
    FROM blueprints.blueprint b JOIN blueprints.version v ON v.blueprint_id = b.id AND v.version = b.version
    WHERE NOT b.retired AND ($1::text IS NULL OR b.kind = $1) ORDER BY b.kind, b.brand_key, b.key
"""

_BODY: LiteralString = """
    SELECT v.body FROM blueprints.version v JOIN blueprints.blueprint b ON b.id = v.blueprint_id
    WHERE b.kind = $1 AND b.brand_key = $2 AND b.key = $3 AND v.version = coalesce($4, b.version)
"""


async def blueprints(reader: Reader, kind: str) -> list[BlueprintState]:
    """Every document of a kind, retired ones and mere drafts too."""
    return [_state(record) for record in await reader.fetch(_LIST, kind)]


async def blueprint(reader: Reader, place: Place) -> Blueprint | None:
    """One document, or None when nobody has begun it."""
    where = (place.kind, place.brand_key, place.key)
    found = next(iter(await reader.fetch(_ONE, *where)), None)
    if found is None:
        return None
    return Blueprint(
        _state(found), await published_body(reader, place), await reader.rows(BlueprintVersion, _VERSIONS, *where)
    )


async def in_force(reader: Reader, kind: str | None = None) -> dict[Place, Body]:
    """What is published and not retired, of a kind or of all."""
    return {Place(*record[:3]): record[3] for record in map(tuple, await reader.fetch(_IN_FORCE, kind))}


async def version_body(reader: Reader, place: Place, version: int) -> Body | None:
    """What was published as this version."""
    return await reader.value(_BODY, place.kind, place.brand_key, place.key, version)


async def published_body(reader: Reader, place: Place) -> Body | None:
    """What was published last."""
    return await reader.value(_BODY, place.kind, place.brand_key, place.key, None)


def _state(record: Any) -> BlueprintState:
    return BlueprintState(*tuple(record))
