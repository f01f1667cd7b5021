"""Numbers as people write them in Chinese or with digits: 3, 2.5, 三, 两, 十五, 二十三. Pure."""

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十]+)"


def number(text: str) -> float:
    """Its value, up to 99 in Chinese; ValueError when it is none."""
    if text[0].isascii():
        return float(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        value = 0
        for digit in text:
            value = value * 10 + _DIGITS[digit]
        return value
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise ValueError(text)
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
