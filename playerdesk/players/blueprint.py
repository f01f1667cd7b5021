"""The tier model as a document: from which spend a tier begins, what the company calls it, and what it gets."""

from collections import Counter
from typing import Annotated, Any, ClassVar, cast

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Place, Problem, Published
from playerdesk.kernel import Conflict, Reader, Text, Tx
from playerdesk.players.events import TierModelChanged
from playerdesk.players.queries import TierRule, tier_rule
from playerdesk.players.rules import TIERS
from playerdesk.players.services import Privilege, TierService, fresh_tier_services, set_tier_service
from playerdesk.players.spend import change_tier_rule

KEY = "standard"
LONGEST_HEAD_START = 7 * 86_400
Body = dict[str, Any]

ONE = Text(zh="整个客服台只有一份分层模型，标识固定为 standard。", en="A desk has one tier model; its key is standard.")
NEEDED = Text(zh="分层模型不能停用，可以修改它。", en="The tier model cannot be retired; change it instead.")
RISING = Text(zh="门槛必须从低到高依次增大，且大于 0。", en="The thresholds must rise from low to high, above zero.")
NO_MAIN = Text(zh="请填写主要货币的门槛。", en="Give the thresholds of the main currency.")
BAD_CURRENCY = Text(zh="货币用三个大写字母，例如 CNY、USD。", en="A currency has three capital letters, such as CNY.")
BAD_WINDOW = Text(zh="统计天数为 1 到 3650 天。", en="The window is 1 to 3650 days.")
BAD_START = Text(zh="排队优先时间为 0 到 7 天。", en="The head start is between nothing and seven days.")
NOT_ORDERED = Text(
    zh="低一级的排队优先时间不应多于高一级。", en="A lower tier should have no longer head start than a higher one."
)
NO_NAME = Text(zh="请填写名称。", en="Give it a name.")
KEY_TWICE = Text(zh="权益的标识重复。", en="Another privilege has this key.")
NAMES = {
    "high": Text("大R", "High payer"), "mid": Text("中R", "Mid payer"), "low": Text("小R", "Low payer"),
    "none": Text("普通", "Free"),
}


class Steps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds in minor units of one currency."""

    high: int
    mid: int
    low: int


class Tier(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What one tier is called and gets."""

    name: Text
    head_start_seconds: int = 0
    manager: bool = False
    self_service_first: bool = False
    privileges: Annotated[list[Privilege], msgspec.Meta(max_length=30)] = []


class Model(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The document. The first currency's thresholds are those the spend on cards is counted in."""

    window_days: int
    currency: str
    thresholds: dict[str, Steps]
    tiers: dict[str, Tier]


class TierModelKind(Kind):
    """One of the whole desk: a player is in one tier whatever she plays."""

    name: ClassVar[str] = "tier_model"
    label: ClassVar[Text] = Text(zh="玩家分层", en="Tier model")
    branded: ClassVar[bool] = False

    def title(self, place: Place, body: Body) -> Text:
        return self.label

    def normal(self, body: Body) -> Body:
        read = msgspec.convert(body, Model)
        tiers = {tier: read.tiers.get(tier) or Tier(NAMES[tier]) for tier in TIERS}
        return cast("Body", msgspec.to_builtins(msgspec.structs.replace(read, tiers=tiers)))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        wrong = [] if asked.place.key == KEY else [Problem("", ONE)]
        return [*wrong, *problems_of(msgspec.convert(asked.body, Model))]

    async def apply(self, tx: Tx, published: Published) -> None:
        model = msgspec.convert(published.body, Model)
        main = model.thresholds[model.currency]
        others = {key: msgspec.to_builtins(each) for key, each in model.thresholds.items() if key != model.currency}
        rule = TierRule(model.window_days, main.high, main.mid, main.low, model.currency, others)
        if rule != await tier_rule(tx):
            await change_tier_rule(tx, rule)
        for tier, each in model.tiers.items():
            await set_tier_service(tx, TierService(
                tier, each.name, each.head_start_seconds, each.manager, each.self_service_first, each.privileges,
            ))
        await tx.emit(TierModelChanged(version=published.version, by_id=published.by_id))

    async def retire(self, tx: Tx, place: Place) -> None:
        raise Conflict("tier_model_needed", NEEDED)

    async def living(self, reader: Reader) -> list[Living]:
        rule = await tier_rule(reader)
        main = {"high": rule.high_minor, "mid": rule.mid_minor, "low": rule.low_minor}
        return [Living("", KEY, self.normal({
            "windowDays": rule.window_days, "currency": rule.currency,
            "thresholds": {rule.currency: main, **rule.currencies},
            "tiers": {
                tier: {name: value for name, value in msgspec.to_builtins(each).items() if name != "tier"}
                for tier, each in (await fresh_tier_services(reader)).items()
            },
        }))]


def problems_of(model: Model) -> list[Problem]:
    """Everything that is wrong with a model, each at its place."""
    found: list[Problem] = []
    if not 1 <= model.window_days <= 3650:
        found.append(Problem("windowDays", BAD_WINDOW))
    if model.currency not in model.thresholds:
        found.append(Problem("currency", NO_MAIN))
    for currency, steps in model.thresholds.items():
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            found.append(Problem(f"thresholds.{currency}", BAD_CURRENCY))
        if not 0 < steps.low < steps.mid < steps.high:
            found.append(Problem(f"thresholds.{currency}", RISING))
    above: int | None = None
    for tier in TIERS:
        each = model.tiers[tier]
        if not each.name.zh.strip():
            found.append(Problem(f"tiers.{tier}.name", NO_NAME))
        if not 0 <= each.head_start_seconds <= LONGEST_HEAD_START:
            found.append(Problem(f"tiers.{tier}.headStartSeconds", BAD_START))
        elif above is not None and each.head_start_seconds > above:
            found.append(Problem(f"tiers.{tier}.headStartSeconds", NOT_ORDERED, "warning"))
        above = each.head_start_seconds
        keys = Counter(privilege.key for privilege in each.privileges)
        for n, privilege in enumerate(each.privileges):
            if not privilege.name.zh.strip():
                found.append(Problem(f"tiers.{tier}.privileges.{n}.name", NO_NAME))
            if keys[privilege.key] > 1:
                found.append(Problem(f"tiers.{tier}.privileges.{n}.key", KEY_TWICE))
    return found


