r"""Patterns that people write for a field: a small language that means the same in Python and in a browser, and is never slow.

The whole value has to fit. Allowed are characters, `.`, `\d \w \D \W`, classes `[A-Z0-9_]`, groups `( )` and `(?: )`, `|`,
and `? * + {2} {2,5} {2,}` (lazily with a `?` behind them). What would make a matcher try endlessly is refused before it is
ever used: nothing that repeats may stand inside something that repeats, and there is an end to the number of ways in
which a value can fit.
"""

import re

from playerdesk.kernel import Text

LONGEST = 200
MOST_WAYS = 10_000_000
_OUTSIDE = "^$\\.*+?()[]{}|/dDwW"
_INSIDE = _OUTSIDE + "-"
_COUNT = re.compile(r"\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")


class BadPattern(Exception):
    """Not a pattern of this language; the text says why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


SLOW = (
    "这个格式在某些内容上会非常慢：请不要在重复里再用重复，并限制次数，例如 {1,10}。",
    "This pattern would be very slow for some values: do not repeat what repeats, and bound counts, as in {1,10}.",
)


def check_pattern(pattern: str, longest: int = LONGEST) -> None:
    """Raises `BadPattern` for what is malformed, means different things in different places, or could be slow."""
    if not pattern or len(pattern) > LONGEST:
        raise BadPattern(f"格式需要 1-{LONGEST} 个字符。", f"A pattern has 1 to {LONGEST} characters.")
    if any(ord(char) > 0xFFFF for char in pattern):
        raise BadPattern("格式里不能用表情符号。", "A pattern cannot have emoji in it.")
    reading = _Reading(pattern, min(longest, LONGEST))
    ways, _ = reading.alternatives()
    if reading.place < len(pattern):
        raise BadPattern("多了一个右括号。", "There is a closing bracket too many.")
    if ways > MOST_WAYS:
        raise BadPattern(*SLOW)
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as failure:
        raise BadPattern(f"格式不正确：{failure}", f"This is not a pattern: {failure}") from failure


def fits(pattern: str, value: str) -> bool:
    """Whether the whole value is of this shape. A pattern that was never checked fits everything."""
    try:
        return re.fullmatch(pattern, value, re.ASCII) is not None
    except (re.error, OverflowError, RecursionError):
        return True


class _Reading:
    """Reads a pattern; each part answers in how many ways it can fit, and whether it can have several lengths or forms."""

    def __init__(self, pattern: str, longest: int) -> None:
        self.pattern, self.place, self.longest, self.depth = pattern, 0, longest, 0

    def peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def take(self) -> str:
        char = self.peek()
        self.place += 1
        return char

    def alternatives(self) -> tuple[int, bool]:
        ways, varied = self.sequence()
        while self.peek() == "|":
            self.take()
            more, _ = self.sequence()
            ways, varied = ways + more, True
        return ways, varied

    def sequence(self) -> tuple[int, bool]:
        ways, varied = 1, False
        while self.peek() and self.peek() not in "|)":
            one, changing = self.repeated()
            ways, varied = ways * one, varied or changing
        return ways, varied

    def repeated(self) -> tuple[int, bool]:
        ways, varied = self.atom()
        low, high = self.count()
        if (low, high) == (1, 1):
            return ways, varied
        if varied and high != 1:
            raise BadPattern(*SLOW)
        return (ways + 1 if high == 1 else max(1, high - low + 1)), varied or low != high

    def count(self) -> tuple[int, int]:
        char = self.peek()
        if char and char in "?*+":
            self.take()
            found = {"?": (0, 1), "*": (0, self.longest), "+": (1, self.longest)}[char]
        elif char == "{":
            read = _COUNT.match(self.pattern, self.place)
            if read is None:
                raise BadPattern("{ 后面应是次数，例如 {2} 或 {2,5}。", "After { comes a count, such as {2} or {2,5}.")
            self.place = read.end()
            low = int(read[1])
            high = low if read[2] is None else int(read[3]) if read[3] else max(low, self.longest)
            if high < low:
                raise BadPattern("次数的上限小于下限。", "The count ends before it begins.")
            found = (low, high)
        else:
            return (1, 1)
        if self.peek() == "?":
            self.take()
        if self.peek() and self.peek() in "?*+{":
            raise BadPattern("次数后面不能再写次数。", "A count cannot follow a count.")
        return found

    def atom(self) -> tuple[int, bool]:
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            self.charset()
        elif char == "\\":
            self.escaped(_OUTSIDE)
        elif char in "?*+{":
            raise BadPattern("次数前面缺少内容。", "There is nothing before the count.")
        elif char in "]}":
            raise BadPattern(f"请把 {char} 写成 \\{char}。", f"Write {char} as \\{char}.")
        elif char in "^$" and not self.at_edge(char):
            raise BadPattern(
                f"{char} 只能在两端；要表示这个字符请写 \\{char}。", f"{char} stands at an end only; else write \\{char}."
            )
        return 1, False

    def at_edge(self, char: str) -> bool:
        return self.depth == 0 and self.place == (1 if char == "^" else len(self.pattern))

    def group(self) -> tuple[int, bool]:
        if self.pattern.startswith("?:", self.place):
            self.place += 2
        elif self.peek() == "?":
            raise BadPattern("括号里不能用 (?…)，只支持 (?:…)。", "Of (?…) only (?:…) is allowed.")
        self.depth += 1
        if self.depth > 10:
            raise BadPattern("括号嵌套太深。", "Brackets are nested too deep.")
        found = self.alternatives()
        if self.take() != ")":
            raise BadPattern("缺少右括号。", "A closing bracket is missing.")
        self.depth -= 1
        return found

    def charset(self) -> None:
        if self.peek() == "^":
            self.take()
        if self.peek() == "]":
            raise BadPattern("[ ] 里没有内容。", "There is nothing between [ and ].")
        while (char := self.take()) != "]":
            if not char:
                raise BadPattern("缺少 ]。", "A ] is missing.")
            if char == "[":
                raise BadPattern("请把 [ 写成 \\[。", "Write [ as \\[.")
            if char == "\\":
                self.escaped(_INSIDE)
            elif char in "-&~|" and self.peek() == char:
                raise BadPattern(f"不能连写两个 {char}。", f"{char} cannot stand twice.")

    def escaped(self, allowed: str) -> None:
        char = self.take()
        if not char or char not in allowed:
            raise BadPattern(f"不支持 \\{char}。", f"\\{char} is not supported.")
