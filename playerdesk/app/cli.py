"""The command line: run the desk or one of its parts, check the settings, print tokens."""

import asyncio
import shutil
import sys
from collections.abc import Coroutine
from typing import Any

import click

from playerdesk.app.cli_audit import audit_commands
from playerdesk.app.cli_config import config_commands
from playerdesk.kernel.obstacles import Unable, about_folder
from playerdesk.kernel.postgres import PostgresProblem, running
from playerdesk.kernel.settings import BadSettings, Settings, load, terminal_language


def _settings(process: str = "desk") -> Settings:
    try:
        settings = load()
    except BadSettings as problem:
        raise click.ClickException(str(problem)) from None
    from playerdesk.kernel.log import configure  # noqa: PLC0415 -- slow import, and not needed to refuse

    configure(settings, process)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    import uvloop  # noqa: PLC0415 -- slow import

    try:
        return uvloop.run(work)
    except Unable as problem:
        raise click.ClickException(str(problem)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """PlayerDesk: the player-support desk for online games."""


@main.command()
def run() -> None:
    """Run everything: database, server, worker and, unless PLAYERDESK_DEMO=0, the demo game."""
    from playerdesk.app.supervisor import run_all  # noqa: PLC0415 -- slow import

    _run(run_all(_settings()))


@main.command()
def server() -> None:
    """Run one server process on PLAYERDESK_PORT."""
    from playerdesk.app.demo.seed import demo_accounts  # noqa: PLC0415 -- slow import
    from playerdesk.app.server import run_server  # noqa: PLC0415 -- slow import

    settings = _settings("server")

    async def work() -> None:
        async with running(settings) as dsn:
            await run_server(settings, dsn, demo_accounts(settings))

    _run(work())


@main.command()
def worker() -> None:
    """Run one worker: routing, deadlines, deliveries, rollups."""
    from playerdesk.app.worker import run_worker  # noqa: PLC0415 -- slow import

    settings = _settings("worker")

    async def work() -> None:
        async with running(settings) as dsn:
            await _until_stopped(run_worker(settings, dsn))

    _run(work())


async def _until_stopped(work: Coroutine[Any, Any, Any]) -> None:
    import signal  # noqa: PLC0415

    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


@main.command()
def migrate() -> None:
    """Bring the database up to this version."""
    from playerdesk.kernel.migrations import migrate as bring_up  # noqa: PLC0415 -- slow import

    settings = _settings()

    async def work() -> list[str]:
        async with running(settings) as dsn:
            return await bring_up(dsn)

    applied = _run(work())
    click.echo("\n".join(applied) if applied else "Nothing to do. 无需更新。")


@main.command()
def check() -> None:
    """Say what is wrong with the settings and this machine, and what to do about it."""
    from playerdesk.kernel.check import explain  # noqa: PLC0415 -- slow import

    settings = _settings()
    language = terminal_language()
    findings = _run(explain(settings))
    for finding in findings:
        click.echo(f"{finding.level:8} {finding.subject:16} {finding.text.pick(language)}")
    if any(finding.level == "error" for finding in findings):
        sys.exit(1)


@main.command()
def openapi() -> None:
    """Print the OpenAPI document of all interfaces; needs no database."""
    from playerdesk.app.http import ROUTES  # noqa: PLC0415 -- slow import
    from playerdesk.app.openapi import printed  # noqa: PLC0415 -- slow import

    click.echo(printed(ROUTES), nl=False)


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, yes: bool) -> None:
    """Forget all data of this desk (the folder PLAYERDESK_DATA; never an external database)."""
    settings = _settings()
    if not settings.data_dir.exists():
        click.echo("There is nothing to forget. 没有数据。")
        return
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete everything in {settings.data_dir}? 删除该目录的全部数据？", abort=True)
    from playerdesk.kernel.postgres import Postgres  # noqa: PLC0415

    holder = Postgres(settings.data_dir)
    try:
        holder.take()
    except PostgresProblem as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as failure:
        raise click.ClickException(about_folder(settings.data_dir, failure).pick(terminal_language())) from None
    holder.stop()
    for each in ("postgres", "postgres.new", "files", "demogame", "demo.json", "demogame-keys.json", "audit-checkpoints.jsonl"):
        path = settings.data_dir / each
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    click.echo("Done. 已清空。")


@main.command()
@click.argument("kind", type=click.Choice(["player", "game"]))
@click.argument("brand", required=False)
@click.argument("account", required=False)
@click.option("--server", default=None, help="The player's server.")
@click.option("--lang", default="zh", help="zh or en.")
@click.option("--minutes", default=60, show_default=True, help="How long it holds (a game token: 15 at most).")
def token(kind: str, brand: str | None, account: str | None, server: str | None, lang: str, minutes: int) -> None:
    """Print a short-lived signed token for trying /player/v1 or /game/v1 by hand."""
    from playerdesk.app.tokens import make_token  # noqa: PLC0415 -- slow import

    settings = _settings()
    try:
        click.echo(_run(make_token(settings, kind, brand, account, server, lang, minutes)))
    except LookupError as problem:
        raise click.ClickException(str(problem)) from None


@main.command()
@click.option("--again", is_flag=True, help="Try all of them again.")
def failed(*, again: bool) -> None:
    """List pushes to games and calls of rules that failed for good; --again puts them back in line."""
    from playerdesk.app.dead_letters import dead_letters  # noqa: PLC0415 -- slow import

    lines = _run(dead_letters(_settings(), again=again))
    click.echo("\n".join(lines) if lines else "Nothing has failed for good. 没有彻底失败的推送或调用。")
    if lines and again:
        click.echo("They are tried again now. 已重新排队。")


main.add_command(audit_commands(_settings, _run))
main.add_command(config_commands(_settings, _run))
