"""Names players give themselves and their characters, Chinese and English."""

from random import Random

POETIC_HEAD = """清风 明月 孤城 落雪 星河 烟雨 青衫 白衣 浮生 长安 云深 南栀 北巷 山月 夜色 晚风 听雨 半夏 初晴 流年
 墨染 锦瑟 江南 扶摇 惊鸿 沧海 枫林 寒江 微雨 桃花""".split()
POETIC_TAIL = """归人 旧梦 入怀 无痕 未央 不知处 故里 微凉 如故 听雪 煮酒 渡我 倾城 踏歌 行舟 落款 问道 独行 不归 成诗
 折柳 望舒 拾光 忘忧 一笑 听松 载酒 逐鹿 如歌 不语""".split()
SURNAMES = """楚 萧 叶 沈 顾 慕容 上官 欧阳 司空 独孤 苏 陆 白 江 谢 秦 柳 温 裴 林 洛 燕 君 云
 南宫 诸葛 夏侯 墨 凤 龙""".split()
GIVEN = """留白 无忌 惊云 红尘 千寻 若水 青玄 长歌 飞雪 慕白 逸尘 北辰 天阙 孤影 清欢 知秋 怀瑾 凌霄 乘风 破军 无双 傲天
 子衿 如烟 挽歌 霜降 寒星 十一 听澜 问天""".split()
FAMILY = """陈 李 王 张 刘 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧""".split()
PLACES = """东北 成都 广州 重庆 河南 山东 潮汕 长沙 温州 武汉 西安 天津 苏州 厦门 大理""".split()
FUNNY = """爱吃小鱼干 今天不加班 在线等奶茶 熬夜冠军 月底吃土 非酋本酋 欧皇附体 抽卡必歪 摸鱼第一名 退休老干部 不想上班
 奶茶三分糖 橘猫很胖 火锅要特辣 早睡失败 隔壁老王 打工人小张 我真没开挂 柠檬不酸 一只咸鱼 快乐小柴犬 别抢我buff 脆皮求奶
 一刀九九九 佛系玩家 充钱才能变强 氪金使我快乐 键盘侠客 手残党代表 刚睡醒的猫""".split()
CARDS = """逢炸必赢 春天小能手 不抢地主 王炸在手 天胡选手 麻将老司机 顺子一条龙 血战到底 斗地主之王 胡牌专业户
 碰碰胡 清一色选手 三缺一 牌神在此 明牌高手 超级加倍 欢乐豆富翁 输光回家吃饭 杠上开花 十三幺梦想家""".split()
MARKS = ("", "", "", "", "丶", "灬", "°", "ღ")
ENGLISH_HEAD = """Silent Crimson Lucky Frost Iron Sleepy Shadow Golden Storm Tiny Brave Salty Moonlit Rusty Swift
 Grumpy Velvet Wild Neon Arctic""".split()
ENGLISH_TAIL = """Fox Wolf Tiger Panda Ranger Knight Mage Dragon Otter Raven Hunter Joker Ace Falcon Badger Comet
 Noodle Samurai Wizard Pirate""".split()
FIRST_NAMES = """Alex Emma Liam Olivia Noah Mia Ethan Sofia Lucas Chloe Ryan Hannah Daniel Grace Kevin Amy Marcus Nina
 Omar Julia Priya Diego Yuki Minh""".split()


def chinese_nickname(rng: Random, cards: bool) -> str:
    """Choose a nickname as seen on a friends list; card players sound more homely."""
    kind = rng.random()
    if kind < 0.30:
        name = rng.choice(POETIC_HEAD) + rng.choice(POETIC_TAIL)
    elif kind < 0.45:
        name = rng.choice(("小", "阿", "老", "大")) + rng.choice(FAMILY) + rng.choice(("", "", "哥", "姐", "同学"))
    elif kind < 0.60:
        name = rng.choice(PLACES) + rng.choice(("老", "小", "阿")) + rng.choice(FAMILY)
    elif kind < 0.80:
        name = rng.choice(CARDS if cards else FUNNY)
    else:
        name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    number = str(rng.choice((7, 9, 66, 88, 99, 520, 666, 888, 1314, 2333))) if rng.random() < 0.18 else ""
    # Ornaments go with dreamy names; nobody decorates 老王.
    return (rng.choice(MARKS) if kind < 0.30 else "") + name + number


def english_nickname(rng: Random) -> str:
    """Choose a nickname for a player who writes English."""
    if rng.random() < 0.5:
        return rng.choice(FIRST_NAMES) + (str(rng.randint(1, 99)) if rng.random() < 0.5 else "")
    number = str(rng.randint(1, 999)) if rng.random() < 0.3 else ""
    return rng.choice(ENGLISH_HEAD) + rng.choice(ENGLISH_TAIL) + number


def character_name(rng: Random, language: str, cards: bool) -> str:
    """Name a character inside the game."""
    if language == "en":
        return rng.choice(ENGLISH_HEAD) + rng.choice(ENGLISH_TAIL)
    if cards:
        return rng.choice(CARDS)
    if rng.random() < 0.6:
        return rng.choice(SURNAMES) + rng.choice(GIVEN)
    return rng.choice(POETIC_HEAD) + rng.choice(POETIC_TAIL)
