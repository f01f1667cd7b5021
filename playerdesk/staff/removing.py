"""A word before a department, queue or role goes: whoever needs it says so."""

from collections.abc import Awaitable, Callable

from playerdesk.kernel import Conflict, Reader, Text

Asked = Callable[[Reader, str, str], Awaitable[list[Text]]]
"""Who else needs a department (kind and key): each place, in words."""

_ask: list[Asked] = []


def ask_before_removing(asked: Asked) -> None:
    """Packages above need departments, queues and roles; the app brings their word, and what they name hinders the removal."""
    _ask.append(asked)


async def demand_unneeded(reader: Reader, kind: str, key: str) -> None:
    """Refused (409) with every place that still needs it."""
    places = [place for asked in _ask for place in await asked(reader, kind, key)]
    if places:
        raise Conflict("still_needed", Text(
            zh=f"还有地方在用它，请先改派：{'；'.join(place.zh for place in places[:5])}。",
            en=f"It is still needed; give these to somebody else first: {'; '.join(place.en for place in places[:5])}.",
        ), extra={"places": places})
