"""What somebody chooses for herself: keys, sounds, look, times. Kept here, so that every device has it.

Only what was chosen is stored. A stored choice that a later version of the code does not know any more, or that no
longer fits, is passed over and the default holds: preferences never keep anybody from working.
"""

from typing import Annotated, Any, Literal, LiteralString
from zoneinfo import available_timezones

import msgspec

from playerdesk.kernel import Reader, Rejected, Text, Tx
from playerdesk.staff.events import PreferencesChanged

Keys = Annotated[str, msgspec.Meta(max_length=20)]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Alarm = Literal["chat", "ticket", "message", "mention", "late"]
"""A new chat, a new ticket, words of a player, a mention by a colleague, a promise that was broken."""

_ALARMS: tuple[Alarm, ...] = ("chat", "ticket", "message", "mention", "late")


class Preferences(msgspec.Struct, frozen=True, rename="camel"):
    """Everything that can be chosen, with what holds when it is not. Language stands with the person (`locale`)."""

    keys: Annotated[dict[Name, Keys], msgspec.Meta(max_length=200)] = {}
    """What is pressed for what, by the name of the action; "" for nothing. Unnamed: as the code has it."""
    sounds: list[Alarm] = msgspec.field(default_factory=lambda: list(_ALARMS))
    notices: list[Alarm] = []
    """Which of them show a notice of the operating system; asked for, never assumed."""
    volume: Percent = 60
    quiet_when_focused: bool = False
    """Neither sound nor notice while the desk itself is being looked at."""
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    """Quiet hours, in her own zone; they may lie over midnight. None: no quiet hours."""
    density: Literal["comfortable", "compact"] = "comfortable"
    theme: Literal["light", "dark", "system"] = "system"
    time_zone: Name | None = None
    """An IANA name; None: the zone of the device."""
    hours: Literal["24", "12"] = "24"
    undo_seconds: Annotated[int, msgspec.Meta(ge=0, le=30)] = 5
    panes: Annotated[dict[Name, Annotated[int, msgspec.Meta(ge=0, le=4000)]], msgspec.Meta(max_length=50)] = {}
    """How the screen is divided: widths in pixels, 0 and 1 for closed and open."""
    collapsed: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    """Groups of the navigation that are folded."""


class Chosen(Preferences, frozen=True, rename="camel"):
    """The preferences as they hold now; `revision` grows with each change, so that an older answer is known as one."""

    revision: int = 0


FIELDS = {field.encode_name: field for field in msgspec.structs.fields(Preferences)}

_READ: LiteralString = "SELECT chosen, revision FROM staff.preference WHERE person_id = $1"

# Whole fields replace whole fields: two devices that change different things both keep what they chose.
_CHANGE: LiteralString = """
    INSERT INTO staff.preference AS p (person_id, chosen) VALUES ($1, jsonb_strip_nulls($2::jsonb))
    ON CONFLICT (person_id) DO UPDATE
    SET chosen = jsonb_strip_nulls(p.chosen || $2::jsonb), revision = p.revision + 1, changed_at = now()
    RETURNING chosen, revision
"""


def understood(stored: dict[str, Any], revision: int) -> Chosen:
    """What of the stored choices still means something; the default for the rest."""
    fitting: dict[str, Any] = {}
    for name, value in stored.items():
        if name not in FIELDS:
            continue
        try:
            fitting[FIELDS[name].name] = msgspec.convert(value, FIELDS[name].type)
        except msgspec.ValidationError:
            continue
    return Chosen(**fitting, revision=revision)


async def preferences(reader: Reader, person_id: int) -> Chosen:
    """Her preferences as they hold now."""
    for record in await reader.fetch(_READ, person_id):
        return understood(record[0], record[1])
    return Chosen()


async def change_preferences(tx: Tx, person_id: int, wanted: dict[str, Any]) -> Chosen:
    """Change some fields, by their camelCase names; null brings the default back. A wrong one changes nothing."""
    problems: dict[str, Text] = {}
    for name, value in wanted.items():
        if name not in FIELDS:
            problems[name] = Text(zh="没有这个选项。", en="There is no such preference.")
            continue
        try:
            if value is not None:
                msgspec.convert(value, FIELDS[name].type)
        except msgspec.ValidationError as wrong:
            problems[name] = Text(zh=f"这个值不可用（{wrong}）。", en=f"This cannot be used: {wrong}.")
    zone = wanted.get("timeZone")
    if isinstance(zone, str) and zone not in available_timezones():
        problems["timeZone"] = Text(zh="没有这个时区，例如 Asia/Shanghai。", en="No such time zone; one is Asia/Shanghai.")
    if problems:
        raise Rejected("preference_unfit", Text(
            zh="偏好设置没有保存，请检查标出的选项。", en="Preferences were not saved; check what is marked."
        ), fields=problems)
    (record,) = await tx.fetch(_CHANGE, person_id, wanted)
    await tx.emit(PreferencesChanged(person_id=person_id, revision=record[1]))
    return understood(record[0], record[1])
