// The desk as text, and what taking one over changes.
export default {
  hint: "把分类、表单、流程、规则、时效、品牌等全部配置导出为文本，评审、比较后再导入。全部成功或什么都不改；人员、玩家和密钥不在其中。",
  export: "导出配置",
  upload: "选择文件",
  text: "配置文本（YAML）",
  prune: "停用文本里没有提到的内容",
  pruneHint: "不勾选时，没提到的保持原样。",
  look: "看会改什么",
  carryOut: "执行导入",
  done: "已导入",
  sum: "将变更 {n} 项，{same} 项相同",
  line: "第 {n} 行",
  nothing: "无",
  what: { add: "新增", change: "修改", retire: "停用" },
  kinds: { brand: "品牌", queue: "队列", department: "部门", team: "小组", role: "角色", category: "分类", form: "表单", process: "流程", rule: "规则", calendar: "日历", service_level: "时效", tier_model: "分层", service: "分层服务", segment: "玩家分群", tag: "标签" },
};
