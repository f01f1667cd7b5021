"""What is wrong with a process as a drawing: each problem at its place, such as "steps.3.next.0". Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from playerdesk.blueprints import Problem
from playerdesk.forms import field_problems
from playerdesk.kernel import Text
from playerdesk.processes.design import BY_ITSELF, Context, Design, Step, contexts, inside, reached

MOST_STEPS = 80
MOST_WAYS = 12
LONGEST_MINUTES = 60 * 24 * 366
_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


def problems_of(design: Design) -> list[Problem]:
    """Everything wrong with it that can be seen without asking the desk."""
    if not design.steps:
        return [_problem("steps", "流程还没有步骤。", "The process has no steps yet.")]
    if len(design.steps) > MOST_STEPS:
        return [_problem("steps", f"最多 {MOST_STEPS} 个步骤。", f"{MOST_STEPS} steps at most.")]
    found = [*_names(design), *(each for n, step in enumerate(design.steps) for each in _step(design, step, f"steps.{n}"))]
    # How it hangs together only makes sense once every arrow leads somewhere.
    if any(each.severity == "error" and (each.place == "start" or re.search(r"\.(key|to)$", each.place)) for each in found):
        return found
    return [*found, *_flow(design), *_splits(design), *_backs(design), *_days(design)]


def _problem(place: str, zh: str, en: str) -> Problem:
    return Problem(place, Text(zh, en))


def _names(design: Design) -> Iterator[Problem]:
    counted = Counter(step.key for step in design.steps)
    if not design.name.zh.strip() and not design.name.en.strip():
        yield _problem("name", "请给流程起个名字。", "Give the process a name.")
    if design.start not in counted:
        yield _problem("start", "请选择从哪一步开始。", "Choose the step it begins with.")
    for n, step in enumerate(design.steps):
        if not _KEY.fullmatch(step.key):
            yield _problem(
                f"steps.{n}.key", "步骤标识只能用小写字母、数字和 _，最长 40 个字符。",
                "A step's key is made of lower-case letters, digits and _, 40 at most.",
            )
        elif counted[step.key] > 1:
            yield _problem(f"steps.{n}.key", f"标识“{step.key}”用了两次。", f"The key “{step.key}” is taken twice.")
        if not step.name.zh.strip() and not step.name.en.strip():
            yield _problem(f"steps.{n}.name", "请给这一步起个名字。", "Give this step a name.")


def _step(design: Design, step: Step, place: str) -> Iterator[Problem]:
    keys = {each.key for each in design.steps}
    for n, way in enumerate(step.next):
        if way.to not in keys:
            yield _problem(f"{place}.next.{n}.to", "它指向的步骤不存在。", "It leads to a step that does not exist.")
    if len(step.next) > MOST_WAYS:
        yield _problem(f"{place}.next", f"最多 {MOST_WAYS} 条去路。", f"{MOST_WAYS} ways on at most.")
    if step.kind == "end":
        if step.next:
            yield _problem(f"{place}.next.0", "结束之后不能再有步骤。", "Nothing comes after an end.")
    elif not step.next:
        yield _problem(f"{place}.next", "这一步之后没有去路。请连到下一步或“结束”。",
                       "Dead end: nothing comes after this step. Lead it on, or to an end.")
    yield from _ways(step, place)
    yield from _people(step, place)
    yield from _times(step, place)
    yield from field_problems(step.fields, f"{place}.fields")
    for n, field in enumerate(step.fields):
        if field.audience == "player":
            yield _problem(f"{place}.fields.{n}.audience", "步骤里的内容由同事填写。", "A step is filled in by colleagues.")


def _ways(step: Step, place: str) -> Iterator[Problem]:
    if step.kind in ("split", "join"):
        yield from _plain_ways(step, place)
    elif step.kind == "end" or not step.next:
        return
    elif step.chosen:
        yield from _buttons(step, place)
    else:
        for n, way in enumerate(step.next[:-1]):
            if way.when is None:
                yield _problem(f"{place}.next.{n}.when", "请写上条件，只有最后一条去路可以没有。",
                               "Give it a condition; only the last way may have none.")
        if step.next[-1].when is not None:
            yield _problem(f"{place}.next", "没有“其他情况”的去路：条件都不成立时会停在这里。",
                           "There is no default way: when no condition holds it would stop here.")


def _plain_ways(step: Step, place: str) -> Iterator[Problem]:
    for n, way in enumerate(step.next):
        if way.key or way.when is not None:
            yield _problem(f"{place}.next.{n}", "并行与汇合的去路没有条件。", "Ways out of a split or join have no conditions.")
    if step.kind == "split" and len(step.next) < 2:
        yield _problem(f"{place}.next", "并行至少要有两条分支。", "A split has two branches at least.")
    if step.kind == "join" and len(step.next) > 1:
        yield _problem(f"{place}.next.1", "汇合之后只有一条去路。", "Only one way leads on from a join.")


def _buttons(step: Step, place: str) -> Iterator[Problem]:
    if step.kind == "decision":
        first = next(n for n, way in enumerate(step.next) if way.key)
        yield _problem(f"{place}.next.{first}", "自动判断没有按钮，请改用条件。",
                       "A decision is made by conditions and has no buttons.")
    seen = Counter(each.key for each in step.next)
    for n, way in enumerate(step.next):
        if not way.key:
            yield _problem(f"{place}.next.{n}", "这一步由人选择去路，每条去路都要有按钮。",
                           "People choose the way here; every way needs a button.")
        elif seen[way.key] > 1 or not _KEY.fullmatch(way.key):
            yield _problem(f"{place}.next.{n}.key", "按钮的标识重复或不合法。", "A button's key is taken twice or malformed.")
        elif way.name is None or not (way.name.zh.strip() or way.name.en.strip()):
            yield _problem(f"{place}.next.{n}.name", "请写上按钮的文字。", "Say what stands on the button.")
        elif way.when is not None:
            yield _problem(f"{place}.next.{n}.when", "按钮没有条件。", "A button has no condition.")


def _people(step: Step, place: str) -> Iterator[Problem]:
    waits_for_word = step.kind == "wait" and step.wait is not None and bool(step.wait.signal)
    if step.kind == "task" or (waits_for_word and step.by):
        first = [each for each in step.by if not each.since]
        if not first and step.by:
            since = min(each.since for each in step.by)
            yield _problem(f"{place}.by", f"在 {since} 之前没有人负责。", f"Nobody is responsible before {since}.")
        elif not first:
            yield _problem(f"{place}.by", "没有人负责这一步。", "Nobody is responsible for this step.")
    seen: set[str] = set()
    for n, party in enumerate(step.by):
        if party.since in seen:
            yield _problem(f"{place}.by.{n}.since", "同一天有两个负责方。", "Two are responsible from the same day on.")
        seen.add(party.since)
        if party.since and not _is_day(party.since):
            yield _problem(f"{place}.by.{n}.since", "请填写日期，例如 2026-12-01。", "Write a day, such as 2026-12-01.")
        if party.kind != "assignee" and not party.key:
            yield _problem(f"{place}.by.{n}.key", "请选择负责方。", "Choose who is responsible.")
    if step.kind in BY_ITSELF and step.by:
        yield _problem(f"{place}.by", "这一步由系统自动完成，不需要负责方。", "The desk passes this step by itself.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _times(step: Step, place: str) -> Iterator[Problem]:
    if step.deadline is not None and not 1 <= step.deadline.minutes <= LONGEST_MINUTES:
        yield _problem(f"{place}.deadline", "时限在 1 分钟到 1 年之间。", "A deadline is a minute to a year.")
    if step.kind == "wait":
        if step.wait is None or not (step.wait.signal or step.wait.minutes or step.wait.until):
            yield _problem(f"{place}.wait", "请说明等什么：一段时间、表单里的日期，或一个外部信号。",
                           "Say what it waits for: some time, a day from a form, or a word from outside.")
        elif not 0 <= step.wait.minutes <= LONGEST_MINUTES:
            yield _problem(f"{place}.wait", "等待时间最长一年。", "It can wait for a year at most.")
        elif (step.wait.minutes or step.wait.until) and step.chosen:
            yield _problem(f"{place}.next", "到时自动继续的等待不能有按钮，请改用条件。",
                           "A wait that ends by itself cannot have buttons; use conditions.")
    elif step.wait is not None:
        yield _problem(f"{place}.wait", "只有“等待”步骤才等待。", "Only a waiting step waits.")


def _flow(design: Design) -> Iterator[Problem]:
    from_start = reached(design, [design.start])
    to_end = reached(design, [step.key for step in design.steps if step.kind == "end"], backwards=True)
    if not any(step.kind == "end" for step in design.steps):
        yield _problem("steps", "流程没有“结束”。", "The process has no end.")
    for n, step in enumerate(design.steps):
        if step.key not in from_start:
            yield _problem(f"steps.{n}", "从开始走不到这一步。", "This step cannot be reached from the start.")
        elif step.key not in to_end and step.next and to_end:
            yield _problem(f"steps.{n}.next", "循环没有出口：从这一步走不到“结束”。",
                           "A loop without exit: no way leads from here to an end.")
    for key in _spinning(design):
        n = next(n for n, step in enumerate(design.steps) if step.key == key)
        yield _problem(f"steps.{n}.next", "这个循环里没有人做的步骤，会一直空转。",
                       "Nobody does anything in this loop; it would spin for ever.")


def _spinning(design: Design) -> Iterator[str]:
    """Steps on a ring that the desk passes by itself."""
    automatic = {step.key: step for step in design.steps if step.kind in BY_ITSELF}
    for key, step in automatic.items():
        seen: set[str] = set()
        ahead = [way.to for way in step.next]
        while ahead:
            each = ahead.pop()
            if each == key:
                yield key
                break
            if each in automatic and each not in seen:
                seen.add(each)
                ahead += [way.to for way in automatic[each].next]


def _splits(design: Design) -> Iterator[Problem]:
    """Every split is closed by one join, inside the same splits, and nothing jumps in or out between them."""
    known, places = contexts(design), {step.key: n for n, step in enumerate(design.steps)}
    joined: dict[str, str] = {}
    for key, context in known.items():
        step = design.step(key)
        assert step is not None
        place = f"steps.{places[key]}"
        if step.kind == "join":
            if not context:
                yield _problem(place, "这个汇合之前没有并行。", "There is no split before this join.")
                continue
            if joined.setdefault(context[-1], key) != key:
                yield _problem(place, "同一个并行的分支汇合到了不同的地方。", "Branches of one split meet in different joins.")
        if step.kind == "end" and context:
            yield _problem(f"steps.{places[context[-1]]}", "这个并行有分支没有汇合就结束了。",
                           "A branch of this split ends without a join.")
        after: Context = inside(step, context)
        for n, way in enumerate(step.next):
            if known.get(way.to, after) != after:
                yield _problem(f"{place}.next.{n}", "这条去路跳进或跳出了并行分支。",
                               "This way jumps into or out of a parallel branch.")
    for key in known:
        step = design.step(key)
        if step is not None and step.kind == "split" and key not in joined:
            yield _problem(f"steps.{places[key]}", "这个并行没有对应的汇合。", "This split has no join.")


def _days(design: Design) -> Iterator[Problem]:
    """A wait that ends at a day from a form: somebody has to have been asked for it on the way there."""
    for n, step in enumerate(design.steps):
        if step.wait is None or not step.wait.until:
            continue
        key, _, name = step.wait.until.partition(".")
        asked = design.step(key)
        field = next((each for each in asked.fields if each.key == name), None) if asked else None
        if field is None or field.kind not in ("date", "datetime"):
            yield _problem(f"steps.{n}.wait", "等到哪一天，要选前面步骤表单里的日期。",
                           "The day it waits for has to be a date in the form of an earlier step.")
        elif step.key not in reached(design, [key]):
            yield _problem(f"steps.{n}.wait", "填写这个日期的步骤在它之后。", "The step that asks for this day comes later.")
        elif not (field.required or step.wait.minutes or step.wait.signal):
            yield Problem(f"steps.{n}.wait", Text(
                "这个日期不是必填的；没有填时不会等待。", "This day need not be filled in; without it nothing is waited for."
            ), "warning")


def _backs(design: Design) -> Iterator[Problem]:
    known, steps = contexts(design), {step.key: step for step in design.steps}
    for n, step in enumerate(design.steps):
        for m, key in enumerate(step.back):
            place, target = f"steps.{n}.back.{m}", steps.get(key)
            if target is None:
                yield _problem(place, "要退回的步骤不存在。", "The step to hand back to does not exist.")
            elif step.kind != "task" or target.kind != "task":
                yield _problem(place, "只能在人工步骤之间退回。", "Work is handed back from people to people.")
            elif step.key in known and (
                key == step.key or step.key not in reached(design, [key])
                or known[step.key][: len(known.get(key, ()))] != known.get(key, ())
            ):
                yield _problem(place, "只能退回到之前的步骤。", "It can only be handed back to a step before it.")
