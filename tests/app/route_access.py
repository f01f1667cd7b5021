"""Who may call each route of the desk, written by hand and not taken from the code: a new route needs a line here."""

ROUTES: dict[str, str] = {
    "articles.decide": """
        GET /agent/v1/proposals
        PUT /agent/v1/proposals/{proposal_id}
    """,
    "audit.read": """
        GET /agent/v1/audit/chain
        GET /agent/v1/audit/export
        GET /agent/v1/audit/traces
        POST /agent/v1/audit/verify
    """,
    "blueprints.edit": """
        GET /agent/v1/blueprints
        GET /agent/v1/blueprints/{kind}
        GET /agent/v1/processes/book
        GET /agent/v1/blueprints/{kind}/{brand}/{key}
        POST /agent/v1/blueprints/{kind}/{brand}/{key}/check
        PUT /agent/v1/blueprints/{kind}/{brand}/{key}/draft
        DELETE /agent/v1/blueprints/{kind}/{brand}/{key}/draft
        GET /agent/v1/blueprints/{kind}/{brand}/{key}/versions/{version}
        GET /agent/v1/service-levels/replans
        POST /agent/v1/service-levels/try
        POST /agent/v1/calendars/year
        GET /agent/v1/categories/{brand}/{key}/use
        POST /agent/v1/tiers/simulate
        POST /agent/v1/rules/dry-run
        GET /agent/v1/rules/fields
        GET /agent/v1/rules/states
        GET /agent/v1/rules/{brand}/{key}/firings
        GET /agent/v1/segments
        GET /agent/v1/segments/fields
        GET /agent/v1/segments/{key}/moves
        POST /agent/v1/segments/try
    """,
    "blueprints.publish": """
        GET /agent/v1/config
        POST /agent/v1/config/import
        POST /agent/v1/config/plan
        GET /agent/v1/presets
        POST /agent/v1/presets/{name}
        POST /agent/v1/categories/{brand}/arrangement
        POST /agent/v1/categories/{brand}/{key}/merge
        POST /agent/v1/blueprints/{kind}/{brand}/{key}/publish
        POST /agent/v1/rules/{brand}/{key}/place
        GET /agent/v1/processes/{brand}/{key}/move
        POST /agent/v1/processes/{brand}/{key}/move
        POST /agent/v1/blueprints/{kind}/{brand}/{key}/retire
        POST /agent/v1/blueprints/{kind}/{brand}/{key}/take-back
    """,
    "board.see": """
        GET /agent/v1/board
    """,
    "game": """
        GET /game/v1/forms
        POST /game/v1/batch
        PUT /game/v1/fields/{source}/{record_id}
        POST /game/v1/tickets/{ticket_id}/signals
    """,
    "players.manager": """
        PUT /agent/v1/players/{player_id}/manager
    """,
    "people.manage": """
        GET /agent/v1/organisation
        POST /agent/v1/people
        PUT /agent/v1/people/{person_id}
        POST /agent/v1/people/{person_id}/forget-factors
        POST /agent/v1/people/{person_id}/link
        POST /agent/v1/people/{person_id}/reactivate
        POST /agent/v1/people/{person_id}/sign-out
        POST /agent/v1/people/{person_id}/suspend
        GET /agent/v1/people/{person_id}/work
        DELETE /agent/v1/roles/{key}
        PUT /agent/v1/roles/{key}
        POST /agent/v1/structure/departments
        POST /agent/v1/structure/teams
        POST /agent/v1/structure/vendors
        DELETE /agent/v1/structure/{kind}/{thing_id}
    """,
    "player": """
        GET /player/v1/forms/{category}
        POST /player/v1/lookups
        GET /player/v1/picks/{kind}
        POST /player/v1/files
        GET /player/v1/session
        GET /player/v1/tickets
        POST /player/v1/tickets
        GET /player/v1/tickets/{ticket_id}
        POST /player/v1/tickets/{ticket_id}/leave
        GET /player/v1/tickets/{ticket_id}/messages
        POST /player/v1/tickets/{ticket_id}/messages
        POST /player/v1/tickets/{ticket_id}/nudge
        GET /player/v1/tickets/{ticket_id}/place
        POST /player/v1/tickets/{ticket_id}/rating
        POST /player/v1/tickets/{ticket_id}/read
        POST /player/v1/tickets/{ticket_id}/reopen
        GET /player/v1/unread
        GET /player/v1/updates
    """,
    "players.edit": """
        POST /agent/v1/players/{player_id}/notes
        PATCH /agent/v1/players/{player_id}/notes/{note_id}
        POST /agent/v1/players/{player_id}/notes/{note_id}/remove
        PUT /agent/v1/players/{player_id}/preferences
        PUT /agent/v1/players/{player_id}/tags/{key}
        DELETE /agent/v1/players/{player_id}/tags/{key}
    """,
    "players.merge": """
        GET /agent/v1/merge-proposals
        POST /agent/v1/merges/{merge_id}/undo
        POST /agent/v1/players/{player_id}/dismiss-proposal
        POST /agent/v1/players/{player_id}/merge
        POST /agent/v1/players/{player_id}/restore-proposal
        GET /agent/v1/players/{player_id}/merge-preview
    """,
    "players.read": """
        GET /agent/v1/player-tags
        GET /agent/v1/players/find
        GET /agent/v1/players/{player_id}
        GET /agent/v1/players/{player_id}/contacts
        GET /agent/v1/players/{player_id}/frames
        GET /agent/v1/players/{player_id}/live-fields
        GET /agent/v1/players/{player_id}/notes/{note_id}/edits
        GET /agent/v1/players/{player_id}/ratings
        POST /agent/v1/players/{player_id}/unmask
    """,
    "processes.steer": """
        POST /agent/v1/processes/instances/{instance_id}/stop
    """,
    "processes.work": """
        GET /agent/v1/tasks
        GET /agent/v1/tasks/count
        GET /agent/v1/tasks/{task_id}
        GET /agent/v1/tasks/{task_id}/picks
        POST /agent/v1/tasks/{task_id}/claim
        POST /agent/v1/tasks/{task_id}/complete
        POST /agent/v1/tasks/{task_id}/escalate
        POST /agent/v1/tasks/{task_id}/hand-back
        POST /agent/v1/tasks/{task_id}/lookups
        POST /agent/v1/tasks/{task_id}/release
        POST /agent/v1/tickets/{ticket_id}/signals
    """,
    "public": """
        GET /files/{file_id}
        GET /healthz
        GET /metrics
        GET /readyz
        GET /agent/v1/demo-accounts
        POST /agent/v1/sign-in
        GET /agent/v1/sign-in/oidc
        GET /agent/v1/sign-in/oidc/callback
        POST /agent/v1/sign-in/passkey
        POST /agent/v1/sign-in/passkey/challenge
        POST /agent/v1/sign-in/second
        GET /agent/v1/sign-in/ways
        POST /agent/v1/welcome
        POST /agent/v1/welcome/password
    """,
    "settings.manage": """
        GET /agent/v1/data-blocks/{brand_id}
        PUT /agent/v1/data-blocks/{brand_id}
        POST /agent/v1/handling/causes
        PUT /agent/v1/handling/practices/{category_id}
        GET /agent/v1/brands/{key}/connection
        POST /agent/v1/brands/{key}/keys
        POST /agent/v1/brands/{key}/keys/{kid}/retire
        PUT /agent/v1/brands/{key}/webhook
    """,
    "staff": """
        GET /agent/v1/tags
        GET /agent/v1/directory
        GET /agent/v1/tiers
        GET /agent/v1/modules
        GET /agent/v1/me
        PATCH /agent/v1/me
        POST /agent/v1/me/challenge
        POST /agent/v1/me/confirm
        POST /agent/v1/me/passkeys
        POST /agent/v1/me/passkeys/challenge
        DELETE /agent/v1/me/passkeys/{passkey_id}
        PUT /agent/v1/me/password
        GET /agent/v1/me/preferences
        PATCH /agent/v1/me/preferences
        PUT /agent/v1/me/presence
        POST /agent/v1/me/recovery-codes
        GET /agent/v1/me/security
        DELETE /agent/v1/me/sessions
        DELETE /agent/v1/me/sessions/{session_id}
        DELETE /agent/v1/me/totp
        POST /agent/v1/me/totp
        POST /agent/v1/me/totp/confirm
        POST /agent/v1/sign-out
        GET /agent/v1/views/fields
    """,
    "tickets.assign": """
        POST /agent/v1/tickets/{ticket_id}/assign
    """,
    "tickets.bulk": """
        POST /agent/v1/bulk
        POST /agent/v1/bulk/preview
        GET /agent/v1/bulk/{bulk_id}
        POST /agent/v1/bulk/{bulk_id}/cancel
        POST /agent/v1/bulk/{bulk_id}/undo
    """,
    "tickets.export": """
        POST /agent/v1/exports
        GET /agent/v1/exports/columns
        GET /agent/v1/exports/{export_id}
        POST /agent/v1/exports/{export_id}/cancel
        GET /agent/v1/exports/{export_id}/file
    """,
    "tickets.merge": """
        POST /agent/v1/tickets/{ticket_id}/merge
        POST /agent/v1/tickets/{ticket_id}/split
        POST /agent/v1/tickets/{ticket_id}/unmerge
    """,
    "tickets.read": """
        GET /agent/v1/tickets/{ticket_id}/form
        POST /agent/v1/tickets/{ticket_id}/lookups
        GET /agent/v1/tickets/{ticket_id}/firings
        GET /agent/v1/counters
        GET /agent/v1/tickets/{ticket_id}/due
        GET /agent/v1/followed
        GET /agent/v1/handling
        GET /agent/v1/mentions
        POST /agent/v1/mentions/read
        GET /agent/v1/moments
        POST /agent/v1/search
        POST /agent/v1/search/count
        GET /agent/v1/sides
        GET /agent/v1/sides/{side_id}
        POST /agent/v1/sides/{side_id}/close
        POST /agent/v1/sides/{side_id}/messages
        POST /agent/v1/sides/{side_id}/people
        POST /agent/v1/sides/{side_id}/read
        POST /agent/v1/sides/{side_id}/reopen
        GET /agent/v1/tickets
        GET /agent/v1/tickets/{ticket_id}
        GET /agent/v1/tickets/{ticket_id}/craft
        GET /agent/v1/tickets/{ticket_id}/entries
        GET /agent/v1/tickets/{ticket_id}/processes
        POST /agent/v1/tickets/{ticket_id}/entries/{seq}/translation
        DELETE /agent/v1/tickets/{ticket_id}/follow
        PUT /agent/v1/tickets/{ticket_id}/follow
        POST /agent/v1/tickets/{ticket_id}/follow/seen
        POST /agent/v1/tickets/{ticket_id}/read
        POST /agent/v1/tickets/{ticket_id}/visits
        GET /agent/v1/views
        POST /agent/v1/views
        POST /agent/v1/views/count
        PUT /agent/v1/views/first
        DELETE /agent/v1/views/{view_id}
        GET /agent/v1/views/{view_id}
        PUT /agent/v1/views/{view_id}
        GET /agent/v1/views/{view_id}/groups
    """,
    "tickets.reply": """
        POST /agent/v1/tickets/{ticket_id}/processes
        PATCH /agent/v1/tickets/{ticket_id}/fields
        POST /agent/v1/tickets/{ticket_id}/tags
        POST /agent/v1/files
        GET /agent/v1/macros
        POST /agent/v1/macros
        DELETE /agent/v1/macros/{macro_id}
        PUT /agent/v1/macros/{macro_id}
        POST /agent/v1/tickets/next
        PATCH /agent/v1/tickets/{ticket_id}
        POST /agent/v1/tickets/{ticket_id}/checklist
        DELETE /agent/v1/tickets/{ticket_id}/checklist/{step_id}
        PATCH /agent/v1/tickets/{ticket_id}/checklist/{step_id}
        PUT /agent/v1/tickets/{ticket_id}/drafts/{kind}
        POST /agent/v1/tickets/{ticket_id}/efforts
        DELETE /agent/v1/tickets/{ticket_id}/efforts/{client_key}
        POST /agent/v1/tickets/{ticket_id}/hand-off
        POST /agent/v1/tickets/{ticket_id}/held-replies
        POST /agent/v1/tickets/{ticket_id}/held-replies/{key}/now
        POST /agent/v1/tickets/{ticket_id}/held-replies/{key}/undo
        POST /agent/v1/tickets/{ticket_id}/links
        DELETE /agent/v1/tickets/{ticket_id}/links/{kind}/{to_id}
        POST /agent/v1/tickets/{ticket_id}/macros/{macro_id}
        POST /agent/v1/tickets/{ticket_id}/macros/{macro_id}/inserted
        POST /agent/v1/tickets/{ticket_id}/notes
        POST /agent/v1/tickets/{ticket_id}/replies
        POST /agent/v1/tickets/{ticket_id}/sides
        POST /agent/v1/tickets/{ticket_id}/snooze
        POST /agent/v1/tickets/{ticket_id}/take
        GET /agent/v1/writing
    """,
    "tickets.resolve": """
        POST /agent/v1/tickets/{ticket_id}/proposals
        POST /agent/v1/tickets/{ticket_id}/reopen
        POST /agent/v1/tickets/{ticket_id}/resolve
    """,
}
"""Permission, or public, staff (everybody signed in), player, game → its routes."""

EXPECTED: dict[str, str] = {line.strip(): access for access, lines in ROUTES.items() for line in lines.split("\n") if line.strip()}
