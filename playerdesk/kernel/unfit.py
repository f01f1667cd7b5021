"""Values no column can hold: a number beyond 64 bits, a NUL in a text. The sender's fault, not ours."""

import asyncpg

from playerdesk.kernel.errors import Text

UNFIT = Text(
    zh="内容中有无法保存的值（例如过大的数字或不可见的控制字符），请修改后重试。",
    en="A value cannot be kept, such as a number too large or an invisible control character. Please change it.",
)


def is_unfit(failure: Exception) -> bool:
    """Whether the database or its driver refused a value; other data errors (a division by zero) are bugs."""
    return type(failure) is asyncpg.DataError or isinstance(failure, (
        asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError,
        asyncpg.NumericValueOutOfRangeError, asyncpg.DatetimeFieldOverflowError,
    ))
