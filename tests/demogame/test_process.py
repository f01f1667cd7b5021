"""The process as `playerdesk run` starts it."""

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import closing

import httpx

from tests.demogame.fake_desk import KEYS


async def test_it_starts_plays_and_stops_on_a_signal(fake, tmp_path):
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DEMOGAME_KEYS": str(tmp_path / "keys.json"),
        "DEMOGAME_DESK": fake.url,
        "DEMOGAME_PORT": str(port),
        "DEMOGAME_RATE": "600",
        "DEMOGAME_STATE": str(tmp_path / "state"),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demogame", env=environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        # The keys come late: the desk's seed may still be at work.
        await asyncio.sleep(0.3)
        (tmp_path / "keys.json").write_text(json.dumps(KEYS))
        async with asyncio.timeout(30):
            while not fake.tickets:
                await asyncio.sleep(0.05)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as web:
            assert (await web.get("/healthz")).json() == {"status": "ok"}
            assert (await web.get("/demo/rate")).json()["perMinute"] == 600
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    assert "Traceback" not in out.decode()
    assert out.decode().rstrip().endswith("stopped")
    assert json.loads((tmp_path / "state" / "cases.json").read_text())
