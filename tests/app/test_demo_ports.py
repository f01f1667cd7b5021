"""The demo started at another port: what the desk knows of the demo game follows it, what somebody else set up stays."""

from pathlib import Path

from playerdesk.app.demo.seed import seed_demo
from playerdesk.app.wiring import WIRING
from playerdesk.brands import brands
from playerdesk.kernel import connect
from playerdesk.kernel.settings import Settings
from playerdesk.players import block_setting


async def test_the_demo_games_addresses_follow_its_port(fresh_dsn: str, tmp_path: Path):
    await seed_demo(Settings(data_dir=tmp_path), fresh_dsn)
    database = await connect(fresh_dsn, wiring=WIRING, size=2)
    async with database.transaction() as tx:
        await tx.execute("UPDATE brands.brand SET webhook_url = 'https://game.example/hook' WHERE key = 'happycards'")
    await seed_demo(Settings(data_dir=tmp_path, port=9000), fresh_dsn)
    async with database.reading() as reader:
        known = {brand.key: brand for brand in await brands(reader)}
        blocks = await block_setting(reader, known["skyreach"].id)
    await database.close()
    assert known["skyreach"].webhook_url == "http://127.0.0.1:9001/demo/webhook"
    assert known["happycards"].webhook_url == "https://game.example/hook"
    assert blocks.pull_url == "http://127.0.0.1:9001/demo/fields"
    assert [frame.url for frame in blocks.frames] == ["http://127.0.0.1:9001/demo/frame"]
