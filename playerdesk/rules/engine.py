"""Something happened: which rules fire, in their order, and what they do; in the transaction of the change.

What a rule does may set off others, and so on: no rule fires twice on one ticket in one chain, and no chain is longer
than `DEEPEST`. What was held back so is in the log with the way that led there.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import msgspec
import structlog

from playerdesk.kernel import Text, Tx
from playerdesk.kernel.conditions import leaves
from playerdesk.rules.acting import Call, Skipped, Start, step
from playerdesk.rules.book import Book, Rule, book_of
from playerdesk.rules.calls import Wanted, write_calls
from playerdesk.rules.document import SPOKEN, Act
from playerdesk.rules.events import ProcessWanted, RuleFired
from playerdesk.rules.fields import Case, case, shown
from playerdesk.rules.firings import Firing, replied_often, write_firings
from playerdesk.rules.naming import names_of
from playerdesk.tickets import Deed, Outcome, TicketEvent, carry_out, details, entries_at, facts, standings

log = structlog.get_logger("rules")

DEEPEST = 5
MOST_REPLIES = 3
"""How often a rule may speak to one player about one ticket within an hour: her side may answer by itself too."""

ROUND = Text(zh="它已经在这一串里触发过，已阻止循环", en="It had fired in this chain already; a loop was stopped")
TOO_DEEP = Text(zh=f"规则连锁触发超过 {DEEPEST} 层，已停止", en=f"Rules set each other off more than {DEEPEST} deep")
OFTEN = Text(zh=f"一小时内已自动回复 {MOST_REPLIES} 次，不再打扰玩家", en=f"It has replied {MOST_REPLIES} times within the hour")
FAILED = Text(zh="执行时出错，没有做任何改动", en="It failed; nothing was changed")


class Chain(msgspec.Struct, frozen=True):
    """What led here."""

    fired: set[tuple[int, int]] = msgspec.field(default_factory=set[tuple[int, int]])
    """(rule, ticket): the same set for everything one event leads to, whichever way it goes on."""
    depth: int = 0
    causes: dict[int, int] = {}
    """Ticket → the firing that did it."""


_chain: ContextVar[Chain | None] = ContextVar("rules chain", default=None)


class Seen(msgspec.Struct, frozen=True):
    """A ticket to which something happened; `seq` is what was said."""

    ticket_id: int
    brand_id: int
    seq: int | None = None


async def consider(tx: Tx, event: str, happened: Sequence[TicketEvent]) -> None:
    """Let the rules see a batch of events of one kind. Costs next to nothing when no rule waits for it."""
    book = await book_of(tx)
    rules = book.by_event.get(event)
    if not rules:
        return
    seen = {
        each.ticket_id: Seen(each.ticket_id, each.brand_id, getattr(each, "seq", None))
        for each in happened if each.brand_id not in book.silent
    }
    brand_ids = {each.brand_id for each in seen.values()}
    rules = [
        rule for rule in rules
        if (rule.row.brand_id is None or rule.row.brand_id in brand_ids) and any(rule.early(each) for each in happened)
    ]
    if rules and seen:
        await run(tx, book, rules, event, list(seen.values()), happened[0].at)


async def run(tx: Tx, book: Book, rules: Sequence[Rule], event: str, seen: Sequence[Seen], at: datetime) -> set[tuple[int, int]]:
    """Ask these rules about these tickets, one after the other; which (rule, ticket) held."""
    said = await _said(tx, event, seen) if any(rule.spoken for rule in rules) else {}
    cases = {each.id: case(each, said.get(each.id, "")) for each in await details(tx, [each.ticket_id for each in seen])}
    asking = msgspec.structs.replace(book.asking, now=at)
    chain = _chain.get() or Chain()
    held: set[tuple[int, int]] = set()
    open_to = dict(cases)
    for rule in rules:
        hits = _hits(rule, rule.holds(asking), open_to)
        if not hits:
            continue
        held.update((rule.row.id, each.id) for each in hits)
        await _fire(tx, book, rule, event, hits, chain, at)
        if rule.body.stop:
            for each in hits:
                del open_to[each.id]
        elif rule is not rules[-1]:
            for fresh in await details(tx, [each.id for each in hits]):
                open_to[fresh.id] = case(fresh, said.get(fresh.id, ""))
    return held


def _hits(rule: Rule, holds: Callable[[Any], bool], cases: dict[int, Case]) -> list[Case]:
    brand_id = rule.row.brand_id
    try:
        return [each for each in cases.values() if (brand_id is None or each.brand_id == brand_id) and holds(each)]
    except Exception:
        log.exception("a rule's condition failed", rule=rule.row.key)
        return []


async def _said(tx: Tx, event: str, seen: Sequence[Seen]) -> dict[int, str]:
    """What was said, by ticket; of a new ticket its first message."""
    if event not in SPOKEN:
        return {}
    entries = await entries_at(tx, [(each.ticket_id, each.seq or 1) for each in seen])
    return {entry.ticket_id: entry.body for entry in entries}


async def _fire(
    tx: Tx, book: Book, rule: Rule, event: str, hits: Sequence[Case], chain: Chain, at: datetime
) -> None:
    """The rule holds for these tickets: do it, and write down what came of it."""
    acting: list[Case] = []
    firings: list[Firing] = []
    for each in hits:
        stopped = ROUND if (rule.row.id, each.id) in chain.fired else TOO_DEEP if chain.depth >= DEEPEST else None
        if stopped is None:
            acting.append(each)
        else:
            firings.append(_firing(rule, event, each, "stopped", [_told("loop", "skipped", stopped)], chain, at))
    if acting:
        try:
            async with tx.attempt():
                await _act(tx, book, rule, event, acting, chain, at)
        except Exception:
            log.exception("rule failed", rule=rule.row.key)
            firings += [_firing(rule, event, each, "stopped", [_told("all", "skipped", FAILED)], chain, at) for each in acting]
    await write_firings(tx, firings)


async def _act(tx: Tx, book: Book, rule: Rule, event: str, hits: Sequence[Case], chain: Chain, at: datetime) -> None:
    names = await names_of(tx)
    often: set[int] = set()
    if any(act.do == "reply" for act in rule.body.then):
        often = await replied_often(tx, rule.row.id, [each.id for each in hits], MOST_REPLIES, at)
    steps = {
        each.id: [
            Skipped(OFTEN) if act.do == "reply" and each.id in often else step(rule, act, each, book, names)
            for act in rule.body.then
        ]
        for each in hits
    }
    # The firing comes first, so that what it leads to can name it.
    ids = await write_firings(tx, [_firing(rule, event, each, "nothing", [], chain, at) for each in hits])
    chain.fired.update((rule.row.id, each.id) for each in hits)
    inner = Chain(
        chain.fired, chain.depth + 1,
        chain.causes | {each.id: number for each, number in zip(hits, ids, strict=True)},
    )
    token = _chain.set(inner)
    try:
        deeds = [part for parts in steps.values() for part in parts if isinstance(part, Deed)]
        outcomes = iter(await carry_out(tx, deeds, at)) if deeds else iter(())
        await _beyond(tx, rule, steps, at)
    finally:
        _chain.reset(token)

    def told(act: Act, part: object) -> dict[str, Any]:
        if isinstance(part, Deed):
            outcome = next(outcomes)
        else:
            outcome = Outcome("skipped", part.why) if isinstance(part, Skipped) else Outcome("done")
        return _told(act.do, outcome.what, outcome.why) | _with(act)

    finished: list[tuple[int, str, list[dict[str, Any]]]] = []
    for each, number in zip(hits, ids, strict=True):
        acts = [told(act, part) for act, part in zip(rule.body.then, steps[each.id], strict=True)]
        finished.append((number, outcome_of([one["outcome"] for one in acts]), acts))
    await write_firings(tx, [], finished)
    stood = await standings(tx, [each.id for each in hits])
    await tx.emit(*(
        RuleFired(**facts(stood[each.id], at), rule_key=rule.row.key, outcome=finished[n][1])
        for n, each in enumerate(hits) if each.id in stood
    ))


async def _beyond(tx: Tx, rule: Rule, steps: dict[int, list[Any]], at: datetime) -> None:
    """What others do: calls to other systems, processes."""
    parts = [(ticket_id, n, part) for ticket_id, several in steps.items() for n, part in enumerate(several)]
    calls = [(ticket_id, n, part.url) for ticket_id, n, part in parts if isinstance(part, Call)]
    starts = [(ticket_id, part) for ticket_id, _, part in parts if isinstance(part, Start)]
    if not calls and not starts:
        return
    stood = await standings(tx, [ticket_id for ticket_id, *_ in (*calls, *starts)])
    await write_calls(tx, [Wanted(rule, stood[ticket_id], n, url) for ticket_id, n, url in calls], at)
    cause = {"key": rule.row.key, "name": {"zh": rule.body.name.zh, "en": rule.body.name.en}}
    if starts:
        await tx.emit(*(
            ProcessWanted(**facts(stood[ticket_id], at), process=start.process, rule=cause) for ticket_id, start in starts
        ))


def outcome_of(acts: Sequence[str]) -> str:
    """One word for all actions together."""
    if "done" in acts:
        return "partly" if "skipped" in acts else "done"
    return "nothing"


def _told(do: str, outcome: str, why: Text | None) -> dict[str, Any]:
    return {"do": do, "outcome": outcome, **({} if why is None else {"why": {"zh": why.zh, "en": why.en}})}


_SILENT: dict[str, Any] = msgspec.to_builtins(Act("note"))


def _with(act: Act) -> dict[str, Any]:
    """What was to be done exactly, by key; long texts are in the rule's version, and an address may hold a secret."""
    if act.do == "webhook":
        return {}
    said = msgspec.to_builtins(act).items()
    return {name: value for name, value in said if name not in {"do", "text"} and repr(value) != repr(_SILENT[name])}


def _firing(
    rule: Rule, event: str, each: Case, outcome: str, acts: list[dict[str, Any]], chain: Chain, at: datetime
) -> Firing:
    why = {leaf.field.name: shown(leaf.field.read(each)) for leaf in leaves(rule.node)}
    return Firing(rule.row.id, rule.row.version, each.id, event, outcome, why, acts, chain.causes.get(each.id), at)
