"""What a password must be (NIST SP 800-63B): long, not a common one, not one's own name. No composition rules, no expiry."""

import re
from functools import cache
from importlib.resources import files

from playerdesk.kernel import Rejected, Text
from playerdesk.staff.passwords import LONGEST_PASSWORD

SHORTEST_PASSWORD = 10

_SHORT = Text(
    zh=f"密码至少 {SHORTEST_PASSWORD} 个字符。几个词连成一句，好记又安全。",
    en=f"A password has {SHORTEST_PASSWORD} or more characters. A few words in a row are safe and easy to remember.",
)
_LONG = Text(zh=f"密码最多 {LONGEST_PASSWORD} 个字符。", en=f"A password has {LONGEST_PASSWORD} characters at most.")
_COMMON = Text(
    zh="这个密码太常见，攻击者会最先尝试。请换一个只有你想得到的。",
    en="This password is among the first an attacker tries. Choose one only you would think of.",
)
_OWN = Text(
    zh="密码里不要用自己的登录名、姓名或本系统的名字。", en="Leave your own login, your name and the desk's name out of it."
)
_SIMPLE = Text(zh="密码只是几个字符的重复或顺序，请换一个。", en="This only repeats or counts a few characters. Choose another.")
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")


def refuse_weak(password: str, *own: str) -> None:
    """Refuses a password that is short, common, or made of `own` (login, name, e-mail)."""
    problem = weakness(password, *own)
    if problem is not None:
        raise Rejected("password_weak", problem, fields={"password": problem})


def weakness(password: str, *own: str) -> Text | None:
    """What is wrong with it, or None."""
    if len(password) < SHORTEST_PASSWORD:
        return _SHORT
    if len(password) > LONGEST_PASSWORD:
        return _LONG
    lowered = password.lower()
    if len(set(lowered)) <= 3 or any(lowered in row or lowered in row[::-1] for row in _ROWS):
        return _SIMPLE
    # "Password2026!" is "password" with a little around it.
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", lowered)
    common = common_passwords()
    if lowered in common or (len(core) >= 6 and core in common and len(lowered) - len(core) <= 6):
        return _COMMON
    words = [part for word in (*own, "playerdesk") for part in (word.lower(), word.lower().partition("@")[0]) if len(part) >= 3]
    if any(word in lowered and len(lowered) - len(word) <= 5 for word in words):
        return _OWN
    return None


@cache
def common_passwords() -> frozenset[str]:
    """Some ten thousand passwords found in leaks, in lower case; the list of zxcvbn (MIT) and Chinese favourites."""
    return frozenset((files("playerdesk.staff") / "common_passwords.txt").read_text(encoding="utf-8").split())
