// Live chats side by side.
export default {
  title: "在线会话",
  strip: "我的在线会话",
  answered: "已回复，等待玩家",
  left: "回复还剩 {time}",
  lateBy: "回复已超时 {time}",
  typing: "正在输入…",
  none: "现在没有在线会话",
  noneHint: "上线后，新的会话会自动分配给你，并出现在这里。",
  column: "与 {name} 的会话",
  columns: "并排显示",
  columnsN: "并排显示 {n} 个会话",
};
