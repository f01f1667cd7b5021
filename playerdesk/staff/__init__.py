"""The people who answer: who they are and what they may do, their queues, and whether they are there.

Signing in, sessions and presence live here; who gets which ticket is decided above (`routing`), from
`on_duty` and `queues`.
"""

from playerdesk.staff.accounts import suspend
from playerdesk.staff.actions import add_member, add_person, add_queue, place_in_department, set_deputy
from playerdesk.staff.events import PersonChanged, PreferencesChanged, PresenceChanged, QueueChanged
from playerdesk.staff.members import Member, member
from playerdesk.staff.middleware import StaffSession, is_our_page, session_token
from playerdesk.staff.presence import seen, set_presence
from playerdesk.staff.queries import (
    Me,
    OnDuty,
    Person,
    Presence,
    Queue,
    default_queue,
    me,
    on_duty,
    people,
    people_by_id,
    queues,
    vip_pool,
)
from playerdesk.staff.roles import RoleRow, leading_roles, roles
from playerdesk.staff.rules import ALL_PERMISSIONS, PERMISSIONS, SCOPES, Agent, State, permissions_of, same_sight
from playerdesk.staff.scope import Scope, scope_of
from playerdesk.staff.sessions import agent_of, authenticate, still_signed_in
from playerdesk.staff.sign_in import SignedIn, sign_in, sign_out
from playerdesk.staff.teams import Team, team_of

__all__ = [
    "ALL_PERMISSIONS", "PERMISSIONS", "SCOPES", "Agent", "Me", "Member", "OnDuty", "Person", "PersonChanged",
    "PreferencesChanged", "Presence", "PresenceChanged", "Queue", "QueueChanged", "RoleRow", "Scope", "SignedIn",
    "StaffSession", "State", "Team", "add_member", "add_person", "add_queue", "agent_of", "authenticate",
    "default_queue", "is_our_page", "leading_roles", "me", "member", "on_duty", "people", "people_by_id", "permissions_of",
    "place_in_department", "queues", "roles", "same_sight", "scope_of", "seen", "session_token", "set_deputy", "set_presence",
    "sign_in", "sign_out", "still_signed_in", "suspend", "team_of", "vip_pool",
]
