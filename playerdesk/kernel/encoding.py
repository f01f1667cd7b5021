"""One JSON encoder for everything that leaves the desk."""

from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()

encode = _encoder.encode
"""Any row, dict or list to JSON bytes; datetimes become ISO-8601 in UTC with a Z."""


def encode_text(value: Any) -> str:
    """The same as text, for JSON columns."""
    return _encoder.encode(value).decode()
