"""The problem types of the demo desk, with the short form each one asks for."""

from typing import Any

from playerdesk.kernel import Text


def _options(*pairs: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "name": {"zh": zh, "en": en}} for key, zh, en in pairs]


def _field(key: str, kind: str, zh: str, en: str, *, required: bool = False, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": {"zh": zh, "en": en}, "required": required, **more}


_AMOUNT = _field("amount", "money", "充值金额（元）", "Amount paid (¥)", required=True)
_ORDER = _field("order", "text", "订单号", "Order number", help={
    "zh": "可在支付宝或微信的账单里找到", "en": "You find it in your payment app's history"})
_PAID_AT = _field("paid_at", "datetime", "付款时间", "When you paid")
_PAY_WAY = _field("pay_way", "choice", "支付方式", "Paid with", options=_options(
    ("alipay", "支付宝", "Alipay"), ("wechat", "微信支付", "WeChat Pay"), ("apple", "苹果内购", "App Store"),
    ("google", "谷歌支付", "Google Play"), ("other", "其他", "Other")))
_WHEN = _field("happened_at", "datetime", "发生时间", "When it happened")
_ITEM = _field("item", "text", "物品名称", "Item")
_MATCH = _field("match", "lookup", "对局编号", "Match number", lookup="match", help={
    "zh": "战绩页右上角可以复制", "en": "Copy it at the top of the match's page"})
_PURCHASE = _field("purchase", "purchase", "是哪一笔充值", "Which purchase")
_SERVER = _field("server", "server", "所在区服", "Server")
_CHARACTER = _field("character", "character", "哪个角色", "Which character")
_DEVICE = _field("device", "text", "手机型号", "Phone model")
_NETWORK = _field("network", "choice", "网络", "Network", options=_options(
    ("wifi", "Wi-Fi", "Wi-Fi"), ("5g", "5G", "5G"), ("4g", "4G", "4G")))

# key, zh, en, icon, priority, queue, fields
CATEGORIES: list[tuple[str, Text, str, int, str, list[dict[str, Any]]]] = [
    ("recharge", Text("充值未到账", "Payment not received"), "wallet", 1, "payments",
     [_AMOUNT, _PURCHASE, _PAY_WAY, {**_ORDER, "show": {"field": "purchase", "is_empty": True}}, _PAID_AT]),
    ("stolen", Text("账号被盗", "Account stolen"), "shield", 0, "security", [
        _CHARACTER, _field("last_own_login", "datetime", "最后一次自己登录", "Your own last sign-in", max="today"),
        _field("signs", "choices", "发现了哪些异常", "What have you noticed", options=_options(
            ("password", "密码被改", "The password was changed"), ("phone", "绑定被换", "The phone was unbound"),
            ("items", "物品或货币减少", "Items or currency are gone"), ("login", "异地登录提醒", "A sign-in from elsewhere"))),
        _field("lost", "longtext", "丢失了什么", "What is missing", show={"field": "signs", "has": "items"}),
        _field("checked", "choice", "登录日志核对结果", "What the sign-in log shows", audience="agent", options=_options(
            ("strange", "有异地登录", "Strange sign-ins"), ("none", "无异常", "Nothing strange")))]),
    ("account", Text("账号与绑定", "Account and binding"), "user", 2, "security", []),
    ("appeal", Text("封号申诉", "Ban appeal"), "gavel", 1, "security", [
        _field("banned_at", "datetime", "被封时间", "When you were banned")]),
    ("report", Text("举报违规", "Report a player"), "flag", 2, "security", [
        _field("reported", "text", "被举报的角色名", "Name of the character", required=True),
        _field("reason", "choice", "违规类型", "What they did", options=_options(
            ("cheat", "外挂作弊", "Cheating"), ("abuse", "辱骂骚扰", "Abuse"), ("fraud", "诈骗", "Fraud"),
            ("boost", "代练刷分", "Boosting")))]),
    ("lag", Text("卡顿掉线", "Lag and disconnects"), "signal", 2, "technical", [_SERVER, _NETWORK, _DEVICE, _WHEN]),
    ("match", Text("对局异常", "Match interrupted"), "swords", 1, "technical", [_MATCH, _WHEN]),
    ("bug", Text("游戏问题反馈", "Report a bug"), "bug", 2, "technical", [_DEVICE, _WHEN]),
    ("item", Text("物品丢失", "Item missing"), "package", 1, "technical", [_CHARACTER, _ITEM, _WHEN]),
    ("refund", Text("退款申请", "Refund"), "undo", 1, "payments", [_AMOUNT, _PURCHASE, _ORDER, _field(
        "why", "tree", "退款原因", "Why", options=[
            {"key": "mistake", "name": {"zh": "误操作", "en": "By mistake"}, "options": _options(
                ("wrong_item", "买错商品", "The wrong item"), ("twice", "重复购买", "Bought twice"))},
            {"key": "quality", "name": {"zh": "与描述不符", "en": "Not as described"}, "options": _options(
                ("effect", "效果不符", "Another effect"), ("time", "时限不符", "Another duration"))},
            {"key": "other", "name": {"zh": "其他", "en": "Something else"}}])]),
    ("minor", Text("未成年人退款", "Refund for a minor"), "heart", 0, "payments", [
        _field("relation", "choice", "与孩子的关系", "Your relation to the child", required=True, options=_options(
            ("mother", "母亲", "Mother"), ("father", "父亲", "Father"), ("guardian", "其他监护人", "Other guardian"))),
        _field("child_age", "number", "孩子年龄", "Child's age", required=True, min=0, max=17, message={
            "zh": "请填写 0-17 的周岁年龄", "en": "The child's age in years, from 0 to 17"}), _AMOUNT,
        _field("proof", "file", "监护关系证明（户口本等）", "Proof that you are the guardian", max=3),
        _field("agree", "consent", "我是孩子的监护人，所填内容属实", "I am the guardian, and what I say is true")]),
    ("giftcode", Text("礼包码", "Gift code"), "gift", 3, "general", [
        _field("code", "text", "礼包码", "Code", required=True)]),
    ("event", Text("活动咨询", "Events"), "calendar", 3, "general", []),
    ("suggestion", Text("建议", "Suggestion"), "lightbulb", 3, "general", []),
    ("praise", Text("表扬", "Praise"), "star", 3, "general", []),
    ("complaint", Text("投诉", "Complaint"), "alert", 1, "general", []),
    ("other", Text("其他问题", "Something else"), "help", 2, "general", []),
]
