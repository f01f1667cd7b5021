"""Several accounts, one person: who heads her, and whose manager and preferences count. Pure.

Nothing is ever moved. Each merge in force is an edge from the account that was merged to the one that heads
the person; heads, managers and preferences follow from the edges, so any edge may be taken back in any order.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

Pick = Literal["manager", "preferences"]


class Edge(msgspec.Struct, frozen=True):
    """A merge in force: `merged_id`, a head until then, stands under `kept_id` since."""

    id: int
    kept_id: int
    merged_id: int
    manager_from_merged: bool
    preferences_from_merged: bool


def heads(ids: Iterable[int], edges: Iterable[Edge]) -> dict[int, int]:
    """The head of each account."""
    above = {edge.merged_id: edge.kept_id for edge in edges}
    found: dict[int, int] = {}
    for each in ids:
        head, steps = each, 0
        while head in above and steps <= len(above):
            head, steps = above[head], steps + 1
        found[each] = head
    return found


def source(head: int, edges: Sequence[Edge], pick: Pick) -> int:
    """The account whose manager (or preferences) the person under this head has: the newest choice counts."""
    name = f"{pick}_from_merged"
    chosen = max(
        (edge for edge in edges if edge.kept_id == head and getattr(edge, name)), key=lambda edge: edge.id, default=None
    )
    return head if chosen is None else source(chosen.merged_id, edges, pick)


def managers(ids: Sequence[int], edges: Sequence[Edge], own: Mapping[int, int | None]) -> dict[int, int | None]:
    """The manager every account of these persons has, from what each had or was given for itself."""
    head_of = heads(ids, edges)
    of_head = {head: own.get(source(head, edges, "manager")) for head in set(head_of.values())}
    return {each: of_head[head_of[each]] for each in ids}
