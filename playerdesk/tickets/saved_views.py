"""Views that people keep: whose they are, what they show, and what of them has vanished since."""

from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Event, Forbidden, NotFound, Reader, Rejected, Text, Tx, clean_line, now
from playerdesk.kernel.conditions import Asking, Gone, Node, fix, leaves, read, read_what_is_left
from playerdesk.kernel.http import NOT_YOURS
from playerdesk.staff import Agent, queues, team_of
from playerdesk.tickets.fields import asking_of, ticket_fields
from playerdesk.tickets.walking import SORTS, fits

Audience = Literal["personal", "queue", "everybody"]
SortName = Literal["rank", "waiting_since", "due", "last_message", "priority", "created", "resolved"]
Grouping = Literal["status", "priority", "tier", "queue", "assignee", "category", "channel"]
Column = Literal[
    "player", "subject", "due", "wait", "status", "assignee", "category", "queue", "priority", "channel", "created", "updated",
    "server", "rating", "number", "brand",
]
MOST_VIEWS = 200


class ViewWish(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A view as somebody wants it."""

    name: str
    audience: Audience = "personal"
    queue_id: int | None = None
    icon: str = "list-filter"
    color: Literal["blue", "green", "amber", "red", "violet", "slate"] | None = None
    condition: dict[str, Any]
    columns: tuple[Column, ...] = ("player", "subject", "due", "wait", "status", "assignee")
    sort: SortName = "rank"
    descending: bool = False
    grouping: Grouping | None = None
    position: int = 0


class SavedView(msgspec.Struct, frozen=True, rename="camel"):
    """A view that is kept."""

    id: int
    owner_id: int
    audience: Audience
    queue_id: int | None
    name: str
    icon: str
    color: str | None
    condition: dict[str, Any]
    columns: list[str]
    sort: SortName
    descending: bool
    grouping: Grouping | None
    position: int
    version: int
    updated_at: datetime


class ViewChanged(Event, frozen=True):
    """A view was made, changed or deleted; `queue_id` and `owner_id` say who sees it."""

    view_id: int
    audience: str
    owner_id: int
    queue_id: int | None

    def topics(self) -> list[str]:
        """Personal ones concern her screens alone."""
        return [f"agent:{self.owner_id}"] if self.audience == "personal" else ["staff"]


_COLUMNS: LiteralString = (
    "id, owner_id, audience, queue_id, name, icon, color, condition, columns, sort, descending, grouping, position, version,"
    " updated_at"
)
NO_SUCH = Text(zh="没有找到这个视图，可能已被删除。", en="There is no such view; it may have been deleted.")


async def views_of(reader: Reader, agent: Agent) -> list[SavedView]:
    """The views somebody has: her own, her queues', everybody's; in that order."""
    return await reader.rows(
        SavedView,
        f"SELECT {_COLUMNS} FROM tickets.view WHERE deleted_at IS NULL AND (audience = 'everybody'"
        " OR owner_id = $1 OR (audience = 'queue' AND queue_id = ANY ($2::bigint[])))"
        " ORDER BY audience = 'everybody', audience = 'queue', position, id LIMIT $3",
        agent.id, (await team_of(reader, agent.id)).queue_ids, MOST_VIEWS,
    )


async def view_of(reader: Reader, agent: Agent, view_id: int) -> SavedView:
    """One of them; not found, when it is not hers to see."""
    for view in await views_of(reader, agent):
        if view.id == view_id:
            return view
    raise NotFound("no_such_view", NO_SUCH)


async def first_view(reader: Reader, person_id: int) -> int | None:
    """The view she begins with."""
    return await reader.value(
        "SELECT f.view_id FROM tickets.first_view f JOIN tickets.view v ON v.id = f.view_id AND v.deleted_at IS NULL"
        " WHERE f.person_id = $1", person_id,
    )


async def begin_with(tx: Tx, agent: Agent, view_id: int | None) -> None:
    """She begins with this view from now on, or with her own work."""
    if view_id is None:
        await tx.execute("DELETE FROM tickets.first_view WHERE person_id = $1", agent.id)
        return
    await view_of(tx, agent, view_id)
    await tx.execute(
        "INSERT INTO tickets.first_view (person_id, view_id) VALUES ($1, $2)"
        " ON CONFLICT (person_id) DO UPDATE SET view_id = excluded.view_id", agent.id, view_id,
    )


# -- changing


async def keep_view(tx: Tx, agent: Agent, wish: ViewWish, client_key: str) -> SavedView:
    """Keep a new view; sent twice, it is kept once."""
    name = await _check(tx, agent, wish)
    count = await tx.value("SELECT count(*) FROM tickets.view WHERE owner_id = $1 AND deleted_at IS NULL", agent.id)
    if count >= MOST_VIEWS:
        raise Rejected("too_many_views", Text(
            zh=f"视图最多 {MOST_VIEWS} 个，请先删除不用的。", en=f"At most {MOST_VIEWS} views; please delete some first."
        ))
    view_id = await tx.value(
        "INSERT INTO tickets.view (owner_id, audience, queue_id, name, icon, color, condition, columns, sort, descending,"
        " grouping, position, client_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT (owner_id, client_key) DO NOTHING RETURNING id", agent.id, *_values(wish, name), client_key,
    )
    if view_id is None:
        again = await tx.value("SELECT id FROM tickets.view WHERE owner_id = $1 AND client_key = $2", agent.id, client_key)
        return await view_of(tx, agent, again)
    return await _tell(tx, agent, "view.made", view_id, None)


async def change_view(tx: Tx, agent: Agent, view_id: int, wish: ViewWish, version: int) -> SavedView:
    """Change a view; refused when a colleague has changed it since it was read."""
    before = await _to_change(tx, agent, view_id)
    if before.version != version:
        raise Conflict("view_changed", Text(
            zh="这个视图刚刚被修改过，请查看最新内容后再改。",
            en="This view has just been changed. Look at it again before you change it.",
        ), extra={"version": before.version})
    name = await _check(tx, agent, wish)
    await tx.execute(
        "UPDATE tickets.view SET audience = $2, queue_id = $3, name = $4, icon = $5, color = $6, condition = $7, columns = $8,"
        " sort = $9, descending = $10, grouping = $11, position = $12, version = version + 1, updated_at = $13 WHERE id = $1",
        view_id, *_values(wish, name), now(),
    )
    if before.audience == "personal" != wish.audience or before.queue_id != wish.queue_id:
        # Those who saw it before are told too.
        await tx.emit(ViewChanged(view_id=view_id, audience=before.audience, owner_id=before.owner_id, queue_id=before.queue_id))
    return await _tell(tx, agent, "view.changed", view_id, before)


async def delete_view(tx: Tx, agent: Agent, view_id: int) -> None:
    """Nobody has it any more."""
    before = await _to_change(tx, agent, view_id)
    await tx.execute("UPDATE tickets.view SET deleted_at = $2 WHERE id = $1", view_id, now())
    await record(tx, Trace(actor_id=agent.id, action="view.deleted", kind="view", object_id=str(view_id), before=before))
    await tx.emit(ViewChanged(view_id=view_id, audience=before.audience, owner_id=before.owner_id, queue_id=before.queue_id))


async def _to_change(tx: Tx, agent: Agent, view_id: int) -> SavedView:
    await tx.execute("SELECT FROM tickets.view WHERE id = $1 FOR UPDATE", view_id)
    before = await view_of(tx, agent, view_id)
    if before.audience != "personal" and "views.share" not in agent.permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "views.share"})
    return before


async def _tell(tx: Tx, agent: Agent, action: str, view_id: int, before: SavedView | None) -> SavedView:
    after = await tx.row(SavedView, f"SELECT {_COLUMNS} FROM tickets.view WHERE id = $1", view_id)
    assert after is not None
    await record(tx, Trace(
        actor_id=agent.id, action=action, kind="view", object_id=str(view_id), before=before, after=after
    ))
    await tx.emit(ViewChanged(view_id=view_id, audience=after.audience, owner_id=after.owner_id, queue_id=after.queue_id))
    return after


def _values(wish: ViewWish, name: str) -> tuple[Any, ...]:
    return (
        wish.audience, wish.queue_id if wish.audience == "queue" else None, name, clean_line(wish.icon)[:40] or "list-filter",
        wish.color, wish.condition, list(wish.columns), wish.sort, wish.descending, wish.grouping, wish.position,
    )


async def _check(tx: Tx, agent: Agent, wish: ViewWish) -> str:
    name = clean_line(wish.name)[:60]
    if not name:
        raise _refuse("name", "请给视图起个名字。", "Please give the view a name.")
    if not wish.columns or len(set(wish.columns)) != len(wish.columns):
        raise _refuse("columns", "请至少选择一列，且不要重复。", "Choose at least one column, and none twice.")
    if abs(wish.position) > 1_000_000:
        raise _refuse("position", "位置超出范围。", "The position is out of range.")
    if wish.audience != "personal" and "views.share" not in agent.permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "views.share"})
    if wish.audience == "queue":
        known = {queue.id for queue in await queues(tx)}
        if wish.queue_id not in known:
            raise _refuse("queueId", "请选择这个视图属于哪个队列。", "Choose the queue this view belongs to.")
    node = read(wish.condition, await ticket_fields(tx))
    missing = await vanished(tx, node)
    if missing:
        raise _refuse(missing[0].place or "condition", missing[0].why.zh, missing[0].why.en)
    check_sort(wish.sort, node, await asking_of(tx, agent.id))
    if wish.descending and not SORTS[wish.sort].both_ways:
        raise _refuse("descending", "这种排序只有一个方向。", "This order has one direction only.")
    return name


def check_sort(sort: str, node: Node, asking: Asking) -> None:
    """Refuses an order that has no index for this condition, or that nobody can choose."""
    if sort not in SORTS or SORTS[sort].own:
        raise _refuse("sort", "没有这种排序。", "There is no such order.")
    if not fits(sort, fix(node, asking)):
        raise _refuse(
            "sort", "这种排序只用于未解决的工单：请加上条件“状态 属于 新建/处理中/等待玩家/挂起”，或改按创建时间、解决时间排序。",
            "This order is for tickets that are open: add the condition “status in new, open, pending, hold”,"
            " or sort by created or resolved.",
        )


def _refuse(field: str, zh: str, en: str) -> Rejected:
    text = Text(zh=zh, en=en)
    return Rejected("bad_view", text, fields={field: text})


# -- what has vanished


async def opened(reader: Reader, view: SavedView) -> tuple[Node, list[Gone]]:
    """The condition of a kept view, and what of it makes no sense any more.

    A comparison with a field that is gone is left out (`why` says so); one with a queue, category or person that is gone
    stays, and finds the tickets that still have it.
    """
    fields = await ticket_fields(reader)
    node, gone = read_what_is_left(view.condition, fields)
    return node, [*gone, *await vanished(reader, node)]


async def vanished(reader: Reader, node: Node) -> list[Gone]:
    """Comparisons with things that are not there any more."""
    found: list[Gone] = []
    for kind, (table, zh, en) in _THINGS.items():
        asked = [leaf for leaf in leaves(node) if leaf.field.kind == kind]
        ids = sorted({value for leaf in asked for value in leaf.values if isinstance(value, int) and not isinstance(value, bool)})
        if not ids:
            continue
        here = {row[0] for row in await reader.fetch(table, ids)}
        for leaf in asked:
            lost = [value for value in leaf.values if isinstance(value, int) and value in set(ids) - here]
            if lost:
                found.append(Gone(leaf.place, leaf.field.name, Text(
                    zh=f"{zh}已不存在或已停用（编号 {lost[0]}），只会找到仍属于它的工单。",
                    en=f"{en} is gone or retired (number {lost[0]}); only tickets that still have it are found.",
                )))
    return found


_THINGS: dict[str, tuple[LiteralString, str, str]] = {
    "queue": ("SELECT id FROM staff.queue WHERE id = ANY ($1::bigint[])", "队列", "The queue"),
    "category": (
        "SELECT id FROM forms.category WHERE id = ANY ($1::bigint[]) AND retired_at IS NULL", "分类", "The category",
    ),
    "person": ("SELECT id FROM staff.person WHERE id = ANY ($1::bigint[]) AND suspended_at IS NULL", "同事", "The colleague"),
    "brand": ("SELECT id FROM brands.brand WHERE id = ANY ($1::bigint[])", "品牌", "The brand"),
}
