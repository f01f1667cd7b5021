// Tags of a ticket.
export default { add: "添加标签（用逗号分开多个）", addShort: "＋ 标签", remove: "移除标签「{name}」", why: "规则记录" };
