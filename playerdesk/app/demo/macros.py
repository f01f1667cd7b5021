"""What the demo desk says and does often: snippets (text) and macros (text and actions), for everybody or one team."""

from typing import Any

# title, what is typed after "/", team (a queue's key; "": everybody), language, text, actions
Sample = tuple[str, str, str, str, str, list[dict[str, Any]]]

_HELLO = "您好，{{player.name}}，我是客服 {{agent.name}}，很高兴为您服务。"

MACROS: list[Sample] = [
    ("问候", "nh", "", "zh", _HELLO, []),
    ("请提供订单号", "dd", "payments", "zh",
     "为了尽快核实，请提供以下信息：\n\n- 订单号（支付宝或微信账单里可以查到）\n- 付款时间和金额\n- 付款截图", []),
    ("充值核实中", "hs", "payments", "zh",
     "您的充值问题已提交支付渠道核实，预计 **{{due|30 分钟内}}** 给您结果，请不要重复支付。", []),
    ("充值已补发", "bf", "payments", "zh",
     "{{player.name}} 您好，{{server|您所在的服务器}} 的充值已经补发到账，请重新登录后查看邮件。给您带来不便，非常抱歉！",
     [{"do": "status", "to": "pending"}, {"do": "note", "text": "已核对订单并补发。"}]),
    ("引导截图", "jt", "technical", "zh",
     ("请您重新进入出问题的界面截一张图发给我们，并告诉我们：\n\n1. 手机型号和系统版本\n2. 出现的大概时间\n"
     "3. 当时使用的网络（Wi-Fi 或流量）"), []),
    ("重新登录试试", "cx", "technical", "zh",
     "请完全退出游戏，**清理后台**后重新登录；如果还不行，请在设置里点“修复客户端”再试一次。", []),
    ("账号被盗 · 转安全组", "bd", "security", "zh",
     "我们非常理解您着急的心情。账号安全专员会马上处理，在此期间**请不要向任何人透露验证码和密码**。",
     [{"do": "priority", "to": 0}, {"do": "queue", "to": "security"},
      {"do": "note", "text": "玩家反馈账号被盗，请优先冻结核实。"}]),
    ("修改密码提醒", "mm", "security", "zh",
     "请尽快修改密码并绑定手机。官方不会以任何理由向您索要密码和验证码。", []),
    ("安抚", "af", "", "zh", "给您带来不好的体验，真的很抱歉。您反映的问题我已经记下，会一直跟进到解决为止。", []),
    ("建议已记录", "jy", "general", "zh",
     "感谢您对《{{brand}}》的建议！我们已经转给策划团队，有结果会在公告里告诉大家。", [{"do": "priority", "to": 3}]),
    ("无回应 · 结束", "js", "", "zh",
     "{{player.name}} 您好，暂时没有收到您的回复，我们先为您结束本次咨询。如果还需要帮助，随时回复即可重新打开。",
     [{"do": "resolve", "text": "玩家未再回复，先行结束。"}]),
    ("我来处理", "wl", "", "", "", [{"do": "assign", "to": 0}, {"do": "status", "to": "open"}]),
    ("Greeting", "hi", "", "en", "Hello {{player.name}}, this is {{agent.name}}. How can I help you?", []),
    ("Ask for the order number", "order", "payments", "en",
     "To look into this, please send us the **order number**, the time you paid and a screenshot of the receipt.", []),
]
