"""What the player records of one account say together, whichever came first. Pure."""

from datetime import datetime

import msgspec

from playerdesk.players.record_kinds import BEGINNING, UNDATED, PlayerRecord


class Profile(msgspec.Struct, frozen=True):
    """Name and language each with the time they are from; None where nothing was said."""

    name: str | None = None
    name_version: datetime = BEGINNING
    language: str | None = None
    language_version: datetime = BEGINNING
    registered_at: datetime | None = None
    last_seen_at: datetime | None = None


def fold(known: Profile | None, record: PlayerRecord) -> Profile:
    """The profile after one more record: the newest name and language, the earliest start, the latest visit."""
    known = known or Profile()
    version = record.last_seen_at or UNDATED
    name, name_version = _newer(known.name, known.name_version, record.name or None, version)
    language = None if record.language is None else _language(record.language)
    language, language_version = _newer(known.language, known.language_version, language, version)
    return Profile(
        name, name_version, language, language_version,
        min((at for at in (known.registered_at, record.registered_at) if at is not None), default=None),
        max((at for at in (known.last_seen_at, record.last_seen_at) if at is not None), default=None),
    )


def _newer(
    known: str | None, known_version: datetime, said: str | None, version: datetime
) -> tuple[str | None, datetime]:
    if said is None:
        return known, known_version
    if known is None or version > known_version:
        return said, version
    # Two of the same moment: undated ones in order of arrival, dated ones by an order of their own.
    if version == known_version and (version == UNDATED or said > known):
        return said, version
    return known, known_version


def _language(text: str) -> str:
    return "en" if text.lower().startswith("en") else "zh"
