"""The demo game may answer at another port than last time; its addresses on the desk follow it."""

import re

import msgspec

from playerdesk.brands import brands, set_webhook
from playerdesk.kernel import Tx
from playerdesk.kernel.settings import Settings
from playerdesk.players import BlockSetting, block_setting, change_block_setting

_OURS = re.compile(r"^(http://[^/]+):(\d+)(/demo/.*)$")


async def follow_ports(tx: Tx, settings: Settings) -> None:
    """Only addresses of the demo game itself are touched; whatever somebody else set up stays."""
    for brand in await brands(tx):
        hook = _moved(brand.webhook_url or "", settings.demo_game_port)
        if hook != (brand.webhook_url or ""):
            await set_webhook(tx, brand.id, hook, brand.webhook_kid)
        before = await block_setting(tx, brand.id)
        after = _moved_blocks(before, settings.demo_game_port)
        if after != before:
            by = await tx.value("SELECT id FROM staff.person WHERE login = 'admin'")
            await change_block_setting(tx, brand.id, after, by)


def _moved_blocks(setting: BlockSetting, port: int) -> BlockSetting:
    frames = [msgspec.structs.replace(frame, url=_moved(frame.url, port)) for frame in setting.frames]
    return msgspec.structs.replace(setting, pull_url=_moved(setting.pull_url, port), frames=frames)


def _moved(url: str, port: int) -> str:
    found = _OURS.match(url)
    return f"{found[1]}:{port}{found[3]}" if found else url
