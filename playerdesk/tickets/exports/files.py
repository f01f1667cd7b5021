"""Rows as CSV or XLSX. Both are made a batch at a time; no file is ever held in memory."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from playerdesk.tickets.exports.columns import Cell

SHEET_ROWS = 1_048_575
"""What a sheet holds beside its head; more go onto the next one."""

_CHUNK = 256 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def tame(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; what it says stays the same."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


async def as_csv(titles: Sequence[str], batches: AsyncIterable[list[list[Cell]]]) -> AsyncGenerator[bytes, None]:
    """UTF-8 with the mark that spreadsheets look for."""
    yield b"\xef\xbb\xbf" + _lines([list(titles)])
    async for batch in batches:
        yield _lines(batch)
        # Others have their turn between two batches.
        await asyncio.sleep(0)


def _lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([tame(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


async def as_xlsx(
    titles: Sequence[str], batches: AsyncIterable[list[list[Cell]]], most: int = SHEET_ROWS
) -> AsyncGenerator[bytes, None]:
    """Written to a temporary folder row by row, then sent; texts are texts and never formulas."""
    with tempfile.TemporaryDirectory(prefix="playerdesk-export-") as folder:
        path = Path(folder) / "export.xlsx"
        book = _Book(path, titles, most)
        try:
            async for batch in batches:
                await asyncio.to_thread(book.add, batch)
        finally:
            await asyncio.to_thread(book.close)
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk


class _Book:
    def __init__(self, path: Path, titles: Sequence[str], most: int) -> None:
        options = {
            "constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._titles, self._most = titles, most
        self._sheet: Any = None
        self._row = most
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, title in enumerate(self._titles):
            self._sheet.write_string(0, place, title, self._bold)
        self._row = 0

    def add(self, batch: Sequence[Sequence[Cell]]) -> None:
        for cells in batch:
            if self._row == self._most:
                self._next_sheet()
            self._row += 1
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    self._sheet.write_string(self._row, place, cell[:32_767])
                elif isinstance(cell, int | float):
                    self._sheet.write_number(self._row, place, cell)

    def close(self) -> None:
        self._book.close()
