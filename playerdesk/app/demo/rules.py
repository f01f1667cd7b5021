"""Rules of the demo desk: urgent words, high payers, silence, a bad verdict."""

from typing import Any

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import Tx

RULES: list[tuple[str, dict[str, Any]]] = [
    ("urgent-words", {
        "name": {"zh": "紧急字眼 · 提级并通知组长", "en": "Urgent words: raise and tell the lead"},
        "when": {"events": ["opened", "player_message"]},
        "if": {"all": [
            {"any": [{"field": "said", "contains": word} for word in ("投诉", "报警", "律师", "12315", "lawyer")]},
            {"field": "priority", "not_in": [0]},
        ]},
        "then": [
            {"do": "priority", "to": 0}, {"do": "tag", "add": ["升级风险"]},
            {"do": "notify", "leads": True, "text": "{{player.name}} 提到了投诉或法律途径，请关注。"},
        ],
        "position": 10,
    }),
    ("crash", {
        "name": {"zh": "闪退 · 打标签", "en": "Crashes: tag them"},
        "when": {"events": ["opened", "player_message"]},
        "if": {"any": [{"field": "said", "contains": word} for word in ("闪退", "卡死", "crash")]},
        "then": [{"do": "tag", "add": ["闪退"]}],
        "position": 20,
    }),
    ("bad-verdict", {
        "name": {"zh": "差评 · 请组长回访", "en": "Bad verdicts: the lead calls back"},
        "when": {"events": ["rated"]},
        "if": {"field": "rating", "at_most": 2},
        "then": [
            {"do": "tag", "add": ["待回访"]}, {"do": "notify", "leads": True, "text": "{{player.name}} 打了低分，请安排回访。"},
        ],
        "position": 30,
    }),
    ("remind", {
        "name": {"zh": "三天没有回音 · 提醒玩家", "en": "Three days of silence: remind"},
        "when": {"since": "last_message", "hours": 72},
        "if": {"field": "status", "is": "pending"},
        "then": [{"do": "reply", "text": "{{player.name}} 您好，之前的问题解决了吗？两天内没有回复，我们会先为您结束本次咨询。"}],
        "position": 40,
    }),
    ("close-silent", {
        "name": {"zh": "五天没有回音 · 结束工单", "en": "Five days of silence: close"},
        "when": {"since": "last_message", "hours": 120},
        "if": {"field": "status", "is": "pending"},
        "then": [{"do": "status", "to": "resolved", "text": "玩家五天没有回复，系统结束。随时回复即可重新打开。"}],
        "position": 50,
    }),
]


async def seed_rules(tx: Tx) -> None:
    """All of them, in force for every brand."""
    for key, body in RULES:
        await publish_body(tx, KINDS, Place("rule", "", key), body, None)
