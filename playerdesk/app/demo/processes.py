"""Front, middle and back office of the demo desk, and the processes that lead from one to the next."""

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import Tx
from playerdesk.processes.examples import DEPARTMENTS, examples
from playerdesk.staff import place_in_department

WHERE = {
    "front": ("lin", "zhou", "chen", "wang", "he"), "middle": ("sun", "zhao"), "back": ("qian", "wu"),
}
"""Who stands in which department."""

SUPERIORS = {
    "lin": "zhao", "zhou": "zhao", "chen": "zhao", "wang": "zhao", "he": "zhao", "sun": "zhao", "wu": "qian", "qian": "admin",
    "zhao": "admin",
}
"""Whom a late step goes up to."""

FOR_CATEGORIES = {"refund": "refund_review", "stolen": "stolen_account", "suggestion": "product_suggestion"}
"""Which category begins which process."""


async def seed_processes(tx: Tx, people: dict[str, int]) -> None:
    """Departments, people in them, and the three shipped examples in force."""
    for key, name in DEPARTMENTS.items():
        await publish_body(tx, KINDS, Place("department", "", key), {"name": name}, None)
    for key, logins in WHERE.items():
        for login in logins:
            await place_in_department(tx, people[login], key, people.get(SUPERIORS.get(login, "")))
    for key, body in examples().items():
        await publish_body(tx, KINDS, Place("process", "", key), body, None)
