"""What a merge would make of two persons, shown before it is done."""

from collections.abc import Sequence

from playerdesk.kernel import Conflict, Reader
from playerdesk.players.finding import MergePreview, lines_of
from playerdesk.players.merging import SAME
from playerdesk.players.queries import players_by_id, tier_rule
from playerdesk.players.rules import tier_of


async def preview(
    reader: Reader, kept: Sequence[int], merged: Sequence[int], brand_ids: Sequence[int], *, spend: bool
) -> MergePreview:
    """Of two persons, each the numbers of her accounts, her head first; spend is what the rule's window counts."""
    if kept[0] == merged[0]:
        raise Conflict("already_one", SAME)
    heads = [kept[0], merged[0]]
    lines, players = await lines_of(reader, heads, brand_ids), await players_by_id(reader, heads)
    rule = await tier_rule(reader)
    counted = {row[0]: row[1] for row in await reader.fetch(
        "SELECT id, coalesce((tier_reason->>'spentMinor')::bigint, 0) FROM players.player WHERE id = ANY($1::bigint[])",
        heads,
    )}
    return MergePreview(
        kept=lines[kept[0]], merged=lines[merged[0]],
        kept_manager_id=players[kept[0]].vip_manager_id, merged_manager_id=players[merged[0]].vip_manager_id,
        kept_spent_minor=counted[kept[0]] if spend else None,
        merged_spent_minor=counted[merged[0]] if spend else None,
        currency=rule.currency, tier=tier_of(sum(counted.values()), rule.thresholds),
    )
