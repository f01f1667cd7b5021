"""Who "the middle office" or "the leads" are just now: names, people, and to whom work goes when they do not do it."""

from collections.abc import Sequence
from typing import LiteralString

from playerdesk.kernel import Reader, Remembered, Text

_names: Remembered[str, dict[str, Text]] = Remembered(5.0)
_hers: Remembered[int, list[str]] = Remembered(5.0)

# A department is everybody in it and in those under it.
_PEOPLE: LiteralString = """
    WITH RECURSIVE below AS (
        SELECT id FROM staff.department WHERE $1 = 'department' AND key = $2
        UNION SELECT d.id FROM staff.department d JOIN below b ON d.parent_id = b.id
    )
    SELECT p.id FROM staff.person p WHERE p.suspended_at IS NULL AND (
        ($1 = 'department' AND p.department_id IN (SELECT id FROM below))
        OR ($1 = 'queue' AND p.id IN (
            SELECT m.person_id FROM staff.queue_member m JOIN staff.queue q ON q.id = m.queue_id WHERE q.key = $2))
        OR ($1 = 'role' AND $2 = ANY(p.roles))
        OR ($1 = 'person' AND p.login = $2)
    ) ORDER BY p.id
"""

_HERS: LiteralString = """
    WITH RECURSIVE above AS (
        SELECT d.id, d.parent_id, d.key FROM staff.department d JOIN staff.person p ON p.department_id = d.id WHERE p.id = $1
        UNION SELECT d.id, d.parent_id, d.key FROM staff.department d JOIN above a ON d.id = a.parent_id
    )
    SELECT 'department:' || key FROM above
    UNION ALL SELECT 'queue:' || q.key FROM staff.queue q JOIN staff.queue_member m ON m.queue_id = q.id WHERE m.person_id = $1
    UNION ALL SELECT 'role:' || unnest(roles) FROM staff.person WHERE id = $1
    UNION ALL SELECT 'person:' || login FROM staff.person WHERE id = $1
"""

_NAMES: LiteralString = """
    SELECT 'department:' || key, name ->> 'zh', name ->> 'en' FROM staff.department
    UNION ALL SELECT 'queue:' || key, name ->> 'zh', name ->> 'en' FROM staff.queue WHERE retired_at IS NULL
    UNION ALL SELECT 'role:' || key, name ->> 'zh', name ->> 'en' FROM staff.role
    UNION ALL SELECT 'person:' || login, name, name FROM staff.person WHERE suspended_at IS NULL
"""

# One step up: everybody's superior who is not among them already.
_SUPERIORS: LiteralString = """
    SELECT DISTINCT s.id FROM staff.person p JOIN staff.person s ON s.id = p.superior_id
    WHERE p.id = ANY($1::bigint[]) AND NOT s.id = ANY($1::bigint[]) AND s.suspended_at IS NULL ORDER BY 1
"""
_HEADS: LiteralString = """
    SELECT DISTINCT superior_id FROM staff.person WHERE id = ANY($1::bigint[]) AND superior_id = ANY($1::bigint[]) ORDER BY 1
"""
_PARENT: LiteralString = """
    SELECT p.id FROM staff.person p JOIN staff.department d ON d.id = p.department_id
    WHERE p.suspended_at IS NULL AND NOT p.id = ANY($2::bigint[])
      AND d.id = (SELECT parent_id FROM staff.department WHERE key = $1) ORDER BY p.id
"""
_WITH_ROLE: LiteralString = """
    SELECT id FROM staff.person WHERE $1 = ANY(roles) AND suspended_at IS NULL AND NOT id = ANY($2::bigint[])
      AND (cardinality(brand_ids) = 0 OR $3 = ANY(brand_ids)) ORDER BY id
"""

ASSIGNEE = Text(zh="工单处理人", en="Whoever has the ticket")


async def people_of(reader: Reader, party: str) -> list[int]:
    """Everybody who may do what this party is responsible for."""
    kind, _, key = party.partition(":")
    return [row[0] for row in await reader.fetch(_PEOPLE, kind, key)]


async def parties_of(reader: Reader, person_id: int) -> list[str]:
    """Every party somebody belongs to; remembered for seconds."""
    known = _hers.get(reader, person_id)
    if known is None:
        known = _hers.put(reader, person_id, sorted(row[0] for row in await reader.fetch(_HERS, person_id)))
    return known


async def names_of(reader: Reader) -> dict[str, Text]:
    """What parties are called; remembered for seconds."""
    known = _names.get(reader, "all")
    if known is None:
        found = {row[0]: Text(row[1], row[2]) for row in await reader.fetch(_NAMES)}
        known = _names.put(reader, "all", {**found, "assignee:": ASSIGNEE})
    return known


async def heads(reader: Reader, people: Sequence[int]) -> list[int]:
    """Those among these people who lead others of them: a department's own chief comes before whoever is above it."""
    return [row[0] for row in await reader.fetch(_HEADS, list(people))]


async def above(reader: Reader, party: str, people: Sequence[int], brand_id: int) -> list[int]:
    """Who is asked next when these people do not do it: superiors, the department above, the leads, the administrators."""
    if people:
        superiors = [row[0] for row in await reader.fetch(_SUPERIORS, list(people))]
        if superiors:
            return superiors
    kind, _, key = party.partition(":")
    if kind == "department":
        parents = [row[0] for row in await reader.fetch(_PARENT, key, list(people))]
        if parents:
            return parents
    for role in ("lead", "admin"):
        found = [row[0] for row in await reader.fetch(_WITH_ROLE, role, list(people), brand_id)]
        if found:
            return found
    return []
