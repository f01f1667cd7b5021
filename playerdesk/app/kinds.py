"""Every kind of document that can be designed, on one page; whoever brings one adds it here."""

from playerdesk.blueprints import Kinds
from playerdesk.brands.blueprint import BrandKind
from playerdesk.channels.blueprint import ChannelDoorsKind
from playerdesk.forms import CategoryKind, FormKind
from playerdesk.players.blueprint import TierModelKind
from playerdesk.players.segments.blueprints import KINDS as PLAYER_KINDS
from playerdesk.processes import Processes
from playerdesk.rules.blueprint import RuleKind
from playerdesk.sla.blueprints import CalendarKind, ServiceLevelKind
from playerdesk.staff import blueprints as staff

KINDS = Kinds((
    BrandKind(), *staff.KINDS, FormKind(), CategoryKind(), CalendarKind(), ServiceLevelKind(), Processes(), TierModelKind(),
    ChannelDoorsKind(), RuleKind(),
    *PLAYER_KINDS,
))
