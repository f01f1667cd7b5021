"""Everything that is wrong with a rule, each at its place."""

from collections.abc import Sequence
from typing import Any

import msgspec

from playerdesk.blueprints import Place, Problem
from playerdesk.brands import brand_by_key, brands
from playerdesk.forms import categories
from playerdesk.kernel import Reader, Refused, Text
from playerdesk.kernel.condition_tests import All, Among, Test
from playerdesk.kernel.conditions import Fields, Node, fix, names, personal, possible, read
from playerdesk.rules.addresses import allowed_inside, wrong_address
from playerdesk.rules.book import book_of
from playerdesk.rules.document import LONGEST_HOURS, SPOKEN, Act, RuleBody
from playerdesk.rules.fields import rule_fields
from playerdesk.rules.filling import unknown
from playerdesk.tickets import LONGEST_TAG, MOST_TAGS, asking_by_itself

MOST_ACTS = 20
LONGEST_TEXT = 2000
LONGEST_NAME = 80
_KINDS = {"category": ("分类", "category"), "queue": ("队列", "queue"), "brand": ("品牌", "brand"), "person": ("同事", "colleague")}
_ONCE = ("assign", "queue", "category", "priority", "status")



class _Checking:
    """One look at one rule."""

    def __init__(self, reader: Reader, place: Place, body: RuleBody) -> None:
        self.reader, self.place, self.body = reader, place, body
        self.found: list[Problem] = []

    def wrong(self, place: str, zh: str, en: str) -> None:
        self.found.append(Problem(place, Text(zh, en)))

    def warn(self, place: str, zh: str, en: str) -> None:
        self.found.append(Problem(place, Text(zh, en), "warning"))


async def problems_of(reader: Reader, place: Place, body: RuleBody) -> list[Problem]:
    """All of it, in the order of the document."""
    look = _Checking(reader, place, body)
    known = await _known(reader, place)
    if not body.name.zh.strip() or len(body.name.zh) > LONGEST_NAME or len(body.name.en) > LONGEST_NAME:
        look.wrong("name", f"请填写名称，最多 {LONGEST_NAME} 个字。", f"Give it a name, {LONGEST_NAME} characters at most.")
    _check_when(look)
    node = _check_condition(look, await rule_fields(reader), known)
    if not body.then:
        look.wrong("then", "请至少添加一个动作。", "Add one action at least.")
    if len(body.then) > MOST_ACTS:
        look.wrong("then", f"最多 {MOST_ACTS} 个动作。", f"{MOST_ACTS} actions at most.")
    for n, act in enumerate(body.then):
        await _check_act(look, n, act, known)
    _check_together(look)
    if node is not None:
        test = fix(node, await asking_by_itself(reader))
        _check_self(look, test)
        await _check_others(look)
    return look.found


async def _known(reader: Reader, place: Place) -> dict[str, set[str]]:
    """What may be mentioned: of one brand only its own things and everybody's."""
    brand = await brand_by_key(reader, place.brand_key) if place.brand_key else None
    named = (await asking_by_itself(reader)).named
    found: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for kind, key in named:
        found[kind].add(key)
    if brand is not None:
        found["category"] = {each.key for each in await categories(reader) if each.brand_id in (None, brand.id)}
    return found


def _check_when(look: _Checking) -> None:
    when, timed = look.body.when, look.body.when.since is not None or look.body.when.hours is not None
    if bool(when.events) == timed:
        look.wrong("when", "请选择触发的事件，或者一段时间（二选一）。", "Choose events, or a span of time; one of both.")
    elif timed and (when.since is None or when.hours is None or not 0 < when.hours <= LONGEST_HOURS):
        zh = f"请填写大于 0、不超过 {LONGEST_HOURS} 的小时数。"
        look.wrong("when.hours", zh, f"Give hours above 0, {LONGEST_HOURS} at most.")


