/** The game's words, in both languages. */
const WORDS = {
  zh: {
    accept: "领取",
    accepted: "已领取",
    area: "云海广场",
    backToGame: "回到游戏",
    close: "关闭",
    contact: "联系客服",
    deskAway: "客服暂时连不上，请稍后再试。",
    deskLetter: "客服答复",
    demoHelp: "点右侧的「客服」，像玩家一样提问、聊天、评价。这是真实的组件，接在真实的客服台上。",
    demoKicker: "PlayerDesk 演示",
    demoTitle: "游戏里的玩家",
    events: "游戏从组件收到的事件",
    festival: "庆典",
    festivalSoon: "庆典将在今晚 20:00 开启",
    guild: "〈天机阁〉",
    help: "客服",
    later: "以后再说",
    letterText: "感谢您参与开服庆典，请领取奖励：钻石 ×100。",
    letterTitle: "开服庆典奖励",
    mail: "邮件",
    missing: "等了一会儿，钻石还没有到账。支付成功的订单不会丢失，客服可以为您核对。",
    noPlayers: "演示游戏还没准备好，请稍等，页面会自动重试。",
    openDesk: "打开客服工作台 →",
    openTicket: "查看工单",
    paid: "支付成功",
    pass: "不要",
    pay: "充值",
    play: "出牌",
    power: "战力",
    questText: "前往云海之巅，寻找失落的剑灵 (2/3)",
    questTitle: "[主线] 剑起云端",
    sandbox: "演示商店，不会真的扣款",
    shop: "充值",
    spent: "90 天 ¥{n}",
    tier_high: "大R",
    tier_low: "小R",
    tier_mid: "中R",
    tier_none: "免费",
    waiting: "正在等待钻石到账…",
    whoAmI: "我是谁",
    world: "[世界]",
  },
  en: {
    accept: "Claim",
    accepted: "Claimed",
    area: "Sea of Clouds",
    backToGame: "Back to the game",
    close: "Close",
    contact: "Contact support",
    deskAway: "Support cannot be reached right now. Please try again in a moment.",
    deskLetter: "Answer from support",
    demoHelp: "Tap Help in the game and ask, chat and rate as a player does. This is the real widget on the real desk.",
    demoKicker: "PlayerDesk demo",
    demoTitle: "A player in the game",
    events: "What the game hears from the widget",
    festival: "Festival",
    festivalSoon: "The festival starts tonight at 20:00",
    guild: "<Stargazers>",
    help: "Help",
    later: "Later",
    letterText: "Thank you for celebrating with us. Your reward: 100 diamonds.",
    letterTitle: "Launch festival reward",
    mail: "Mail",
    missing: "The diamonds have not arrived yet. A paid order is never lost: support can check it for you.",
    noPlayers: "The demo game is not ready yet. This page tries again by itself.",
    openDesk: "Open the agents' workspace →",
    openTicket: "Open ticket",
    paid: "Payment successful",
    pass: "Pass",
    pay: "Pay",
    play: "Play",
    power: "Power",
    questText: "Find the lost sword spirit on the Peak of Clouds (2/3)",
    questTitle: "[Main] Above the Clouds",
    sandbox: "A demo shop: nothing is really charged",
    shop: "Shop",
    spent: "¥{n} / 90 d",
    tier_high: "High payer",
    tier_low: "Low payer",
    tier_mid: "Mid payer",
    tier_none: "Free",
    waiting: "Waiting for the diamonds…",
    whoAmI: "Who am I",
    world: "[World]",
  },
};

export const TICKER = {
  skyreach: {
    zh: ["清风徐来：九幽塔差一个奶妈，来的密", "系统：恭喜 白衣渡江 获得神品坐骑「踏云麟」", "天机阁 招人，日常氛围好不强制", "北冥有鱼：今晚城战几点？"],
    en: ["Breeze: one more healer for the Tower", "System: Whitecoat tamed the Cloud Qilin", "Stargazers are recruiting, no pressure", "Kunpeng: when is the siege tonight?"],
  },
  happycards: {
    zh: ["系统：恭喜 三缺一 在巅峰对决中连胜十局", "逢炸必赢：有人一起打比赛场吗", "系统：周末双倍欢乐豆已开启"],
    en: ["System: LuckyJoker won ten games in a row", "Ace: anyone for the tournament?", "System: double beans this weekend"],
  },
};

let current = "zh";

export const language = () => current;

export function setLanguage(tag) {
  current = /^en/i.test(tag) ? "en" : "zh";
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === current));
  }
}

export function t(key, values = {}) {
  return (WORDS[current][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
