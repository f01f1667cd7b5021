"""Writing a trace, in the transaction of what it tells about: either both are there or neither."""

from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Tx
from playerdesk.kernel.http import request_id


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """One thing somebody did or saw. `action` is noun and past tense: "player.viewed", "macro.changed".

    `kind` and `object_id` name what it was done to; `before` and `after` hold what changed, and never secrets.
    """

    actor_id: int | None
    action: str
    kind: str
    object_id: str
    actor_kind: str = "staff"
    brand_id: int | None = None
    before: Any = None
    after: Any = None
    reason: str = ""


_RECORD: LiteralString = """
    INSERT INTO audit.trace
        (actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason, request_id)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[],
                         $8::jsonb[], $9::text[], $10::text[])
"""


async def record(tx: Tx, *traces: Trace) -> None:
    """Keep these traces for good."""
    if not traces:
        return
    await tx.execute(
        _RECORD,
        [each.actor_kind for each in traces], [each.actor_id for each in traces], [each.action for each in traces],
        [each.kind for each in traces], [each.object_id for each in traces], [each.brand_id for each in traces],
        [each.before for each in traces], [each.after for each in traces], [each.reason for each in traces],
        [request_id.get() for _ in traces],
    )
