"""What is wrong with a form before anybody fills it, each thing at its place. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from playerdesk.blueprints import Problem
from playerdesk.forms.limits import AMOUNTS, COUNTS, DAYS, LENGTHS, broken_limit, read_day
from playerdesk.forms.patterns import BadPattern, check_pattern
from playerdesk.forms.shapes import DEEPEST_TREE, MOST_FIELDS, MOST_OPTIONS, Field, Option, leaves
from playerdesk.forms.showing import book, mentioned, ring
from playerdesk.forms.values import LONGEST_LINE, LONGEST_TEXT, MOST_FILES, BadValue, read_value
from playerdesk.kernel import Rejected, Text
from playerdesk.kernel import conditions as language

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_OPTION_KEY = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_NO_DEFAULT = ("file", "server", "character", "purchase", "lookup", "consent")
_RELATIVE = ("within_last", "within_next")


def _problem(place: str, zh: str, en: str, severity: Any = "error") -> Problem:
    return Problem(place, Text(zh=zh, en=en), severity)


def problems_of(fields: Sequence[Field], where: str = "fields") -> list[Problem]:
    """Everything; an empty list means it can be filled."""
    found: list[Problem] = []
    if len(fields) > MOST_FIELDS:
        found.append(_problem(where, f"一个表单最多 {MOST_FIELDS} 项。", f"A form has at most {MOST_FIELDS} fields."))
    taken = Counter(field.key for field in fields)
    for place, field in enumerate(fields):
        here = f"{where}.{place}"
        if not _KEY.fullmatch(field.key):
            found.append(_problem(
                f"{here}.key", "标识只能用英文字母、数字和 _，不能以数字开头，最长 40 个。",
                "A key is made of letters, digits and _, does not begin with a digit, and has 40 at most.",
            ))
        elif taken[field.key] > 1:
            found.append(_problem(f"{here}.key", f"标识“{field.key}”用了两次。", f"The key “{field.key}” is taken twice."))
        found.extend(_texts(field, here))
        found.extend(_options(field, here))
        found.extend(_limits(field, here))
        found.extend(_pattern(field, here))
        found.extend(_conditions(field, fields, here))
        found.extend(_default(field, here))
    if around := ring(fields):
        place = next(n for n, field in enumerate(fields) if field.key == around[0])
        way = " → ".join(around)
        found.append(_problem(
            f"{where}.{place}.show", f"显示条件绕成了一圈：{way}。", f"These are shown only when each other is: {way}."
        ))
    return found


def _texts(field: Field, here: str) -> Iterator[Problem]:
    if not field.label.zh.strip():
        yield _problem(f"{here}.label", "请填写名称。", "Give it a name.")
    for name in ("label", "help", "message"):
        text: Text | None = getattr(field, name)
        if text is not None and max(len(text.zh), len(text.en)) > (100 if name == "label" else 500):
            yield _problem(f"{here}.{name}", "文字太长。", "This text is too long.")
    if field.kind == "lookup" and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", field.lookup or ""):
        yield _problem(
            f"{here}.lookup", "请填写向游戏查询什么，例如 match 或 order。", "Say what the game looks up, such as match or order."
        )


def _options(field: Field, here: str) -> Iterator[Problem]:
    if field.kind not in ("choice", "choices", "tree"):
        return
    if not field.options:
        yield _problem(f"{here}.options", "请至少添加一个选项。", "Add at least one option.")
        return
    if field.kind != "tree" and any(option.options for option in field.options):
        yield _problem(f"{here}.options", "只有“多级选项”可以有下级。", "Only a tree has options below options.")
        return
    every = list(_walk(field.options, f"{here}.options", 1))
    taken = Counter(option.key for option, _, _ in every)
    if len(every) > MOST_OPTIONS:
        yield _problem(f"{here}.options", f"最多 {MOST_OPTIONS} 个选项。", f"At most {MOST_OPTIONS} options.")
    for option, place, depth in every:
        if not _OPTION_KEY.fullmatch(option.key):
            yield _problem(
                f"{place}.key", "选项标识只能用英文字母、数字、_ . -。", "An option's key is made of letters, digits, _ . and -."
            )
        elif taken[option.key] > 1:
            yield _problem(f"{place}.key", f"选项“{option.key}”重复。", f"The option “{option.key}” is there twice.")
        if not option.name.zh.strip():
            yield _problem(f"{place}.name", "请填写选项名称。", "Give the option a name.")
        if depth > DEEPEST_TREE:
            yield _problem(place, f"最多 {DEEPEST_TREE} 级。", f"At most {DEEPEST_TREE} levels.")
        if option.options is not None and not option.options:
            yield _problem(f"{place}.options", "这一级下面没有选项。", "There is nothing below this.")


def _walk(options: Sequence[Option], where: str, depth: int) -> Iterator[tuple[Option, str, int]]:
    for n, option in enumerate(options):
        yield option, f"{where}.{n}", depth
        yield from _walk(option.options or (), f"{where}.{n}.options", depth + 1)


def _limits(field: Field, here: str) -> Iterator[Problem]:
    known: list[Any] = []
    for name in ("min", "max"):
        bound = getattr(field, name)
        if bound is None:
            continue
        if field.kind in DAYS:
            read = read_day(bound, date(2026, 1, 1))
            if read is None:
                yield _problem(f"{here}.{name}", "请填写日期，或 today、today-30d。", "Write a day, or today, today-30d.")
                continue
            known.append(read)
        elif field.kind not in (*LENGTHS, *AMOUNTS, *COUNTS):
            yield _problem(f"{here}.{name}", "这种字段没有范围。", "This kind of field has no range.")
        elif isinstance(bound, bool) or not isinstance(bound, int | float) or abs(bound) > 10**15:
            yield _problem(f"{here}.{name}", "请填写数字。", "Write a number.")
        elif field.kind not in AMOUNTS and not (isinstance(bound, int) and 0 <= bound <= _most(field)):
            yield _problem(f"{here}.{name}", f"需为 0-{_most(field)} 的整数。", f"A whole number from 0 to {_most(field)}.")
        elif field.kind == "money" and (not isinstance(bound, int) or bound < 0):
            yield _problem(f"{here}.{name}", "金额以分为单位填写整数。", "Money is written in minor units, as a whole number.")
        else:
            known.append(bound)
    if len(known) == 2 and known[0] > known[1]:
        yield _problem(f"{here}.max", "上限小于下限，没有内容能通过。", "The range ends before it begins; nothing could be right.")


def _most(field: Field) -> int:
    return {"longtext": LONGEST_TEXT, "choices": len(field.options or ()), "file": MOST_FILES}.get(field.kind, LONGEST_LINE)


def _pattern(field: Field, here: str) -> Iterator[Problem]:
    if field.pattern is None:
        return
    if field.kind not in ("text", "lookup"):
        yield _problem(f"{here}.pattern", "只有单行文字可以限定格式。", "Only a line of text has a pattern.")
        return
    longest = field.max if isinstance(field.max, int) and 0 < field.max <= LONGEST_LINE else LONGEST_LINE
    try:
        check_pattern(field.pattern, longest)
    except BadPattern as bad:
        yield Problem(f"{here}.pattern", bad.text)
        return
    if field.message is None:
        yield _problem(
            f"{here}.message", "建议写一句话告诉玩家正确的格式。", "Better say in words what would be right.", "warning"
        )


def _conditions(field: Field, fields: Sequence[Field], here: str) -> Iterator[Problem]:
    agents_only = {each.key for each in fields if each.audience == "agent"}
    for name in ("show", "need"):
        tree = getattr(field, name)
        if tree is None:
            continue
        place = f"{here}.{name}"
        if field.key in mentioned(tree):
            yield _problem(place, "条件提到了这一项自己。", "The condition asks about this very field.")
            continue
        try:
            node = language.read(tree, book(fields))
        except Rejected as refused:
            for below, text in refused.fields.items():
                yield Problem(place if below == "condition" else f"{place}.{below}", text)
            continue
        if any(leaf.operator in _RELATIVE for leaf in language.leaves(node)):
            yield _problem(
                place, "这里请用“早于/晚于”，例如 today-30d。", "Use before or after here, such as today-30d."
            )
        if field.audience != "agent" and (hidden := agents_only.intersection(mentioned(tree))):
            listed = "、".join(sorted(hidden))
            yield _problem(
                place, f"玩家看不到“{listed}”，不能作为玩家表单的条件。",
                f"The player does not see “{listed}”, so what she is asked cannot depend on it.",
            )


def _default(field: Field, here: str) -> Iterator[Problem]:
    if field.default is None:
        return
    place = f"{here}.default"
    if field.kind in _NO_DEFAULT:
        yield _problem(place, "这种字段不能有默认值。", "This kind of field has no default.")
        return
    if field.kind in DAYS and isinstance(field.default, str) and field.default in ("today", "now"):
        return
    try:
        value = read_value(field.kind, field.default, [option.key for option in leaves(field.options)], "Asia/Shanghai")
    except BadValue as bad:
        yield Problem(place, bad.text)
        return
    if value is not None and (wrong := broken_limit(field, value, datetime.now(UTC), "Asia/Shanghai")):
        yield Problem(place, wrong)
