"""What was given up: pushes to games and calls of rules that failed for good, seen and sent again by an operator."""

from playerdesk.app.wiring import OUTBOXES, WIRING
from playerdesk.kernel import connect
from playerdesk.kernel.postgres import running
from playerdesk.kernel.settings import Settings


async def dead_letters(settings: Settings, *, again: bool) -> list[str]:
    """A line for each; with `again` all of them are put back in line."""
    lines: list[str] = []
    async with running(settings, join=True) as dsn:
        database = await connect(dsn, wiring=WIRING, size=2)
        try:
            for name, outbox in OUTBOXES.items():
                async with database.reading() as reader:
                    lines += [
                        f"{name} {letter.id:<10} ticket {letter.ticket_id}  {letter.attempts} attempts: {letter.last_error}"
                        for letter in await outbox.dead(reader)
                    ]
                if again:
                    await outbox.send_again(database)
        finally:
            await database.close()
    return lines
