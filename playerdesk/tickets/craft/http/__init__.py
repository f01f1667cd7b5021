"""The routes of craft; thin, as everywhere."""

from playerdesk.tickets.craft.http import lessons_http, side_http, tags_http, ticket_http, work_http

ROUTES = [*ticket_http.ROUTES, *work_http.ROUTES, *side_http.ROUTES, *lessons_http.ROUTES, *tags_http.ROUTES]
