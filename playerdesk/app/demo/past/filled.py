"""What a player had written into the form of her category, out of the facts of her trouble."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from playerdesk.app.demo.past.game import Asked
from playerdesk.forms import Field, fill, leaves, of_player

# A field's key, and the fact that answers it.
FACTS = {
    "amount": "amount", "order": "order", "match": "match", "item": "item", "lost": "item", "device": "phone_model",
    "code": "code", "reported": "cheater", "child_age": "age", "server": "server_key",
}
OFTEN = 0.82


def filled(definition: Sequence[Field], asked: Asked, dice: Random) -> dict[str, Any]:
    """As the desk keeps it; what does not fit the form is left out, as with a player's own values."""
    fields = of_player(list(definition))
    facts = {**asked.values, "server_key": asked.server}
    given = {
        field.key: value for field in fields
        if (field.required or dice.random() < OFTEN) and (value := _value(field, facts, asked.at, dice)) is not None
    }
    return fill(fields, given, at=asked.at).clean


def _value(field: Field, facts: dict[str, str], at: datetime, dice: Random) -> Any:
    match field.kind:
        case "choice" | "tree":
            return dice.choice(leaves(field.options)).key if field.options else None
        case "choices":
            options = [option.key for option in field.options or ()]
            return dice.sample(options, min(len(options), dice.randint(1, 2)))
        case "datetime":
            return (at - timedelta(minutes=int(facts["minutes"]))).isoformat()
        case "consent":
            return True
        case "date" | "file" | "character" | "purchase":
            return None
        case _:
            return facts.get(FACTS.get(field.key, ""))
