"""Pages of the company embedded beside a ticket: which ones, and the short-lived token that says whom it is about."""

import msgspec

from playerdesk.brands import sign_frame
from playerdesk.kernel import Reader, Refused, Text
from playerdesk.players.block_settings import block_setting
from playerdesk.players.pulling import Subject


class BlockFrame(msgspec.Struct, frozen=True, rename="camel"):
    """A page, and the address it is embedded from; the token in it is good for five minutes."""

    key: str
    title: Text
    src: str
    height: int


async def frames_for(reader: Reader, subject: Subject, agent_id: int) -> list[BlockFrame]:
    """None when the brand has no key to sign with: a page that cannot know who asks is not shown."""
    setting = await block_setting(reader, subject.brand_id)
    wanted = [each for each in setting.frames if not each.categories or subject.case_type in each.categories]
    if not wanted:
        return []
    try:
        token = await sign_frame(reader, subject.brand_id, {
            "sub": subject.account, "server": subject.server, "role": subject.role_id, "case": subject.case_type,
            "ticket": subject.ticket_id, "agent": agent_id,
        })
    except Refused:
        return []
    return [
        BlockFrame(each.key, each.title, f"{each.url}{'&' if '?' in each.url else '?'}context={token}", each.height)
        for each in wanted
    ]
