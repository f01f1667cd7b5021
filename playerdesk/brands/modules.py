"""Functions that a brand can have or not; switched at once, without a restart, and nothing is ever deleted by it."""

import msgspec

from playerdesk.brands.queries import brand_by_id
from playerdesk.kernel import Forbidden, Reader, Text

SWITCHED_OFF = Text(zh="这项功能暂未开放。", en="This is not available here.")


class Module(msgspec.Struct, frozen=True):
    """A function of the desk. `off` says what is hidden then, `kept` what stays."""

    name: Text
    off: Text
    kept: Text


MODULES: dict[str, Module] = {
    "chat": Module(
        Text("在线会话", "Live chat"),
        Text("玩家看不到会话入口；请求会话的变成工单。", "Players see no chat; who asks for one gets a ticket."),
        Text("正在进行的会话照常到结束，记录都在。", "Chats under way go on to their end; their records stay."),
    ),
    "rating": Module(
        Text("满意度评价", "Satisfaction"),
        Text("玩家不再被邀请评价。", "Players are not asked for a verdict any more."),
        Text("已有的评价和报表都在。", "Verdicts given, and the reports of them, stay."),
    ),
    "player_files": Module(
        Text("玩家上传图片和文件", "Players' pictures and files"),
        Text("玩家看不到上传按钮，上传会被拒绝。", "Players see no button to attach; uploads are refused."),
        Text("已上传的文件照常可看；客服仍可发送文件。", "What was sent can still be seen; agents can still attach."),
    ),
    "reopening": Module(
        Text("玩家重新打开工单", "Reopening by players"),
        Text("已解决的工单玩家不能再打开，只能提新问题。", "A solved ticket stays solved for players; they ask anew."),
        Text("客服仍可重开。", "Agents can still reopen."),
    ),
    "vip_managers": Module(
        Text("专属客服", "VIP managers"),
        Text("新工单按队列分配，不再直接给专属客服。", "New tickets go to queues and not straight to a manager."),
        Text("玩家与专属客服的对应关系保留。", "Who looks after which player is remembered."),
    ),
    "game_push": Module(
        Text("答复推送到游戏后台", "Pushing answers to the game's back end"),
        Text("新的答复不再推送。", "New answers are not pushed."),
        Text("已排队的推送照常送达；推送地址保留。", "What is queued is still delivered; the address stays."),
    ),
    "rules": Module(
        Text("自动规则", "Automatic rules"),
        Text("规则对这个游戏的工单不再触发。", "Rules do not fire on this brand's tickets."),
        Text("规则和触发记录都在。", "The rules and the record of what fired stay."),
    ),
    "processes": Module(
        Text("跨部门流程", "Processes across departments"),
        Text("不再启动新流程。", "No new process is started."),
        Text("进行中的流程照常走完。", "Those under way run to their end."),
    ),
}


async def module_on(reader: Reader, brand_id: int, module: str) -> bool:
    """Whether this brand has this function; unless switched off it has."""
    brand = await brand_by_id(reader, brand_id)
    return brand is None or brand.modules.get(module, True)


async def demand_module(reader: Reader, brand_id: int, module: str) -> None:
    """Refused (403) for players of a brand that does not have it; their screens do not offer it either."""
    if not await module_on(reader, brand_id, module):
        raise Forbidden("switched_off", SWITCHED_OFF, extra={"module": module})
