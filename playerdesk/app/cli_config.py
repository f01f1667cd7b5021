"""`playerdesk config …`: the desk's designs as reviewed text."""

import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings, terminal_language


def config_commands(settings: Callable[[], Settings], run: Callable[[Coroutine[Any, Any, Any]], Any]) -> click.Group:
    """The commands, given how settings are read and coroutines run."""

    @click.group()
    def config() -> None:
        """Categories, forms, processes, rules, targets, brands …: out as text, compared, and in again."""

    @config.command()
    @click.option("--to", type=click.Path(dir_okay=False, path_type=Path), default=None, help="A file; default: print it.")
    def export(to: Path | None) -> None:
        """Write everything that is designed as YAML. No people, no players, no secrets."""
        text = run(_export(settings()))
        if to is None:
            click.echo(text, nl=False)
        else:
            to.write_text(text, encoding="utf-8")

    @config.command()
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
    @click.option("--prune", is_flag=True, help="Also take out of use what the file does not mention.")
    def diff(file: Path, *, prune: bool) -> None:
        """Say what importing this file would change; exits with 1 when something in it does not fit."""
        _show(run(_take_over(settings(), _text(file), prune=prune, only_plan=True)))

    @config.command(name="import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
    @click.option("--prune", is_flag=True, help="Also take out of use what the file does not mention.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    def import_(file: Path, *, prune: bool, yes: bool) -> None:
        """Show the plan, ask, and make the desk what the file says: all of it or nothing."""
        text = _text(file)
        plan = run(_take_over(settings(), text, prune=prune, only_plan=True))
        _show(plan)
        if not plan.steps:
            return
        if not yes:
            click.confirm("Carry this out? 执行以上变更？", abort=True)
        _show(run(_take_over(settings(), text, prune=prune, only_plan=False)), quiet=True)
        click.echo("Done. 已完成。")

    @config.command()
    @click.argument("name")
    @click.argument("brand")
    def preset(name: str, brand: str) -> None:
        """Print a ready-made beginning (mmo, cards, shop) for a brand's key, to be read, changed and imported."""
        from playerdesk.app.config import preset_text  # noqa: PLC0415 -- slow import
        from playerdesk.kernel import Refused  # noqa: PLC0415

        try:
            click.echo(preset_text(name, brand), nl=False)
        except Refused as refused:
            raise click.ClickException(refused.message.pick(terminal_language())) from None

    return config


def _text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException("This is not UTF-8 text. 文件不是 UTF-8 文本。") from None


async def _export(settings: Settings) -> str:
    from playerdesk.app.kinds import KINDS  # noqa: PLC0415 -- slow imports
    from playerdesk.blueprints.moving import written  # noqa: PLC0415

    async with running(settings, join=True) as dsn, _desk(dsn) as database, database.transaction() as tx:
        return await written(tx, KINDS)


async def _take_over(settings: Settings, text: str, *, prune: bool, only_plan: bool) -> Any:
    from playerdesk.app.kinds import KINDS  # noqa: PLC0415 -- slow imports
    from playerdesk.blueprints.moving import Misplanned, take_over  # noqa: PLC0415
    from playerdesk.blueprints.text import read  # noqa: PLC0415
    from playerdesk.kernel import Rejected  # noqa: PLC0415

    try:
        documents = read(text, (kind.name for kind in KINDS))
    except Rejected as refused:
        raise click.ClickException(refused.message.pick(terminal_language())) from None
    async with running(settings, join=True) as dsn, _desk(dsn) as database:
        try:
            async with database.transaction() as tx:
                return await take_over(tx, KINDS, documents, None, prune=prune, only_plan=only_plan)
        except Misplanned as undone:
            return undone.plan


@asynccontextmanager
async def _desk(dsn: str) -> AsyncGenerator[Any, None]:
    from playerdesk.app.wiring import WIRING  # noqa: PLC0415 -- slow imports
    from playerdesk.kernel import connect  # noqa: PLC0415

    database = await connect(dsn, wiring=WIRING, size=2, statement_timeout_ms=60_000)
    try:
        yield database
    finally:
        await database.close()


_SIGNS = {"add": "+", "change": "~", "retire": "-", "added": "+", "removed": "-", "changed": "~", "moved": "↕"}


def _show(plan: Any, *, quiet: bool = False) -> None:
    from playerdesk.kernel import encode_text  # noqa: PLC0415

    def short(value: Any) -> str:
        text = encode_text(value)
        return text if len(text) <= 60 else text[:59] + "…"

    language = terminal_language()
    for step in () if quiet else plan.steps:
        click.echo(f"{_SIGNS[step.what]} {step.place.kind} {step.place.name}")
        if step.what == "change":
            for each in step.differences:
                click.echo(f"    {_SIGNS[each.kind]} {each.place}: {short(each.before)} → {short(each.after)}")
    for misfit in plan.misfits:
        for problem in misfit.problems:
            where = f" {problem.place}" if problem.place else ""
            line = f" (line {misfit.line})" if misfit.line else ""
            click.echo(f"! {misfit.place.kind} {misfit.place.name}{where}{line}: {problem.message.pick(language)}", err=True)
    if not quiet:
        click.echo(f"{len(plan.steps)} to change, {plan.same} as they are. 变更 {len(plan.steps)} 项，{plan.same} 项相同。")
    if plan.misfits:
        raise click.ClickException("Nothing was changed. 未做任何变更。")
