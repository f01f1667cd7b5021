"""What a player reads: the words of a reply without their marks.

Replies are stored as Markdown. The workspace renders it; the widget and a game's own mail get plain text, so
that no mark and no markup ever reaches a player. Both sides read it with the same parser and the same rules
(clients/agent/src/writing/markdown.ts); a test compares them.
"""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

BLOCKS = ("blockquote", "fence", "list", "paragraph")
MARKS = ("text", "newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink")
PAIRS = ("balance_pairs", "strikethrough", "emphasis", "fragments_join")
"""All that is understood. No raw HTML, no pictures, no headings: a "#1" stays a "#1"."""



def _scan(state: StateInline, start: int) -> Scanned:
    """Whether a run of marks opens or closes. Chinese puts no spaces around words, so punctuation decides nothing here.

    The library's own rule leaves the marks of "**充值：**请" standing. A lone star between numbers multiplies.
    """
    text, end = state.src, start
    while end < state.posMax and text[end] == text[start]:
        end += 1
    before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
    opens, closes = not after.isspace(), not before.isspace()
    if text[start] == "_":
        opens, closes = opens and not _is_word(before), closes and not _is_word(after)
    elif end - start == 1 and _is_word(before) and _is_word(after):
        opens = closes = False
    return Scanned(opens, closes, end - start)


def _is_word(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _by_our_scan(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def tokenize(state: StateInline, silent: bool) -> bool:
        state.scanDelims = lambda start, canSplitWord: _scan(state, start)  # noqa: ARG005, N803 -- the name is the library's
        return rule(state, silent)

    return tokenize


_PARSER = MarkdownIt("zero", {"maxNesting": 12}).enable([*BLOCKS, *MARKS, *PAIRS])
for _name, _rule in (("emphasis", emphasis.tokenize), ("strikethrough", strikethrough.tokenize)):
    _PARSER.inline.ruler.at(_name, _by_our_scan(_rule))
_MARKED = re.compile(r"[*_~`\[<\\]|^[ \t]{0,3}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])", re.MULTILINE)
_HAN = re.compile("[\u3400-\u9fff]")


def plain_text(markdown: str) -> str:
    """The text alone: emphasis is dropped, a list keeps its points, a link its address, a quote its marks."""
    if not _MARKED.search(markdown):
        return markdown
    blocks, _ = _blocks(_PARSER.parse(markdown), 0, "")
    return "\n".join(blocks).strip()


def _blocks(tokens: Sequence[Token], at: int, until: str) -> tuple[list[str], int]:
    """The lines from `at` up to the token that closes; a blank line stands where the writer left one."""
    lines: list[str] = []
    end = -1
    while at < len(tokens) and tokens[at].type != until:
        token = tokens[at]
        if end >= 0 and token.map and token.map[0] > end:
            lines.append("")
        end = token.map[1] if token.map else end
        if token.type == "inline":
            lines += _inline(token).split("\n")
        elif token.type == "fence":
            lines += token.content.rstrip("\n").split("\n")
        elif token.type == "blockquote_open":
            inner, at = _blocks(tokens, at + 1, "blockquote_close")
            lines += _quoted("\n".join(inner).strip())
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            points, at = _points(tokens, at)
            lines += points
        at += 1
    return lines, at


def _points(tokens: Sequence[Token], at: int) -> tuple[list[str], int]:
    ordered = tokens[at].type == "ordered_list_open"
    number = int(tokens[at].attrGet("start") or 1)
    close = "ordered_list_close" if ordered else "bullet_list_close"
    lines: list[str] = []
    at += 1
    while tokens[at].type != close:
        inner, at = _blocks(tokens, at + 1, "list_item_close")
        mark = f"{number}. " if ordered else "• "
        lines += [(mark if i == 0 else " " * len(mark)) + line for i, line in enumerate(inner or [""])]
        number += 1
        at += 1
    return lines, at


def _quoted(text: str) -> list[str]:
    before, after = "「」" if _HAN.search(text) else "“”"
    return f"{before}{text}{after}".split("\n")


def _inline(token: Token) -> str:
    said: list[str] = []
    links: list[tuple[str, int]] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "text_special"):
            said.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif child.type == "link_open":
            links.append((str(child.attrGet("href") or ""), len(said)))
        elif child.type == "link_close":
            address, since = links.pop()
            words = "".join(said[since:])
            if address.startswith(("http://", "https://")) and words != address:
                said.append(f" ({address}) ")
    return "".join(said)
