"""Processes of tickets that become one, and part again: what is under way goes on where the matter goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from playerdesk.kernel import Reactions, Text, Tx
from playerdesk.processes import instances
from playerdesk.processes.instances import Held
from playerdesk.processes.starting import open_tasks
from playerdesk.tickets import Notice, TicketMerged, TicketUnmerged

reactions = Reactions("processes.merging")

_RUNNING: LiteralString = "SELECT id FROM processes.instance WHERE ticket_id = $1 AND state = 'running' ORDER BY id"
_TAKEN: LiteralString = """
    SELECT EXISTS (SELECT FROM processes.instance WHERE ticket_id = $1 AND process_id = $2 AND state = 'running')
"""
# A key that began something in both tickets, such as "category", is told apart by where it was used.
_CARRY: LiteralString = """
    WITH carried AS (
        UPDATE processes.instance i SET ticket_id = $2, client_key = CASE WHEN EXISTS (
            SELECT FROM processes.instance o WHERE o.ticket_id = $2 AND o.client_key = i.client_key
        ) THEN i.client_key || '#' || i.id ELSE i.client_key END
        WHERE i.id = $1
    )
    UPDATE processes.task SET ticket_id = $2 WHERE instance_id = $1
"""
_KEEP: LiteralString = "INSERT INTO processes.merged (merging_id, instance_id, ended) VALUES ($1, $2, $3)"
_KEPT: LiteralString = "SELECT instance_id, ended FROM processes.merged WHERE merging_id = $1 ORDER BY instance_id"


@reactions.within(TicketMerged)
async def go_along(tx: Tx, batch: Sequence[TicketMerged]) -> None:
    """By hand and rare, so one after the other; the action holds both tickets. Costs one look where nothing runs."""
    for event in batch:
        for (instance_id,) in await tx.fetch(_RUNNING, event.ticket_id):
            held = await instances.hold(tx, instance_id)
            if await tx.value(_TAKEN, event.target_id, held.instance.process_id):
                await _give_up(tx, held, event)
            else:
                await _carry(tx, held, event.target_id, Notice(
                    instances.line(held, "joined", ticket=event.ticket_id), event.by_id), event.at)
                await tx.execute(_KEEP, event.merging_id, instance_id, False)


@reactions.within(TicketUnmerged)
async def part_again(tx: Tx, batch: Sequence[TicketUnmerged]) -> None:
    """What went along comes back if it still runs; what cannot is said in the ticket that stands for itself again."""
    for event in batch:
        for instance_id, ended in await tx.fetch(_KEPT, event.merging_id):
            held = await instances.hold(tx, instance_id)
            there = held.instance.ticket_id
            taken = await tx.value(_TAKEN, event.ticket_id, held.instance.process_id)
            if ended or held.instance.state != "running" or taken:
                did = "not_begun_again" if ended else "stays"
                line = instances.line(held, did, ticket=event.target_id if ended else there)
                await instances.tell(tx, event.ticket_id, [Notice(line, event.by_id)], event.at)
                continue
            left = Notice(instances.line(held, "parted", ticket=event.ticket_id), event.by_id)
            await instances.tell(tx, there, [left], event.at)
            await _carry(tx, held, event.ticket_id, Notice(
                instances.line(held, "came_back", ticket=there), event.by_id), event.at)


async def _give_up(tx: Tx, held: Held, event: TicketMerged) -> None:
    """The surviving ticket has the same process already: one goes on, and everybody can read why the other ended."""
    before = open_tasks(held)
    there = f"#{event.target_id}"
    reason = f"工单已合并到 {there}，那里正在走同一流程 / Merged into {there}, where the same process is under way"
    await instances.end(tx, held, "stopped", event.by_id, reason, event.at)
    await tx.execute(_KEEP, event.merging_id, held.instance.id, True)
    held.tasks = []
    line = instances.line(held, "one_goes_on", ticket=event.ticket_id)
    await instances.tell(tx, event.target_id, [Notice(line, event.by_id)], event.at)
    await instances.emit(tx, held, "stopped", before)


async def _carry(tx: Tx, held: Held, ticket_id: int, notice: Notice, at: datetime) -> None:
    """The instance with all its steps belongs to the other ticket from now on, and so does where the matter stands."""
    await tx.execute(_CARRY, held.instance.id, ticket_id)
    carried = await instances.hold(tx, held.instance.id)
    await instances.tell(tx, ticket_id, [notice], at, _stage(carried))
    await instances.emit(tx, carried, "moved", [])
    await instances.emit(tx, held, "moved", [])


def _stage(held: Held) -> Text | None:
    """What the player was told last about where it stands."""
    stages = [step.stage for task in held.tasks if (step := held.design.step(task.step_key)) is not None]
    return next((each for each in reversed(stages) if each is not None), None)
