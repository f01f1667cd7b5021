"""How the desk works, as documents: drafted, checked, published, compared, taken back, written out as text.

Categories, forms, processes, rules, targets, tiers and brands are all `Kind`s. A kind says what is wrong with a body,
makes a published one true in its own tables, and reads back what is true now; everything else is here and the same for
all: drafts that tell two editors of each other, versions, one-click back, traces, and the text files.
"""

from playerdesk.blueprints.actions import (
    Unfit,
    adopt,
    change_draft,
    discard_draft,
    publish,
    publish_body,
    retire,
    take_back,
)
from playerdesk.blueprints.comparing import Difference, differences
from playerdesk.blueprints.events import BlueprintChanged
from playerdesk.blueprints.kinds import Asked, Kind, Kinds, Living, Mention, Place, Problem, Published, body_of
from playerdesk.blueprints.needs import Need, asked_about, needed_by
from playerdesk.blueprints.queries import (
    Blueprint,
    BlueprintState,
    BlueprintVersion,
    blueprint,
    blueprints,
    published_body,
    version_body,
)

__all__ = [
    "Asked",
    "Blueprint",
    "BlueprintChanged",
    "BlueprintState",
    "BlueprintVersion",
    "Difference",
    "Kind",
    "Kinds",
    "Living",
    "Mention",
    "Need",
    "Place",
    "Problem",
    "Published",
    "Unfit",
    "adopt",
    "asked_about",
    "blueprint",
    "blueprints",
    "body_of",
    "change_draft",
    "differences",
    "discard_draft",
    "needed_by",
    "publish",
    "publish_body",
    "published_body",
    "retire",
    "take_back",
    "version_body",
]
