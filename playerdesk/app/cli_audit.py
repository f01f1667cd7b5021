"""`playerdesk audit …`: is the audit log as it was written?"""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings, terminal_language


def audit_commands(settings: Callable[[], Settings], run: Callable[[Coroutine[Any, Any, Any]], Any]) -> click.Group:
    """The commands, given how settings are read and coroutines run."""

    @click.group()
    def audit() -> None:
        """The audit log: who did and saw what."""

    @audit.command()
    @click.option(
        "--checkpoints", type=click.Path(exists=True, path_type=Path), default=None,
        help="The checkpoints kept outside of the database (default: the file in the data folder).",
    )
    def verify(checkpoints: Path | None) -> None:
        """Walk the chains from end to end; exits with 1 and names the first broken number when something was altered."""
        reports = run(_verify(settings(), checkpoints))
        language = terminal_language()
        for report in reports:
            span = f"{report.first}–{report.last}" if report.last >= report.first else "-"
            verdict = "ok" if report.finding is None else report.finding.text.pick(language)
            click.echo(f"{report.book:8} {span:16} checkpoints {report.anchors} + {report.outside} outside   {verdict}")
        if any(report.finding for report in reports):
            sys.exit(1)

    return audit


async def _verify(settings: Settings, checkpoints: Path | None) -> Any:
    from playerdesk.audit import outside  # noqa: PLC0415 -- slow imports
    from playerdesk.audit.verifying import verify  # noqa: PLC0415
    from playerdesk.kernel import connect  # noqa: PLC0415

    async with running(settings, join=True) as dsn:
        database = await connect(dsn, size=2, statement_timeout_ms=60_000)
        try:
            return await verify(database, outside.read(checkpoints or settings.data_dir / outside.FILE), chunk=5_000)
        finally:
            await database.close()