def _check_condition(look: _Checking, fields: Fields, known: dict[str, set[str]]) -> Node | None:
    try:
        node = read(look.body.condition, fields)
    except Refused as refusal:
        way, text = next(iter(refusal.fields.items()), ("", refusal.message))
        look.found.append(Problem("if" if way in ("", "condition") else f"if.{way}", text))
        return None
    if personal(node):
        look.wrong("if", "规则里不能用“我”或“我的队列”。", "“Me” and “my queues” mean nothing in a rule.")
    for place, name in names(node):
        if name.key not in known[name.kind]:
            zh, en = _KINDS[name.kind]
            look.wrong(f"if.{place}" if place else "if", f"{zh}“{name.key}”不存在。", f"There is no {en} “{name.key}”.")
    if "said" in str(look.body.condition) and not set(look.body.when.events) <= SPOKEN:
        look.wrong("if", "只有消息触发的规则才能判断“这条消息的内容”。", "Only a rule set off by a message can ask for its text.")
    return node


async def _check_act(
    look: _Checking, n: int, act: Act, known: dict[str, set[str]]
) -> None:
    at = f"then.{n}"
    if act.do in ("assign", "queue", "category"):
        _check_named(look, at, act, known)
    elif act.do == "priority" and act.to not in (0, 1, 2, 3):
        look.wrong(f"{at}.to", "请选择优先级。", "Choose a priority.")
    elif act.do == "status" and act.to not in ("open", "pending", "hold", "resolved"):
        look.wrong(f"{at}.to", "请选择状态。", "Choose a status.")
    elif act.do == "tag":
        _check_tags(look, at, act)
    elif act.do == "field":
        _check_field(look, at, act, await rule_fields(look.reader))
    elif act.do in ("note", "reply") and not act.text.strip():
        look.wrong(f"{at}.text", "请填写内容。", "Write the text.")
    elif act.do == "notify":
        _check_told(look, at, act, known["person"])
    elif act.do == "webhook" and (problem := wrong_address(str(act.to or ""), allowed_inside())) is not None:
        look.found.append(Problem(f"{at}.to", problem))
    elif act.do == "process" and not act.to:
        look.wrong(f"{at}.to", "请选择一个已发布的流程。", "Choose a published process.")
    _check_text(look, at, act)


def _check_named(look: _Checking, at: str, act: Act, known: dict[str, set[str]]) -> None:
    kind = "person" if act.do == "assign" else act.do
    # A queue that is mentioned and gone is told by the store of documents.
    if not act.to or (act.do != "queue" and act.to not in known[kind]):
        zh, en = _KINDS[kind]
        look.wrong(f"{at}.to", f"请选择{zh}" + (f"：“{act.to}”不存在。" if act.to else "。"),
                   f"Choose a {en}" + (f": there is no “{act.to}”." if act.to else "."))


def _check_told(look: _Checking, at: str, act: Act, people: set[str]) -> None:
    if not act.people and not act.leads:
        look.wrong(f"{at}.people", "请选择通知谁。", "Choose whom to tell.")
    for login in act.people:
        if login not in people:
            look.wrong(f"{at}.people", f"同事“{login}”不存在。", f"There is no colleague “{login}”.")


def _check_text(look: _Checking, at: str, act: Act) -> None:
    if len(act.text) > LONGEST_TEXT:
        look.wrong(f"{at}.text", f"最多 {LONGEST_TEXT} 个字。", f"{LONGEST_TEXT} characters at most.")
    for name in unknown(act.text):
        look.wrong(f"{at}.text", f"没有“{name}”这个变量。", f"There is no variable “{name}”.")


def _check_tags(look: _Checking, at: str, act: Act) -> None:
    tags = [*act.add, *act.remove]
    if not tags or any(not 0 < len(tag.strip()) <= LONGEST_TAG for tag in tags) or len(tags) > MOST_TAGS:
        look.wrong(f"{at}.add", f"请填写标签，每个最多 {LONGEST_TAG} 个字。", f"Give tags of {LONGEST_TAG} characters at most.")
    both = sorted(set(act.add) & set(act.remove))
    if both:
        look.wrong(f"{at}.remove", f"标签“{both[0]}”既要添加又要移除。", f"The tag “{both[0]}” is both added and removed.")


