"""The time. One place, so that tests can move it and nobody mixes zones."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, UTC, microseconds."""
    return datetime.now(UTC)
