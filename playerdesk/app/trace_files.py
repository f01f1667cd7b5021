"""Traces as lines of a file: CSV for a spreadsheet, JSON lines for a program."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from playerdesk.audit import TraceRow
from playerdesk.kernel import encode, encode_text

_COLUMNS = [field.encode_name for field in msgspec.structs.fields(TraceRow)]

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
HEADS = {"csv": "\ufeff".encode() + (",".join(_COLUMNS) + "\r\n").encode(), "jsonl": b""}
"""A spreadsheet takes a file for UTF-8 only with the mark in front."""


def lines(shape: str, rows: Sequence[TraceRow]) -> bytes:
    """These rows in one of the shapes."""
    if shape == "jsonl":
        return b"".join(encode(row) + b"\n" for row in rows)
    text = io.StringIO()
    csv.writer(text).writerows([_cell(each) for each in msgspec.structs.astuple(row)] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else encode_text(value).strip('"')
    # A spreadsheet would run what looks like a formula.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
