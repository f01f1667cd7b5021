"""Entries this process has just written, at hand for the screens they are about to be shown on.

An entry never changes once it is committed, so reading it back finds nothing new. What is pushed is still what the
event log says has happened; only the words come from here, and from the database when they are not here.
"""

from collections.abc import Iterable, Sequence

from playerdesk.kernel import Reader, Remembered
from playerdesk.kernel.memory import Holder
from playerdesk.tickets.queries import Entry, entries_at
from playerdesk.tickets.standing import Written

Place = tuple[int, int]

_written: Remembered[Place, Entry] = Remembered(10.0, most=4000)


def entry_of(written: Written, entry_id: int) -> Entry:
    """A line as it is read from the timeline."""
    line = written.line
    return Entry(
        written.ticket_id, written.seq, written.number, entry_id, line.kind, line.author, line.author_id,  # type: ignore[arg-type]
        line.body, line.attachments, line.change, line.client_key, written.at,
    )


def keep(holder: Holder, entries: Iterable[Entry]) -> None:
    """Remember entries that are committed; never before, for their places might be given again."""
    for entry in entries:
        _written.put(holder, (entry.ticket_id, entry.seq), entry)


async def told_entries(reader: Reader, places: Sequence[Place]) -> list[Entry]:
    """The entries at these places, in order; a question to the database only for those written elsewhere."""
    found: list[Entry] = []
    missing: list[Place] = []
    for place in places:
        known = _written.get(reader, place)
        if known is None:
            missing.append(place)
        else:
            found.append(known)
    if missing:
        found += await entries_at(reader, missing)
        found.sort(key=lambda entry: (entry.ticket_id, entry.seq))
    return found
