"""Durable work: jobs after a commit, and loops that look once a second.

Jobs live in PostgreSQL (pgqueuer), enqueued by the transaction of the change, leased while they
run, retried with back-off and parked as failed when they will not succeed: the dead letters, seen
with `failed_jobs` and tried again with `try_again`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from pgqueuer import AsyncpgDriver, DatabaseRetryEntrypointExecutor, PgQueuer, Queries
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.executors import EntrypointExecutorParameters
from pgqueuer.models import Job as QueuedJob

from playerdesk.kernel.database import CONNECTION_LOST, Database, connect_one
from playerdesk.kernel.events import Job
from playerdesk.kernel.jobs_schema import JOBS_SETTINGS

log = structlog.get_logger("jobs")

MAX_ATTEMPTS = 12
"""With the back-off below: about an hour and a half before a job is given up."""


class FailedJob(msgspec.Struct, frozen=True, rename="camel"):
    """A dead letter."""

    id: int
    name: str
    payload: str
    attempts: int
    since: datetime


def _executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(
        parameters, max_attempts=MAX_ATTEMPTS, initial_delay=timedelta(seconds=1), max_delay=timedelta(minutes=15)
    )


def _queries(connection: Any) -> Queries:
    return Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(JOBS_SETTINGS),
        qbq=QueryQueueBuilder(JOBS_SETTINGS),
        qbs=QuerySchedulerBuilder(JOBS_SETTINGS),
    )


async def run_jobs(database: Database, dsn: str) -> None:
    """Run the jobs of the wiring until cancelled; survives a restarting database."""
    while True:
        connection = None
        try:
            connection = await connect_one(dsn)
            queuer = PgQueuer(
                AsyncpgDriver(connection), channel=JOBS_SETTINGS.channel, queries=_queries(connection)
            )
            for job in database.wiring.jobs.values():
                _register(queuer, database, job)
            await queuer.qm.run(
                batch_size=20, dequeue_timeout=timedelta(seconds=5), max_concurrent_tasks=40,
                shutdown_on_listener_failure=True,
            )
        except asyncio.CancelledError:
            raise
        except CONNECTION_LOST as failure:
            log.warning("job runner lost the database", error=str(failure))
        except Exception:
            log.exception("job runner failed")
        finally:
            if connection is not None and not connection.is_closed():
                connection.terminate()
        await asyncio.sleep(1)


def _register(queuer: PgQueuer, database: Database, job: Job) -> None:
    decoder = msgspec.json.Decoder(job.event_type)

    async def run(queued: QueuedJob) -> None:
        try:
            async with database.transaction() as tx:
                await job.run(tx, decoder.decode(queued.payload or b"null"))
        except Exception as failure:
            log.warning("job failed", job=job.name, id=queued.id, attempts=queued.attempts, error=repr(failure))
            raise

    queuer.qm.entrypoint(job.name, on_failure="hold", executor_factory=_executor, accepts_context=False)(run)


async def failed_jobs(database: Database, limit: int = 100) -> list[FailedJob]:
    """The dead letters, newest first."""
    async with database.reading() as reader:
        return await reader.rows(
            FailedJob,
            "SELECT id, entrypoint, convert_from(payload, 'UTF8'), attempts, updated"
            " FROM jobs.pgqueuer WHERE status = 'failed' ORDER BY updated DESC LIMIT $1",
            limit,
        )


async def try_again(database: Database, job_id: int) -> bool:
    """Put a dead letter back in line; False when it is not there any more."""
    async with database.transaction() as tx:
        return bool(
            await tx.execute(
                "UPDATE jobs.pgqueuer SET status = 'queued', attempts = 0, execute_after = now(),"
                " updated = now(), queue_manager_id = NULL WHERE id = $1 AND status = 'failed'",
                job_id,
            )
        )


class Loop(msgspec.Struct, frozen=True):
    """Something looked at every `seconds`; must be safe to run in several processes at once.

    `punctual`: somebody counts the seconds. It comes round on time whatever the other loops are busy with.
    """

    name: str
    seconds: float
    run: Callable[[Database], Awaitable[object]]
    punctual: bool = False


async def run_loop(loop: Loop, database: Database, beat: Callable[[str, float], None]) -> None:
    """Run one loop until cancelled; a failure is logged and the next round comes anyway.

    `beat(name, seconds)` is told how long each round took.
    """
    clock = asyncio.get_running_loop().time
    # Spread the first rounds, or every loop of every process hits the database at once.
    await asyncio.sleep(random.random() * min(loop.seconds, 1.0))  # noqa: S311 -- jitter
    while True:
        started = clock()
        try:
            await loop.run(database)
        except CONNECTION_LOST as failure:
            log.warning("loop lost the database", loop=loop.name, error=repr(failure))
        except Exception:
            log.exception("loop failed", loop=loop.name)
        took = clock() - started
        beat(loop.name, took)
        await asyncio.sleep(max(0.02, loop.seconds - took))
