"""Rules as documents."""

from typing import Any, ClassVar, LiteralString

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Mention, Place, Problem, Published, asked_about, body_of
from playerdesk.brands import brand_by_key
from playerdesk.kernel import Reader, Text, Tx
from playerdesk.rules.book import forget_rules, rule_rows
from playerdesk.rules.checking import problems_of
from playerdesk.rules.document import RuleBody

_KEEP: LiteralString = """
    INSERT INTO rules.rule (brand_key, brand_id, key, version, body) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (brand_key, key) DO UPDATE SET
        brand_id = excluded.brand_id, version = excluded.version, body = excluded.body, retired = false,
        since = CASE WHEN rules.rule.retired OR rules.rule.body -> 'when' IS DISTINCT FROM excluded.body -> 'when'
            OR (rules.rule.body -> 'on') IS DISTINCT FROM (excluded.body -> 'on') THEN now() ELSE rules.rule.since END
"""


class RuleKind(Kind):
    """When · if · then."""

    name: ClassVar[str] = "rule"
    label: ClassVar[Text] = Text(zh="自动规则", en="Rule")
    after: ClassVar[tuple[str, ...]] = ("brand", "queue", "category", "process")

    def normal(self, body: dict[str, Any]) -> dict[str, Any]:
        read = msgspec.convert(body, RuleBody)
        return body_of(read)

    def mentions(self, body: dict[str, Any]) -> list[Mention]:
        """Queues, processes and categories its actions need, and what its condition asks about."""
        rule = msgspec.convert(body, RuleBody)
        return [
            # A rule of every game may name one game's category: it acts on that game's tickets only.
            Mention(act.do, str(act.to), f"then.{n}.to", required=act.do != "category")
            for n, act in enumerate(rule.then) if act.do in ("queue", "process", "category") and act.to
        ] + list(asked_about(rule.condition, "if"))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        return await problems_of(reader, asked.place, msgspec.convert(asked.body, RuleBody))

    async def apply(self, tx: Tx, published: Published) -> None:
        place = published.place
        brand = await brand_by_key(tx, place.brand_key) if place.brand_key else None
        await tx.execute(_KEEP, place.brand_key, brand and brand.id, place.key, published.version, published.body)
        forget_rules(tx)

    async def retire(self, tx: Tx, place: Place) -> None:
        await tx.execute("UPDATE rules.rule SET retired = true WHERE brand_key = $1 AND key = $2", place.brand_key, place.key)
        forget_rules(tx)

    async def living(self, reader: Reader) -> list[Living]:
        return [Living(row.brand_key, row.key, row.body) for row in await rule_rows(reader)]

