"""List rows as they go over the wire, made once for everybody who looks at the same list.

A row that nobody has touched since is neither read nor encoded again: `xmin`, the transaction that wrote it,
says which version it is. What a page costs is then finding its fifty numbers.
"""

from collections.abc import Sequence
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Remembered, encode
from playerdesk.tickets.queries import ROW, TicketRow

_encoded: Remembered[int, tuple[int, msgspec.Raw]] = Remembered(3600, most=20_000)

_ROWS: LiteralString = f"SELECT xmin, {ROW} FROM tickets.ticket WHERE id = ANY($1::bigint[])"


async def encoded_rows(reader: Reader, versions: Sequence[tuple[int, int]]) -> list[msgspec.Raw]:
    """The rows of these (id, xmin), in this order, each at least as new; those deleted meanwhile are left out."""
    found: dict[int, msgspec.Raw] = {}
    for ticket_id, version in versions:
        known = _encoded.get(reader, ticket_id)
        if known is not None and known[0] == version:
            found[ticket_id] = known[1]
    missing = [ticket_id for ticket_id, _ in versions if ticket_id not in found]
    if missing:
        for record in await reader.fetch(_ROWS, missing):
            version, *values = record
            row = TicketRow(*values)
            found[row.id] = msgspec.Raw(encode(row))
            _encoded.put(reader, row.id, (version, found[row.id]))
    return [found[ticket_id] for ticket_id, _ in versions if ticket_id in found]
