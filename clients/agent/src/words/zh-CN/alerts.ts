// What a tone or a notice of the operating system tells.
export default {
  chat: "新的在线会话",
  ticket: "新工单分配给你",
  message: "玩家有新消息",
  mention: "有同事提到你",
  late: "回复超时",
};
