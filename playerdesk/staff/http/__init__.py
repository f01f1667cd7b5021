"""The routes of people: the door, one's own security, single sign-on, and the tree."""

from typing import Any

from playerdesk.staff.http import door, organisation, own_security, sso

ROUTES: list[Any] = [*door.ROUTES, *sso.ROUTES, *own_security.ROUTES, *organisation.ROUTES]
