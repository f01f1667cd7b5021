"""Where the job library keeps its tables: one answer for whoever installs them and whoever uses them."""

from typing import Any

from pgqueuer import AsyncpgDriver, Queries
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel

# Every name is given, because the library would otherwise take bare environment variables such
# as CHANNEL or TRIGGER for its own.
JOBS_SETTINGS = DBSettings(
    prefix="",
    db_schema="jobs",
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
    durability=Durability.balanced,
)
"""Queue and schedules survive a crash; the library's own log and statistics need not."""


def job_queries(connection: Any) -> Queries:
    """The library's statements, bound to our schema, over one asyncpg connection."""
    return Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(JOBS_SETTINGS),
        qbq=QueryQueueBuilder(JOBS_SETTINGS),
        qbs=QuerySchedulerBuilder(JOBS_SETTINGS),
    )


async def install_jobs(connection: Any) -> bool:
    """Create the job tables, or bring them up to what the library expects; True if something changed."""
    queries = job_queries(connection)
    if not await queries.schema_is_installed():
        await queries.install()
        await queries.optimize_autovacuum()
        return True
    plan = await queries.apply_upgrade()
    return bool(plan.statements)
