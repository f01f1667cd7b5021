"""Puts a dump into the embedded database of a data folder, in place of what is there; the desk must be stopped.

PLAYERDESK_DATA=/srv/playerdesk .venv/bin/python docs/handbook/restore.py desk.dump
"""
# ruff: noqa: INP001, T201

import asyncio
import subprocess
import sys
from pathlib import Path

from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres import running
from playerdesk.kernel.postgres_server import DATABASE, binaries
from playerdesk.kernel.settings import load


def call(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, from the package that brings the server."""
    subprocess.run([str(binaries() / program), *arguments], check=True)


async def main(dump: Path) -> None:
    """Start the database alone, replace its content, bring it up to this version, stop it."""
    settings = load()
    if settings.database_url:
        raise SystemExit("This is for the embedded database; restore your own server with its own pg_restore.")
    call("pg_restore", "--list", "--file=/dev/null", str(dump))  # a broken file is noticed before anything is dropped
    async with running(settings) as dsn:
        elsewhere = dsn.replace(f"/{DATABASE}?", "/postgres?")
        call("dropdb", "--if-exists", "--maintenance-db", elsewhere, DATABASE)
        call("psql", "--quiet", elsewhere, "--command", f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
        call("pg_restore", "--exit-on-error", "--no-owner", "--dbname", dsn, str(dump))
        print("restored; migrations run now:", ", ".join(await migrate(dsn)) or "none")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
