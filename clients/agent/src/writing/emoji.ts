// The emoji that support staff really use, with words to find them by in both languages.
const lines = `
😊 微笑 smile|😄 开心 happy|😁 嘿嘿 grin|😂 笑哭 joy|🙂 浅笑 slight|😉 眨眼 wink|😍 喜欢 love|🥰 感谢 adore|😘 飞吻 kiss|😎 酷 cool
🤗 抱抱 hug|🤔 思考 thinking|😅 尴尬 sweat|😢 难过 cry|😭 大哭 sob|😞 失望 sad|😣 辛苦 struggle|😤 生气 angry|😱 惊讶 shock|😴 困 sleep
🙇 抱歉 sorry bow|🙏 拜托 感谢 please thanks|👍 赞 好的 ok thumbsup|👎 踩 thumbsdown|👌 好 perfect|👏 鼓掌 clap|💪 加油 strong|🤝 合作 deal|✌️ 胜利 victory|👋 你好 再见 hello bye
❤️ 爱心 heart|💔 心碎 broken|⭐ 星 star|🌟 闪亮 shine|✨ 闪 sparkles|🔥 火 hot fire|🎉 庆祝 恭喜 party|🎁 礼包 礼物 gift|🏆 冠军 trophy|🥇 第一 gold
🎮 游戏 game|🕹️ 手柄 joystick|⚔️ 战斗 swords|🛡️ 盾 shield|🗡️ 剑 sword|👑 皇冠 vip crown|💎 钻石 diamond|💰 金币 钱 money|🪙 硬币 coin|💳 充值 付款 card
✅ 完成 check done|❌ 错误 cross no|⚠️ 注意 警告 warning|❓ 疑问 question|❗ 重要 important|🔒 安全 锁 lock|🔓 解锁 unlock|🔑 密码 key|🔧 维护 修复 fix|🐞 漏洞 bug
⏰ 时间 闹钟 time|⏳ 等待 wait|📅 日期 date|📢 公告 notice|📌 置顶 pin|📎 附件 attachment|📷 截图 camera|📱 手机 phone|💻 电脑 computer|🌐 网络 network
☀️ 早上好 sun|🌙 晚安 moon|🌈 彩虹 rainbow|🍀 好运 luck|🌹 玫瑰 rose|☕ 咖啡 coffee|🍻 干杯 cheers|🧧 红包 新年 redpacket|🎂 生日 birthday|🏮 灯笼 节日 festival`;

export interface Emoji {
  glyph: string;
  words: string[];
}
export const emoji: Emoji[] = lines
  .trim()
  .split(/[|\n]/)
  .map((one) => one.trim().split(" "))
  .map(([glyph = "", ...words]) => ({ glyph, words }));

export function emojiFor(wanted: string): Emoji[] {
  const text = wanted.toLowerCase();
  return emoji.filter((one) => one.words.some((word) => word.startsWith(text)));
}
