"""What the audit log calls everything it holds: a word in both languages for every action and everything acted on."""

import ast
import re
from pathlib import Path

import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.app.ticket_traces import action_of, traced

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "clients/agent/src/words"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
DESIGNED = {f"{kind.name}.{verb}" for kind in KINDS for verb in ("published", "retired")}
ORGANISED = {f"{kind}.{verb}" for kind in ("department", "team", "vendor") for verb in ("changed", "deleted")}
TRACERS = {"Trace", "_trace", "trace", "_tell"}


def written_in(path):
    """The actions a module writes down, and the kinds of what they are about."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRACERS:
            for value in (*node.args, *(each.value for each in node.keywords if each.arg == "action")):
                for part in ast.walk(value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and ACTION.fullmatch(part.value):
                        yield part.value
            for each in node.keywords:
                if each.arg == "kind" and isinstance(each.value, ast.Constant):
                    yield f"{each.value.value}."


def everything():
    found = {each for path in (ROOT / "playerdesk").rglob("*.py") for each in written_in(path)}
    # What others are made of never happens by itself.
    happened = set(traced()) - {"TicketEvent", "PublicTicketEvent", "ClockEvent"}
    return found | DESIGNED | ORGANISED | {action_of(kind) for kind in happened}


def keys(text, part):
    block = re.search(rf"^  {part}: {{(.*?)^  }},", text, re.MULTILINE | re.DOTALL)
    assert block
    return set(re.findall(r"\b([a-z_]+):", re.sub(r'"[^"]*"', "", block[1])))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_action_has_its_words(language):
    text = (WORDS / language / "audit.ts").read_text(encoding="utf-8")
    known = {"noun": keys(text, "noun"), "verb": keys(text, "verb")}
    parts = [each.split(".") for each in everything()]
    assert {noun for noun, _ in parts} - known["noun"] == set()
    assert {verb for _, verb in parts if verb} - known["verb"] == set()


def test_the_actions_are_found():
    assert {"player.viewed", "macro.retired", "ticket.reopened", "rule.published", "team.deleted"} <= everything()
