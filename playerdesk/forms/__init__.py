"""What a player can ask about: the tree of categories, and the forms they ask her to fill.

A form has versions that never change; a ticket knows with which one it was filled. `fill` decides what of a filled form
is kept and what has to be said about the rest; nothing is dropped without saying so. `FormKind` and `CategoryKind` are
how people design them. A category's `process_key` names the process that begins with a ticket of it.
"""

from playerdesk.forms.actions import define_category, define_form, retire_category
from playerdesk.forms.blueprint import CategoryKind, FormKind
from playerdesk.forms.checking import problems_of as field_problems
from playerdesk.forms.events import CategoryDefined, FormDefined
from playerdesk.forms.queries import (
    Category,
    FormVersion,
    categories,
    category_by_id,
    category_by_key,
    form_version,
    merged_categories,
)
from playerdesk.forms.rules import Filled, check_fields, demand_required, fill, refuse_incomplete
from playerdesk.forms.schemas import json_schema
from playerdesk.forms.shapes import Article, Field, Option, leaves, of_player

__all__ = [
    "Article", "Category", "CategoryDefined", "CategoryKind", "Field", "Filled", "FormDefined", "FormKind", "FormVersion",
    "Option", "categories", "category_by_id", "category_by_key", "check_fields", "define_category", "define_form",
    "demand_required", "field_problems", "fill", "form_version", "json_schema", "leaves", "merged_categories", "of_player",
    "refuse_incomplete", "retire_category",
]
