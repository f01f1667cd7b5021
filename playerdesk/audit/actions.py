"""Writing a trace, in the transaction of what it tells about: either both are there or neither."""

from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.audit.rules import words_of
from playerdesk.kernel import Tx, encode_text
from playerdesk.kernel.origin import origin, parts


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
    at: datetime | None = None
    """None: the time of the transaction."""
    origin: str = msgspec.field(default_factory=origin)
    """The request this trace is made in, and the address it came from."""
    by_text: bool = True
    """Whether a search for words finds it; not where `before` and `after` hold nothing anybody would type."""


_RECORD: LiteralString = """
    INSERT INTO audit.inbox
        (at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason, request_id, ip, words)
    SELECT coalesce(at, now()), actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason,
           request_id, ip, string_to_array(words, ' ')
    FROM unnest($1::timestamptz[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[]::jsonb[],
                $9::text[]::jsonb[], $10::text[], $11::text[], $12::text[], $13::text[])
        AS t (at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason, request_id, ip, words)
"""


async def record(tx: Tx, *traces: Trace) -> None:
    """Keep these traces for good. They are sealed by the worker, within about a second."""
    if not traces:
        return
    origins = [parts(each.origin) for each in traces]
    await tx.execute(
        _RECORD,
        [each.at for each in traces], [each.actor_kind for each in traces], [each.actor_id for each in traces],
        [each.action for each in traces], [each.kind for each in traces], [each.object_id for each in traces],
        [each.brand_id for each in traces], [_json(each.before) for each in traces], [_json(each.after) for each in traces],
        [each.reason for each in traces], [request for request, _ in origins], [address for _, address in origins],
        [words_of(each.before, each.after, each.reason) if each.by_text else None for each in traces],
    )


def _json(value: Any) -> str | None:
    # As text: the driver would take a list for an array's dimension.
    return None if value is None else encode_text(value)
