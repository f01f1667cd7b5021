"""Reading what is masked: one value, for a reason, by somebody who may, and never without a trace."""

from collections.abc import Collection, Sequence
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Forbidden, NotFound, Rejected, Text, Tx, clean_line
from playerdesk.kernel.http import NOT_YOURS
from playerdesk.players.fields import Descriptor
from playerdesk.players.masking import RULES

SHOWN_SECONDS = 60

_CONTACT: LiteralString = """
    SELECT kind, value, player_id, brand_id FROM players.contact
    WHERE id = $1 AND player_id = ANY($2::bigint[]) AND brand_id = ANY($3::bigint[]) AND value <> ''
"""

_FIELDS: LiteralString = """
    SELECT fields, player_id FROM players.field_record
    WHERE brand_id = $1 AND source = $2 AND record_id = $3 AND player_id = ANY($4::bigint[])
"""

_PULLED: LiteralString = """
    SELECT fields, player_id FROM players.pulled
    WHERE brand_id = $1 AND role_key = $2 AND case_type = $3 AND player_id = ANY($4::bigint[])
"""

NO_REASON = Text(zh="请写明查看理由，会记入审计日志。", en="Say why you need it; it is kept in the audit log.")
GONE = Text(zh="这项资料已经不在了，请刷新。", en="This is not there any more; reload.")


class FieldPlace(msgspec.Struct, frozen=True, rename="camel"):
    """Where a field stands: in a block of a `source`, or (`source` empty) in the live answer for a role and case."""

    brand_id: int
    record_id: str
    key: str
    source: str = ""
    case_type: str = ""


class Unmasked(msgspec.Struct, frozen=True, rename="camel"):
    """The value, to be shown for so long."""

    value: Any
    seconds: int = SHOWN_SECONDS


async def unmask(
    tx: Tx, person: Sequence[int], brand_ids: Sequence[int], agent_id: int, permissions: Collection[str],
    what: int | FieldPlace, reason: str,
) -> Unmasked:
    """A contact by its number, or a field by its place."""
    reason = clean_line(reason)
    if len(reason) < 2:
        raise Rejected("reason_missing", NO_REASON, fields={"reason": NO_REASON})
    kind, value, player_id, brand_id, named = await _find(tx, person, brand_ids, what)
    if RULES[kind][0] not in permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": RULES[kind][0]})
    await record(tx, Trace(
        actor_id=agent_id, action="player.unmasked", kind="player", object_id=str(player_id), brand_id=brand_id,
        after={"kind": kind, "what": named}, reason=reason[:500],
    ))
    return Unmasked(value)


async def _find(
    tx: Tx, person: Sequence[int], brand_ids: Sequence[int], what: int | FieldPlace
) -> tuple[str, Any, int, int, str]:
    if isinstance(what, int):
        found = await tx.fetch(_CONTACT, what, list(person), list(brand_ids))
        if found:
            kind, value, player_id, brand_id = found[0]
            return kind, value, player_id, brand_id, f"contact:{what}"
    elif what.brand_id in brand_ids:
        if what.source:
            found = await tx.fetch(_FIELDS, what.brand_id, what.source, what.record_id, list(person))
        else:
            found = await tx.fetch(_PULLED, what.brand_id, what.record_id, what.case_type, list(person))
        for stored, player_id in found:
            for field in msgspec.convert(stored, list[Descriptor]):
                if field.key == what.key and field.pii is not None:
                    named = f"field:{what.source or 'live'}:{field.key}"
                    return field.pii, field.value, player_id, what.brand_id, named
    raise NotFound("gone", GONE)
