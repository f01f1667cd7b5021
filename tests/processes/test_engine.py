"""Any process that passes the checks: every ticket in it ends or waits for somebody, and branches come together again."""

from itertools import count

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.processes.checking import problems_of
from playerdesk.processes.design import Design
from playerdesk.processes.engine import Visit, go
from tests.processes.given import body, by, end, step, text

ME = [by("role", "agent")]


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Blocks within blocks: a task, a choice, a decision, a split with its join, a loop back to the block's beginning."""
    numbers, steps = count(1), []

    def block(depth: int, after: str) -> str:
        """Draws a block that leads to `after`; the key it begins with."""
        key = f"s{next(numbers)}"
        kind = draw(st.sampled_from(["task", "wait"] + (["choice", "decision", "split", "loop", "row"] if depth < 3 else [])))
        if kind == "task":
            steps.append(step(key, after, by=ME))
        elif kind == "wait":
            steps.append(step(key, after, kind="wait", wait={"signal": "go"}))
        elif kind == "row":
            return block(depth + 1, block(depth + 1, after))
        elif kind == "loop":
            body_of = block(depth + 1, key)
            steps.append(step(key, [
                {"to": after, "key": "on", "name": text("on")}, {"to": body_of, "key": "again", "name": text("again")},
            ], by=ME))
        else:
            join = f"j{next(numbers)}" if kind == "split" else after
            ways = [block(depth + 1, join) for _ in range(draw(st.integers(2, 3)))]
            if kind == "split":
                steps.append(step(key, ways, kind="split"))
                steps.append(step(join, after, kind="join"))
            elif kind == "choice":
                steps.append(step(key, [{"to": to, "key": f"k{n}", "name": text("k")} for n, to in enumerate(ways)], by=ME))
            else:
                ways_on = [{"to": to, "when": {"field": "status", "is": "new"}} for to in ways[:-1]]
                steps.append(step(key, [*ways_on, {"to": ways[-1]}], kind="decision"))
        return key

    start = block(0, "end")
    return msgspec.convert(body(*steps, end(), start=start), Design)


@settings(max_examples=150)
@given(designs(), st.randoms(use_true_random=False))
def test_every_ticket_ends_or_waits_and_tokens_balance(design, chance):
    assert problems_of(design) == []
    ids, visits, ended = count(1), {}, False

    def take(key, fork):
        walk = go(design, list(visits.values()), key, fork, lambda each: chance.choice(each.next))
        for joined in walk.joined:
            assert visits[joined].state == "waiting"
            visits[joined] = msgspec.structs.replace(visits[joined], state="done")
        for fresh in walk.fresh:
            number = next(ids)
            visits[number] = Visit(number, fresh.step.key, fresh.state, fresh.fork, fresh.serial, fresh.branches)
        return walk.ended is not None

    ended = take(design.start, ())
    for _ in range(400):
        joins = {each.key for each in design.steps if each.kind == "join"}
        tokens = [visit for visit in visits.values() if visit.state in ("open", "waiting")]
        at_work = [visit for visit in tokens if visit.step not in joins]
        if ended:
            assert tokens == []
            break
        # Somebody always has something to do, and no split has more branches out than it sent.
        assert at_work
        for serial, branches in ((v.serial, v.branches) for v in visits.values() if v.serial):
            direct = [v for v in tokens if v.fork and v.fork[-1] == serial]
            assert len(direct) <= branches
        leaving = chance.choice(at_work)
        visits[leaving.id] = msgspec.structs.replace(leaving, state="done")
        step_of = design.step(leaving.step)
        # A loop is left for sure after a while.
        way = step_of.next[0] if len(visits) > 150 else chance.choice(step_of.next)
        ended = take(way.to, leaving.fork)
    assert ended


@settings(max_examples=60)
@given(designs(), st.data())
def test_without_a_way_out_it_is_refused(design, data):
    """Cutting any way of a sound process leaves something to complain about, or another sound process."""
    step_of = data.draw(st.sampled_from([each for each in design.steps if each.next]))
    cut = msgspec.structs.replace(step_of, next=step_of.next[:-1])
    steps = [cut if each.key == step_of.key else each for each in design.steps]
    found = problems_of(msgspec.structs.replace(design, steps=steps))
    if not cut.next or step_of.kind == "decision":
        assert found
