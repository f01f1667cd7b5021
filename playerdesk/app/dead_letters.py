"""What was given up: jobs and pushes that failed for good, seen and sent again by an operator."""

from playerdesk.app.wiring import WIRING
from playerdesk.channels.game.webhooks import dead_deliveries, deliver_again
from playerdesk.kernel import connect
from playerdesk.kernel.jobs import failed_jobs, try_again
from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings


async def dead_letters(settings: Settings, *, again: bool) -> list[str]:
    """A line for each; with `again` all of them are put back in line."""
    async with running(settings, join=True) as dsn:
        database = await connect(dsn, wiring=WIRING, size=2)
        try:
            jobs = await failed_jobs(database)
            pushes = await dead_deliveries(database)
            if again:
                for job in jobs:
                    await try_again(database, job.id)
                await deliver_again(database)
        finally:
            await database.close()
    return [
        *(f"job  {job.id:<10} {job.name}  {job.attempts} attempts, last {job.since:%Y-%m-%d %H:%M}" for job in jobs),
        *(f"push {push.id:<10} ticket {push.ticket_id}  {push.attempts} attempts: {push.last_error}" for push in pushes),
    ]
