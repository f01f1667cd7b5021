"""A hall in which words are said: the smallest event log there is."""

import asyncio

from playerdesk.kernel import Database, Event


class Said(Event, frozen=True):
    word: int
    topic: str = "hall"

    def topics(self) -> list[str]:
        return [self.topic]


async def say(database: Database, *said: int, topic: str = "hall", slowly: float = 0.0) -> None:
    """`slowly`: for so long after writing the transaction stays open, and others overtake it."""
    async with database.transaction() as tx:
        await tx.emit(*(Said(word=word, topic=topic) for word in said))
        await tx.write_events()  # now, not at the end
        tx.events.clear()
        await asyncio.sleep(slowly)
    database.on_commit([])
