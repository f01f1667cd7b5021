// The list of notes that call me by name.
export default {
  none: "还没有人提到你",
  noneHint: "同事在备注里写 @你的名字，就会出现在这里。",
  all: "全部已读",
  team: "提到了 {name}",
  unread: "未读",
  more: "加载更多",
};
