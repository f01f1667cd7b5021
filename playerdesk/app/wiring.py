"""The event map of the desk on one page: who reacts, and what runs by itself."""

from playerdesk.brands import jobs as brand_jobs
from playerdesk.channels.game import jobs as game_jobs
from playerdesk.channels.game import webhooks
from playerdesk.insights import jobs as insights_jobs
from playerdesk.kernel import Loop, Wiring
from playerdesk.players import jobs as player_jobs
from playerdesk.routing import jobs as routing_jobs
from playerdesk.routing import reactions as routing
from playerdesk.sla import jobs as sla_jobs
from playerdesk.sla import reactions as sla
from playerdesk.staff import jobs as staff_jobs
from playerdesk.tickets import jobs as ticket_jobs

WIRING = Wiring(routing.reactions, sla.reactions, webhooks.reactions)

LOOPS: tuple[Loop, ...] = (
    *brand_jobs.LOOPS, *staff_jobs.LOOPS, *player_jobs.LOOPS, *ticket_jobs.LOOPS, *routing_jobs.LOOPS,
    *sla_jobs.LOOPS, *game_jobs.LOOPS, *insights_jobs.LOOPS,
)
