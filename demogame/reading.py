"""What a player makes of an answer: a few words decide, as with a person in a hurry."""

import re
from typing import Literal

Meaning = Literal["picture", "payment", "device", "details", "hold", "done", "bye", "greeting", "ask", "other"]

ORDER = r"(订单|单号|交易号|order|receipt)"
# The first pattern that fits decides, so the more particular ones stand first.
WORDS: tuple[tuple[Meaning, str], ...] = (
    ("picture", r"截图|截屏|照片|录屏|凭证|screenshot|picture|photo"),
    ("payment", rf"(提供|发|报|告诉|哪|吗|\?|？|please|send|give).*{ORDER}|{ORDER}.*(提供|发|是多少|吗|\?|？)"),
    ("device", r"机型|手机型号|什么手机|设备|系统版本|网络环境|which phone|device|what phone"),
    ("bye", r"还有(什么|其他|别的)|祝您|祝你|游戏愉快|再见|anything else|have a (nice|great)"),
    ("done", r"已(经|为您|帮您)?.{0,6}(补发|到账|处理|恢复|解封|解除|修复|退款|发放|找回|完成|冻结)"),
    ("done", r"(has|have) been|restored|refunded|credited|fixed|resolved"),
    ("hold", r"稍等|核实|查询|正在|马上|尽快|工作日|耐心|checking|moment|look into|wait"),
    ("details", r"(提供|告诉|发).*(角色|区服|昵称|时间|id|账号|信息)|哪个(区|服|角色)|什么时候|几点"),
    ("details", r"which (server|character)|when did"),
    ("greeting", r"^.{0,12}(您好|你好|hello|hi\b|客服|为您服务|how can i help).{0,30}$"),
    ("ask", r"[?？]|吗|呢|请问"),
)
PATTERNS: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for name, pattern in WORDS
)


def meaning(body: str) -> Meaning:
    """Return what staff wants or says."""
    for name, pattern in PATTERNS:
        if pattern.search(body):
            return name
    return "other"
