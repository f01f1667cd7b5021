"""The connections searches have to themselves, so that no search, however slow, keeps a reply waiting."""

from playerdesk.kernel import Database, connect

TIMEOUT_MS = 1500
"""A statement of a search is cut off then; the walk answers with what it has."""


async def search_pool(dsn: str, size: int) -> Database:
    """The index is always the right way to a word, and a window's worth of entries fits into memory."""
    return await connect(
        dsn, size=size, statement_timeout_ms=TIMEOUT_MS, enable_seqscan="off", work_mem="32MB",
        application_name="playerdesk search",
    )
