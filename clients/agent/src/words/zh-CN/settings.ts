// The settings area: its frame and the names of its pages, whoever brings them.
export default {
  title: "设置",
  back: "返回设置",
  me: "我的",
  desk: "全员",
  page: {
    macros: "快捷回复与宏",
    preferences: "偏好设置",
    alerts: "提示音与通知",
    keys: "快捷键",
    security: "登录与安全",
    people: "人员与组织",
    roles: "角色与权限",
    "data-blocks": "数据区块",
    "service-levels": "服务标准与日历",
    rules: "自动规则",
    audit: "审计日志",
    brands: "品牌与功能",
    text: "配置文本",
    proposals: "文章提议",
    handling: "处理规范",
  },
};
