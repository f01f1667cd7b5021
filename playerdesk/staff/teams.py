"""Whom somebody works with: the queues she is in, and everybody else in them."""

from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Remembered


class Team(msgspec.Struct, frozen=True):
    """Her queues, and who is in them; she is always one of them."""

    queue_ids: list[int]
    person_ids: list[int]


_teams: Remembered[int, Team] = Remembered(5.0)

_TEAM: LiteralString = """
    SELECT array(SELECT queue_id FROM staff.queue_member WHERE person_id = $1 ORDER BY 1),
           array(SELECT DISTINCT m.person_id FROM staff.queue_member m
                 WHERE m.queue_id IN (SELECT queue_id FROM staff.queue_member WHERE person_id = $1)
                 UNION SELECT $1::bigint ORDER BY 1)
"""


async def team_of(reader: Reader, person_id: int) -> Team:
    """The team of one person, remembered for a few seconds."""
    known = _teams.get(reader, person_id)
    if known is not None:
        return known
    found = await reader.row(Team, _TEAM, person_id)
    assert found is not None
    return _teams.put(reader, person_id, found)
