// The palette (⌘/Ctrl+K).
export default {
  hint: "输入命令、列表、设置、#工单编号，或玩家、同事的名字（拼音首字母也行）",
  searchFor: "搜索全部内容：{text}",
  group: {
    actions: "操作", tickets: "工单", categories: "分类", players: "玩家", people: "同事", lists: "列表", macros: "宏", settings: "设置", articles: "知识库",
  },
};
