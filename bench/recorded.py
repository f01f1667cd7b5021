"""The floor of a command: the very statements the desk sends for it, recorded once and written as a pgbench script."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from playerdesk.kernel import Database, Tx, encode_text, now

TICKET = ":id"
"""pgbench's name for what the first statement returned."""

Said = tuple[str, tuple[Any, ...]]
"""A statement and its arguments."""


class _Undone(Exception):
    """The recorded transaction leaves nothing behind."""


def _undo() -> None:
    raise _Undone


class _Recorder:
    """Stands where the connection stands."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.said: list[Said] = []

    def __getattr__(self, method: str) -> Any:
        async def ask(sql: str, *args: Any) -> Any:
            self.said.append((sql, args))
            return await getattr(self._connection, method)(sql, *args)

        return ask


async def recorded(database: Database, command: Callable[[Tx], Awaitable[None]]) -> list[Said]:
    """What a command sends in its transaction, the events with it; it is rolled back."""
    recorder: _Recorder | None = None
    try:
        async with database.transaction(batch=True) as tx:
            tx.connection = recorder = _Recorder(tx.connection)
            await command(tx)
            await tx.write_events()
            _undo()
    except _Undone:
        pass
    assert recorder is not None
    return recorder.said


def script(said: Sequence[Said], names: Mapping[str, str]) -> str:
    """The same for pgbench, one transaction; `names` gives what is another one each time its name.

    What the first statement returns can be used by the others.
    """
    statements = [_written(sql, args, names) for sql, args in said]
    statements[0] += " \\gset"
    return "BEGIN;\n" + "".join(f"{text}{'' if i == 0 else ';'}\n" for i, text in enumerate(statements)) + "COMMIT;\n"


def _written(sql: str, args: tuple[Any, ...], names: Mapping[str, str]) -> str:
    text = re.sub(r"\$(\d+)", lambda found: _literal(args[int(found[1]) - 1], names), sql)
    return " ".join(text.split())


def _literal(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return f"ARRAY[{', '.join(_literal(each, names) for each in value)}]" if value else "'{}'"
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        # As far from the moment of the statement as it was then; to the minute, for that moment is a little later now.
        return f"(now() + interval '{round((value - now()).total_seconds() / 60)} minutes')"
    if isinstance(value, int | float):
        return f"{names[str(value)]}" if str(value) in names else str(value)
    return _text(value if isinstance(value, str) else encode_text(value), names)


def _text(value: str, names: Mapping[str, str]) -> str:
    """A literal; what has a name in it is put together around the name. A colon before a word would be one for pgbench."""
    one_of = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, names)) + r")(?![\w-])")
    whole, *others = one_of.split(value)
    text = _quoted(whole)
    for name, part in zip(others[::2], others[1::2], strict=True):
        text += f" || {names[name]}::text || {_quoted(part)}"
    return f"({text})" if others else text


def _quoted(part: str) -> str:
    return "'" + re.sub(r":(?=[A-Za-z_])", ": ", part.replace("'", "''")) + "'"
