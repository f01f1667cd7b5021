"""What a player can ask about: the tree of categories, and the short form each one asks her to fill.

`check_fields` decides what of a filled form is kept; nothing is dropped without saying so.
"""

from playerdesk.forms.actions import define_category, retire_category
from playerdesk.forms.events import CategoryDefined
from playerdesk.forms.queries import Category, categories, category_by_id, category_by_key
from playerdesk.forms.rules import Field, Option, check_fields, demand_required

__all__ = [
    "Category", "CategoryDefined", "Field", "Option", "categories", "category_by_id", "category_by_key",
    "check_fields", "define_category", "demand_required", "retire_category",
]
