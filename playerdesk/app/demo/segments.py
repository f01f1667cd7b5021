"""Tags and segments of the demo desk: whom to win back, whom to comfort, and what people know by themselves."""

from typing import Any

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import Tx

TAGS: dict[str, dict[str, Any]] = {
    "win-back": {"name": {"zh": "待挽回", "en": "Win back"}, "tone": "amber", "byHand": False, "description": {
        "zh": "消费过、最近不上线：先问原因，可申请回归礼包。",
        "en": "Paid and stays away: ask why; a welcome-back gift may be asked for.",
    }},
    "comfort": {"name": {"zh": "需安抚", "en": "Comfort"}, "tone": "red", "description": {
        "zh": "近期多次求助或给了低分，先道歉再处理。", "en": "Asked often or rated low lately: apologise first.",
    }},
    "streamer": {"name": {"zh": "主播", "en": "Streamer"}, "tone": "violet"},
    "tester": {"name": {"zh": "体验官", "en": "Tester"}, "tone": "blue"},
}

SEGMENTS: dict[str, dict[str, Any]] = {
    "away-payers": {
        "name": {"zh": "高付费 3 天未登录", "en": "High payers away for 3 days"}, "tag": "win-back",
        "if": {"all": [{"field": "tier", "in": ["high"]}, {"not": {"field": "last_login", "within_last": "3d"}}]},
    },
    "unhappy": {
        "name": {"zh": "近期不满意", "en": "Unhappy lately"}, "tag": "comfort",
        "if": {"any": [{"field": "rating_last", "at_most": 2}, {"field": "tickets_7d", "at_least": 4}]},
    },
    "minors": {
        "name": {"zh": "未成年玩家", "en": "Minors"}, "if": {"all": [{"field": "realname", "in": ["minor"]}]},
    },
}


async def seed_segments(tx: Tx) -> None:
    """In force from the first players on."""
    for key, body in TAGS.items():
        await publish_body(tx, KINDS, Place("tag", "", key), body, None)
    for key, body in SEGMENTS.items():
        await publish_body(tx, KINDS, Place("segment", "", key), body, None)