def _check_field(look: _Checking, at: str, act: Act, fields: Fields) -> None:
    field = fields.get(f"field.{act.field}")
    if field is None:
        return look.wrong(f"{at}.field", "请选择表单里的字段。", "Choose a field of a form.")
    known = field.options
    fits: dict[str, Any] = {"number": (int, float), "money": (int,), "bool": (bool,)}
    if (known and act.value not in known) or not isinstance(act.value, fits.get(field.kind, (str,))):
        look.wrong(f"{at}.value", "这个值不适合该字段。", "This value does not fit the field.")
    return None


def _check_together(look: _Checking) -> None:
    """What two actions of one rule would undo of each other."""
    seen: dict[str, int] = {}
    for n, act in enumerate(look.body.then):
        if act.do in _ONCE and act.do in seen:
            look.wrong(f"then.{n}", "同一种改动只能有一个，否则会互相抵消。", "The same thing is set twice.")
        seen.setdefault(act.do, n)
    if {"assign", "queue"} <= seen.keys():
        look.wrong(f"then.{seen['queue']}", "“分配给”和“转到队列”互相矛盾。", "Assigning and queueing contradict each other.")
    added = [tag for act in look.body.then for tag in act.add]
    for n, act in enumerate(look.body.then):
        if act.do == "tag" and set(act.remove) & set(added) and not set(act.add) & set(act.remove):
            look.wrong(f"then.{n}.remove", "同一个标签既要添加又要移除。", "The same tag is both added and removed.")


def _check_self(look: _Checking, test: Test) -> None:
    """A rule that sets itself off again and again: putting into a queue is followed by giving out, which is news again."""
    events = set(look.body.when.events)
    for n, act in enumerate(look.body.then):
        if act.do == "queue" and events & {"assigned"} and not _excludes(test, "queue"):
            look.wrong(
                f"then.{n}",
                "这条规则会反复触发自己：转到队列后会再次分配，分配又触发它。请在条件里排除这个队列，或换一个触发事件。",
                "This rule sets itself off: what is queued is given out, and that sets it off again. Exclude the queue in"
                " the condition, or choose another event.",
            )
    if "changed" in events and any(act.do in ("webhook", "notify", "note", "reply") for act in look.body.then) and (
        possible(test, "status") is None and not look.body.condition.get("all") and not look.body.condition.get("any")
    ):
        look.warn("if", "没有条件：工单每次改动都会触发。", "There is no condition: it fires at every change of any ticket.")


def _excludes(test: Test, name: str) -> bool:
    """Whether the condition itself says which queue it must (not) be in."""
    if isinstance(test, All):
        return any(_excludes(part, name) for part in test.parts)
    return isinstance(test, Among) and test.field.name == name


async def _check_others(look: _Checking) -> None:
    """Two rules that would take turns."""
    if "changed" not in look.body.when.events:
        return
    mine = {act.do: act.to for act in look.body.then if act.do in ("priority", "category", "status")}
    book = await book_of(look.reader)
    for rule in book.by_event.get("changed", []):
        if (rule.row.key, rule.row.brand_key) == (look.place.key, look.place.brand_key):
            continue
        turned = [act for act in rule.body.then if act.do in mine and act.to != mine[act.do]]
        if turned:
            look.warn(
                "then", f"规则“{rule.body.name.zh}”会改回来，两条规则可能互相触发（运行时会被阻止）。",
                f"The rule “{rule.body.name.en}” sets it back; they may take turns (which is stopped at run time).",
            )


async def broken(reader: Reader, rows: Sequence[Any]) -> dict[tuple[str, str], list[Problem]]:
    """Which published rules mention what is not there any more."""
    known_brands = {brand.key for brand in await brands(reader)}
    found: dict[tuple[str, str], list[Problem]] = {}
    for row in rows:
        place = Place("rule", row.brand_key, row.key)
        try:
            problems = await problems_of(reader, place, msgspec.convert(row.body, RuleBody))
        except msgspec.ValidationError:
            continue
        errors = [each for each in problems if each.severity == "error"]
        if errors or (row.brand_key and row.brand_key not in known_brands):
            found[row.brand_key, row.key] = errors
    return found
