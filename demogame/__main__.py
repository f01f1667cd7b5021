"""Run the whole demo game in one process: `python -m demogame`."""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Generator

import msgspec
import uvicorn

from demogame.crowd import Crowd
from demogame.desk import Desk
from demogame.feed import Feed
from demogame.mailbox import Mailbox
from demogame.rate import Rate
from demogame.server import Game, build
from demogame.settings import Settings, from_environment
from demogame.signing import Keyring

log = logging.getLogger("game")
KEYS_SECONDS = 120
LOG_LINE = "%(asctime)s demo %(name)-5s %(message)s"


class Stopped(Exception):
    """Somebody asked the process to end."""


async def keys(settings: Settings) -> Keyring:
    """Wait for the desk's seed to write the keys."""
    until = time.monotonic() + KEYS_SECONDS
    told = False
    while True:
        try:
            return Keyring.read(settings.keys)
        except (OSError, msgspec.MsgspecError) as error:
            if time.monotonic() > until:
                log.critical("no keys at %s: start the desk with its demo, or set DEMOGAME_KEYS", settings.keys)
                raise Stopped from error
            if not told:
                log.info("waiting for the keys at %s", settings.keys)
            told = True
            await asyncio.sleep(0.5)


async def desk_ready(desk: Desk) -> None:
    """Wait until the desk answers."""
    told = False
    while not await desk.ready():
        if not told:
            log.info("waiting for the desk at %s", desk.base)
        told = True
        await asyncio.sleep(0.5)


class Web(uvicorn.Server):
    """The web side without signals of its own: one signal ends all parts together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def serve(game: Game, port: int) -> None:
    """Answer browsers and the desk's webhook."""
    web = Web(
        uvicorn.Config(
            build(game), host="0.0.0.0", port=port, log_config=None, access_log=False, timeout_graceful_shutdown=3,  # noqa: S104
        ),
    )  # fmt: skip
    serving = asyncio.create_task(web.serve())
    try:
        log.info("the game is at http://127.0.0.1:%d", port)
        await asyncio.shield(serving)
    finally:
        web.should_exit = True
        await serving


async def play(settings: Settings) -> None:
    """Start the parts in the order they need each other."""
    settings.state.mkdir(parents=True, exist_ok=True)
    keyring = await keys(settings)
    desk, rate = Desk(settings.desk, keyring), Rate(settings.rate)
    crowd = Crowd(desk, settings.seed, rate, settings.state / "cases.json")
    mailbox = Mailbox(settings.state / "mail.jsonl")
    feed = Feed(desk, settings.seed, settings.state / "feed.json", only_cast=settings.only_cast)
    game = Game(settings.seed, settings.desk, keyring, mailbox, rate, crowd, feed.told)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(game, settings.port))
            await desk_ready(desk)
            group.create_task(feed.run())
            # The crowd waits until the desk knows the servers and who pays most.
            await feed.met.wait()
            group.create_task(crowd.run())
    finally:
        await desk.close()


async def until_stopped(settings: Settings) -> None:
    """Play until a signal or a failure ends it."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    playing = asyncio.create_task(play(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if playing.done():
        await playing
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    log.info("stopped")


def main() -> int:
    """Set up the log and run; the exit status is 1 when the game could not start."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format=LOG_LINE, datefmt="%H:%M:%S")
    for talkative in ("httpx", "httpcore", "uvicorn", "uvicorn.error", "websockets", "PIL"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        asyncio.run(until_stopped(from_environment()))
    except Stopped:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
