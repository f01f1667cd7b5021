"""Documents as one text that people review: YAML with stable names and a stable order. Pure.

playerdesk: 1
brand:
starfall:
name: {zh: 星陨, en: Starfall}
category:
starfall/payment: …
"""

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.scalarstring import LiteralScalarString

from playerdesk.blueprints.kinds import Body, Place
from playerdesk.kernel import Rejected, Text

FORMAT = 1
LARGEST = 20_000_000
HEAD = "playerdesk"
_DEEPEST = 60


class Document(msgspec.Struct, frozen=True):
    """One document of a text, and the line it begins in (1, 2, 3 …)."""

    place: Place
    body: Body
    line: int


def write(documents: Iterable[tuple[Place, Body]]) -> str:
    """All of them as one text; equal desks give equal texts."""
    tree: dict[str, Any] = {HEAD: FORMAT}
    for place, body in documents:
        tree.setdefault(place.kind, {})[place.name] = _blocks(body)
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 118
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()


def read(text: str, kinds: Iterable[str]) -> list[Document]:
    """The documents of a text in their order there. Rejected (422) says the line of what is wrong."""
    if len(text) > LARGEST:
        raise _wrong(1, "文件太大，最多 20 MB。", "This is too large; 20 MB at most.")
    tree = _parse(text)
    _check_head(tree)
    known = set(kinds)
    documents: list[Document] = []
    for kind, listed in tree.items():
        if kind == HEAD:
            continue
        line = _line(tree, kind)
        if kind not in known:
            raise _wrong(line, f"没有“{kind}”这种配置。", f"There is no kind “{kind}”.")
        if not isinstance(listed, dict):
            raise _wrong(line, f"“{kind}”下面应是名称和内容。", f"“{kind}” holds names with their contents.")
        for name, body in cast("dict[Any, Any]", listed).items():
            documents.append(_document(str(kind), name, body, _line(listed, name)))
    return documents


def _document(kind: str, name: Any, body: Any, line: int) -> Document:
    if not isinstance(name, str) or not isinstance(body, dict):
        raise _wrong(line, f"“{kind}”的“{name}”应有名称和内容。", f"“{name}” of “{kind}” needs a name and contents.")
    brand, _, key = name.rpartition("/")
    return Document(Place(kind, brand, key), cast("Body", _plain(body, line, 0)), line)


def _parse(text: str) -> Mapping[Any, Any]:
    try:
        # A few lines of anchors can stand for gigabytes; nothing here is ever written with them.
        for event in YAML().parse(text):
            if isinstance(event, AliasEvent):
                raise _wrong(event.start_mark.line + 1, "不支持锚点和引用（&、*）。", "Anchors and aliases (&, *) are not read.")
        tree: Any = YAML().load(text)
    except MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise _wrong(line, f"这一行不是正确的 YAML：{failure.problem}。", f"This is no YAML: {failure.problem}.") from failure
    except (YAMLError, ValueError, RecursionError) as failure:
        raise _wrong(1, f"不是正确的 YAML：{failure}。", f"This is no YAML: {failure}.") from failure
    if not isinstance(tree, dict):
        raise _wrong(1, "这不是配置文件。", "This is no file of designs.")
    return cast("Mapping[Any, Any]", tree)


def _check_head(tree: Mapping[Any, Any]) -> None:
    written = tree.get(HEAD)
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise _wrong(1, f"第一行应为 {HEAD}: {FORMAT}。", f"The first line should be {HEAD}: {FORMAT}.")
    if written > FORMAT:
        raise _wrong(
            _line(tree, HEAD), f"这份文件由更新的版本写出（格式 {written}），本系统只读到 {FORMAT}。请先升级。",
            f"This was written by a newer version (format {written}); this desk reads up to {FORMAT}. Upgrade first.",
        )


def _line(tree: Any, name: Any) -> int:
    try:
        return tree.lc.key(name)[0] + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _plain(value: Any, line: int, depth: int) -> Any:
    """What the parser made, as plain JSON; a day or time is the text it was written as."""
    if depth > _DEEPEST:
        raise _wrong(line, "嵌套太深。", "This is nested too deeply.")
    if isinstance(value, dict):
        return {str(key): _plain(each, line, depth + 1) for key, each in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(each, line, depth + 1) for each in cast("list[Any]", value)]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _blocks(value: Any) -> Any:
    """Texts of several lines as blocks, which people can read and compare line by line."""
    if isinstance(value, dict):
        return {key: _blocks(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_blocks(each) for each in cast("list[Any]", value)]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _wrong(line: int, zh: str, en: str) -> Rejected:
    return Rejected("config_text", Text(zh=f"第 {line} 行：{zh}", en=f"Line {line}: {en}"), extra={"line": line})
