"""The event map of the desk on one page: who reacts, and what runs by itself."""

from datetime import timedelta

from playerdesk.app import needs, player_service, processes, rule_ports, ticket_traces
from playerdesk.audit import jobs as audit_jobs
from playerdesk.brands import jobs as brand_jobs
from playerdesk.channels.game import jobs as game_jobs
from playerdesk.channels.game import webhooks
from playerdesk.insights import jobs as insights_jobs
from playerdesk.kernel import Loop, Reader, Wiring
from playerdesk.kernel.files import Files
from playerdesk.kernel.heartbeat import HEARTBEAT
from playerdesk.kernel.housekeeping import FORGET_EVENTS, files_loop
from playerdesk.kernel.settings import Settings
from playerdesk.players import jobs as player_jobs
from playerdesk.players import reactions as players
from playerdesk.processes import jobs as process_jobs
from playerdesk.processes import merging as process_merging
from playerdesk.processes import used_files as papers_used
from playerdesk.routing import jobs as routing_jobs
from playerdesk.routing import reactions as routing
from playerdesk.rules import calls
from playerdesk.rules import jobs as rule_jobs
from playerdesk.rules import reactions as rules
from playerdesk.sla import escalating, merging, replanning
from playerdesk.sla import jobs as sla_jobs
from playerdesk.sla import reactions as sla
from playerdesk.staff import jobs as staff_jobs
from playerdesk.staff.removing import ask_before_removing
from playerdesk.tickets import jobs as ticket_jobs
from playerdesk.tickets import reactions as tickets
from playerdesk.tickets import used_files
from playerdesk.tickets.craft import snoozing

WIRING = Wiring(
    players.reactions, tickets.reactions, snoozing.reactions, routing.reactions, sla.reactions, merging.reactions,
    escalating.reactions, replanning.reactions, webhooks.reactions, processes.reactions, process_merging.reactions,
    rules.reactions, rule_ports.reactions,
)

for asked in needs.ASKED:
    ask_before_removing(asked)

OUTBOXES = {"push": webhooks.OUTBOX, "call": calls.OUTBOX}
"""Where the desk speaks to other people's servers."""


async def _used_files(reader: Reader, file_ids: list[str]) -> set[str]:
    return await used_files(reader, file_ids) | await papers_used(reader, file_ids)


def loops(settings: Settings, files: Files) -> tuple[Loop, ...]:
    """What every worker looks at again and again."""
    return (
        HEARTBEAT, FORGET_EVENTS, files_loop(files, _used_files), *brand_jobs.LOOPS,
        *staff_jobs.loops(timedelta(seconds=settings.vanish_grace_seconds)), *player_jobs.LOOPS, *ticket_jobs.LOOPS,
        *routing_jobs.LOOPS, *rule_jobs.loops(settings.rules_inside), *sla_jobs.LOOPS, *process_jobs.LOOPS, *game_jobs.LOOPS,
        *insights_jobs.LOOPS, *player_service.LOOPS,
        *ticket_traces.LOOPS, *audit_jobs.loops(settings.data_dir, settings.trace_view_days),
    )
