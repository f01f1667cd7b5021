// Accounts that may be one person.
export default {
  about: "这些账号有相同的、已由游戏验证的联系方式，可能是同一位玩家。先对比再决定：合并随时可以撤销，确认不是同一人的不会再次提示。",
  because: "{kinds}相同",
  and: "、",
  compare: "对比并合并",
  part: "不是同一人",
  partHint: "这两个账号不会再次被建议合并。",
  reason: "理由（选填，会记入审计日志）",
  parted: "已确认「{one}」和「{other}」不是同一人",
  apart: "已确认不是同一人",
  apartBy: "{who} · {when}",
  again: "重新判断",
  restored: "「{one}」和「{other}」已放回待确认列表",
  undo: "撤销",
  none: "没有需要确认的重复玩家。游戏上报相同的联系方式后，会自动出现在这里。",
};
