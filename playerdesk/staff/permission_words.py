"""What each permission and scope is called where people read it: the page of roles and the handbook."""

from playerdesk.kernel import Text

PERMISSION_WORDS: dict[str, Text] = {
    "tickets.read": Text("查看工单", "See tickets"),
    "tickets.reply": Text("回复、备注、领取与转交", "Reply, note, pull, hand off"),
    "tickets.assign": Text("分配给同事", "Assign to colleagues"),
    "tickets.resolve": Text("解决与重开", "Resolve and reopen"),
    "tickets.merge": Text("合并与拆分工单", "Merge and split tickets"),
    "tickets.bulk": Text("批量操作", "Change many tickets at once"),
    "tickets.export": Text("导出工单", "Export tickets"),
    "players.read": Text("查看玩家资料", "See player cards"),
    "players.edit": Text("修改玩家备注", "Change notes about players"),
    "players.manager": Text("指定玩家的专属客服", "Choose a player's VIP manager"),
    "players.merge": Text("合并与拆分玩家身份", "Merge and split players"),
    "players.spend": Text("字段：消费金额与充值记录", "Field: spend and purchases"),
    "players.phone": Text("字段：完整手机号、微信、QQ", "Field: whole phone number, WeChat, QQ"),
    "players.email": Text("字段：完整邮箱", "Field: whole e-mail address"),
    "players.id_number": Text("字段：完整身份证号", "Field: whole ID number"),
    "articles.decide": Text("审核知识建议", "Decide on proposed articles"),
    "processes.work": Text("办理自己和本部门的流程任务", "Do process tasks of one's own and one's department"),
    "processes.steer": Text("查看、接手和停止所有流程任务", "See, step into and stop any process task"),
    "board.see": Text("组长看板与同事的列表", "Lead's board and colleagues' lists"),
    "views.share": Text("共享视图", "Share views"),
    "macros.share": Text("共享宏与快捷短语", "Share macros"),
    "blueprints.edit": Text("设计：起草分类、表单、流程、规则等", "Design: draft categories, forms, processes, rules …"),
    "blueprints.publish": Text("设计：发布与停用", "Design: publish and retire"),
    "audit.read": Text("查看操作记录", "Read the audit log"),
    "people.manage": Text("管理人员、组织与角色", "Manage people, structure and roles"),
    "settings.manage": Text("修改系统设置", "Change settings of the desk"),
}

SCOPE_WORDS: dict[str, Text] = {
    "own": Text("自己的工单，及自己队列里待领取的", "her own tickets, and what waits in her queues"),
    "team": Text("小组和下属的", "her team's and her subordinates'"),
    "department": Text("本部门及下级部门的", "her department's and those under it"),
    "vendor": Text("本供应商的", "her vendor's"),
    "brand": Text("所负责游戏的全部工单", "every ticket of her games"),
    "all": Text("全部游戏的全部工单", "every ticket of every game"),
}


def words_for(permission: str) -> Text:
    """The words, or the permission itself while nobody has found any."""
    return PERMISSION_WORDS.get(permission, Text(permission, permission))
