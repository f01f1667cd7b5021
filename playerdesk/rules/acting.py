"""From what a rule says to what is done: keys become numbers, texts are filled in, what is gone is skipped with a reason."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from playerdesk.kernel import Text
from playerdesk.rules.book import Book, Rule
from playerdesk.rules.document import Act
from playerdesk.rules.fields import Case
from playerdesk.rules.filling import filled
from playerdesk.tickets import Deed

PRIORITY_WORDS = (("紧急", "urgent"), ("高", "high"), ("普通", "normal"), ("低", "low"))
SOLVED = "{{rule.name}}"
"""How a ticket that a rule resolves was solved, when the rule does not say it."""


class Skipped(msgspec.Struct, frozen=True):
    """What could not be done, and why."""

    why: Text


class Call(msgspec.Struct, frozen=True):
    """A webhook to be called."""

    url: str


class Start(msgspec.Struct, frozen=True):
    """A process to be started."""

    process: str


class Names(msgspec.Struct, frozen=True):
    """What things are called, for texts."""

    brands: Mapping[int, Text]
    categories: Mapping[int, Text]
    people: Mapping[int, str]
    logins: Mapping[str, int]
    leads: Mapping[int, list[int]]
    """Who leads, by brand."""


Step = Deed | Call | Start | Skipped


def step(rule: Rule, act: Act, case: Case, book: Book, names: Names) -> Step:  # noqa: PLR0911 -- one for each kind of action
    """What this action means for this ticket."""
    cause = {"rule": {"key": rule.row.key, "name": {"zh": rule.body.name.zh, "en": rule.body.name.en}}}

    def deed(do: Literal["assign", "queue", "category", "priority", "status", "resolve", "tag", "note", "reply", "field"],
             to: Any) -> Deed:
        return Deed(case.id, do, to, cause)

    match act.do:
        case "assign":
            person = names.logins.get(str(act.to))
            return deed("assign", person) if person is not None else _gone("同事", "colleague", act.to)
        case "queue":
            found = book.asking.named.get(("queue", str(act.to)))
            return deed("queue", found[0]) if found else _gone("队列", "queue", act.to)
        case "category":
            category = book.category_ids.get((str(act.to), case.brand_id))
            return deed("category", category) if category is not None else _gone("分类", "category", act.to)
        case "priority":
            return deed("priority", act.to)
        case "status" if act.to == "resolved":
            return deed("resolve", filled(act.text or SOLVED, values(rule, case, names))[:2000])
        case "status":
            return deed("status", act.to)
        case "tag":
            return deed("tag", {"add": act.add, "remove": act.remove})
        case "field":
            return deed("field", (act.field, act.value))
        case "note" | "reply":
            text = filled(act.text, values(rule, case, names)).strip()
            return deed(act.do, text) if text else Skipped(Text("填好变量后没有内容", "Nothing is left of the text"))
        case "notify":
            return _notify(rule, act, case, names, deed)
        case "webhook":
            return Call(str(act.to))
        case "process":
            return Start(str(act.to))


def _notify(rule: Rule, act: Act, case: Case, names: Names, deed: Any) -> Step:
    """A note that calls them by name: they are told as by any mention."""
    wanted = [names.logins[login] for login in act.people if login in names.logins]
    if act.leads:
        wanted += names.leads.get(case.brand_id, [])
    wanted = list(dict.fromkeys(wanted))[:20]
    if not wanted:
        return Skipped(Text("没有可以通知的人", "There is nobody to tell"))
    called = " ".join(f"[@{names.people[each]}](person:{each})" for each in wanted)
    text = filled(act.text, values(rule, case, names)).strip() or rule.body.name.zh
    return deed("note", f"{called} {text}")


def _gone(zh: str, en: str, key: Any) -> Skipped:
    return Skipped(Text(f"{zh}“{key}”已不存在", f"The {en} “{key}” is gone"))


def values(rule: Rule, case: Case, names: Names) -> dict[str, str]:
    """What the variables stand for, in the player's language."""
    language = "en" if case.language.startswith("en") else "zh"

    def say(text: Text | None) -> str:
        return text.pick(language) if text is not None else ""

    priority = PRIORITY_WORDS[case.priority]
    return {
        "player.name": case.player_name, "character": case.character_name or case.player_name,
        "server": case.server_name or "", "ticket.number": f"#{case.id}", "ticket.title": case.subject,
        "category": say(names.categories.get(case.category_id or 0)), "brand": say(names.brands.get(case.brand_id)),
        "agent.name": names.people.get(case.assignee_id or 0, ""), "rule.name": say(rule.body.name),
        "priority": priority[language == "en"], "status": case.status,
    }
