"""A player's need: the ticket, the live sessions in it, and one timeline of all that was said and done.

Commands lock, decide (pure, in `rules`) and save; every change is an event with the facts after it.
Reads are rows ready to show. Whoever decides (routing, sla, surveys, channels) stands above.
"""

from playerdesk.tickets.assignment import Assignment, assign, assign_many, put_in_queue
from playerdesk.tickets.chats import Wait, end_chats, expected_seconds, wait_of
from playerdesk.tickets.contacts import contacts
from playerdesk.tickets.craft.events import TicketMerged, TicketUnmerged
from playerdesk.tickets.craft.merging import goes_on_in
from playerdesk.tickets.deeds import Deed, Outcome, carry_out
from playerdesk.tickets.events import (
    ChatAccepted,
    ChatEnded,
    ChatStarted,
    DueChanged,
    FirstTarget,
    MessagePosted,
    MessagesRead,
    NoteAdded,
    PublicTicketEvent,
    StageTold,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketEvent,
    TicketNoticed,
    TicketOpened,
    TicketQueued,
    TicketReopened,
    TicketResolved,
    WhatIsDue,
)
from playerdesk.tickets.fields import asking_by_itself, asking_of, ticket_fields
from playerdesk.tickets.handling import (
    Due,
    add_changes,
    change_ticket,
    close,
    escalate,
    mark_read,
    record_rating,
    reopen,
    resolve,
    set_due,
)
from playerdesk.tickets.messages import Post, Posted, post_messages
from playerdesk.tickets.opening import Opened, OpenTicket, open_tickets
from playerdesk.tickets.placing import put_in_place, raise_priority
from playerdesk.tickets.plain import plain_text
from playerdesk.tickets.queries import (
    Count,
    Detail,
    Entry,
    Load,
    TicketRow,
    counts,
    detail,
    details,
    entries_at,
    entry,
    loads,
    of_player,
    player_unread,
    row,
    rows,
    timeline,
    used_files,
    visible_entries,
)
from playerdesk.tickets.recent import told_entries
from playerdesk.tickets.rules import HEAD_START_SECONDS, OPEN, TEXT_LENGTH, preview_of
from playerdesk.tickets.saved_views import (
    SavedView,
    ViewChanged,
    ViewWish,
    begin_with,
    change_view,
    check_sort,
    delete_view,
    first_view,
    keep_view,
    opened,
    view_of,
    views_of,
)
from playerdesk.tickets.shown import shown
from playerdesk.tickets.standing import Standing, facts, lock, lock_one, standings
from playerdesk.tickets.tags import LONGEST_TAG, MOST_TAGS
from playerdesk.tickets.telling import Notice, tell
from playerdesk.tickets.views import Filter, Page, page
from playerdesk.tickets.walking import SORTS, Walk, Walked, fits, groups, members, scope_sql, walk_page
from playerdesk.tickets.writers import Writers

__all__ = [
    "HEAD_START_SECONDS", "LONGEST_TAG", "MOST_TAGS", "OPEN", "SORTS", "TEXT_LENGTH", "Assignment", "ChatAccepted",
    "ChatEnded", "ChatStarted", "Count", "Deed", "Detail", "Due", "DueChanged", "Entry", "Filter", "FirstTarget",
    "Load", "MessagePosted", "MessagesRead", "NoteAdded", "Notice", "OpenTicket", "Opened", "Outcome", "Page", "Post",
    "Posted", "PublicTicketEvent", "SavedView", "StageTold", "Standing", "TicketAssigned", "TicketChanged",
    "TicketClosed", "TicketEvent", "TicketMerged", "TicketNoticed", "TicketOpened", "TicketQueued", "TicketReopened",
    "TicketResolved", "TicketRow", "TicketUnmerged", "ViewChanged", "ViewWish", "Wait", "Walk", "Walked", "WhatIsDue",
    "Writers", "add_changes", "asking_by_itself", "asking_of", "assign", "assign_many", "begin_with", "carry_out",
    "change_ticket", "change_view", "check_sort", "close", "contacts", "counts", "delete_view", "detail", "details",
    "end_chats", "entries_at", "entry", "escalate", "expected_seconds", "facts", "first_view", "fits", "goes_on_in",
    "groups", "keep_view", "loads", "lock", "lock_one", "mark_read", "members", "of_player", "open_tickets", "opened",
    "page", "plain_text", "player_unread", "post_messages", "preview_of", "put_in_place", "put_in_queue",
    "raise_priority", "record_rating", "reopen", "resolve", "row", "rows", "scope_sql", "set_due", "shown", "standings",
    "tell", "ticket_fields", "timeline", "told_entries", "used_files", "view_of", "views_of", "visible_entries",
    "wait_of", "walk_page",
]
