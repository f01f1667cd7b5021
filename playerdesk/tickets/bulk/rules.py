"""What a bulk change does to one ticket, or why it leaves it alone. Pure."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from playerdesk.kernel import Text
from playerdesk.tickets.rules import OPEN
from playerdesk.tickets.standing import Standing

MOST = 10_000
PIECE = 50
UNDO_WITHIN = timedelta(minutes=10)


class Changes(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be changed; what is left out stays. `assignee_id` null: nobody. `solution` resolves."""

    assignee_id: int | UnsetType | None = UNSET
    queue_id: int | UnsetType = UNSET
    category_id: int | UnsetType = UNSET
    priority: Literal[0, 1, 2, 3] | UnsetType = UNSET
    status: Literal["open", "pending", "hold"] | UnsetType = UNSET
    solution: Annotated[str, msgspec.Meta(max_length=2000)] | UnsetType = UNSET


PERMISSIONS: dict[str, str] = {
    "assignee_id": "tickets.assign", "queue_id": "tickets.reply", "category_id": "tickets.reply",
    "priority": "tickets.reply", "status": "tickets.reply", "solution": "tickets.resolve",
}

WHY: dict[str, Text] = {
    "hidden": Text(zh="不存在，或不在你的查看范围内", en="is not there, or not yours to see"),
    "over": Text(zh="已解决或已关闭", en="is resolved or closed already"),
    "same": Text(zh="已经是这样，无需修改", en="is like this already"),
    "lesson": Text(
        zh="这个分类解决前还要填写原因或必填项，请逐张处理",
        en="needs a cause or a field of its category first; please resolve it by itself",
    ),
    "changed_since": Text(zh="之后又被修改过，保留现状", en="was changed since and stays as it is"),
    "failed": Text(zh="没有成功，请单独处理", en="did not work; please look at it by itself"),
}


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """Why some are left alone, how many, and the first few of them."""

    code: str
    text: Text
    count: int
    ticket_ids: list[int]


class Preview(msgspec.Struct, frozen=True, rename="camel"):
    """What would happen: how many tickets there are, how many change (by what), who is left alone and why."""

    total: int
    changing: int
    by_change: dict[str, int]
    skipped: list[Reason]
    more: bool = False
    """There are more than a bulk change takes; the first 10,000 would be changed."""


def given(changes: Changes) -> dict[str, Any]:
    """The changes that were asked for."""
    return {
        name: value for name in Changes.__struct_fields__ if (value := getattr(changes, name)) is not UNSET
    }


def difference(standing: Standing, changes: Changes) -> dict[str, Any] | str:
    """What of this ticket would be changed, or the code of why nothing is."""
    wanted = given(changes)
    if standing.status not in OPEN:
        # What was solved can still be put into its right category.
        wanted = {name: value for name, value in wanted.items() if name in ("category_id", "priority")}
        if not wanted:
            return "over"
    if "queue_id" in wanted and "assignee_id" not in wanted and standing.assignee_id is not None:
        # Into a queue means: nobody has it any more.
        wanted["assignee_id"] = None
    found = {name: value for name, value in wanted.items() if name == "solution" or getattr(standing, name) != value}
    return found or "same"


KEPT = (
    "assignee_id", "queue_id", "category_id", "priority", "status", "solution", "waiting_since", "resolved_at", "resolved_by",
)
"""What is remembered of a ticket before and after."""
