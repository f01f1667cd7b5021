"""Fill whatever form the desk shows: fields are data, so values follow their kind and key."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from demogame import texts
from demogame.records import stamp
from demogame.texts import Facts
from demogame.views import Field

# Words in a field's key, and the fact that answers it.
KEYS = (
    (("order", "trade", "transaction", "receipt"), "order"),
    (("match", "round", "game_id", "battle"), "match"),
    (("server", "zone"), "server"),
    (("role", "character", "nick"), "role"),
    (("code",), "code"),
    (("item", "lost", "missing"), "item"),
    (("product", "goods", "pack"), "product"),
    (("error",), "error"),
    (("device", "phone_model", "model"), "phone_model"),
    (("suspect", "cheat", "offender", "reported", "target"), "cheater"),
    (("event", "activity"), "event"),
    (("quest", "task"), "quest"),
    (("city", "place"), "city"),
)


PICKED = ("server", "character", "purchase")


def fill_fields(
    rng: Random, fields: list[Field], facts: Facts, picks: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Return values by field key; optional fields are left out now and then, those with a condition always.

    `picks` are the keys of what is hers, by kind of field.
    """
    hers = picks or {}
    return {
        f.key: rng.choice(hers[f.kind]) if f.kind in PICKED else _value(rng, f, facts)
        for f in fields
        if (f.required or (f.show is None and rng.random() < 0.8)) and _can(f, hers)
    }


def _can(field: Field, hers: dict[str, list[str]]) -> bool:
    if field.kind in PICKED:
        return bool(hers.get(field.kind))
    return field.kind != "file" and (field.kind not in ("choice", "choices", "tree") or bool(field.options))


def _value(rng: Random, field: Field, facts: Facts) -> Any:
    match field.kind:
        case "choice" | "tree":
            chosen = rng.choice(field.options or [])
            while chosen.options:
                chosen = rng.choice(chosen.options)
            return chosen.key
        case "choices":
            options = field.options or []
            return [each.key for each in rng.sample(options, rng.randint(1, min(3, len(options))))]
        case "money":  # money is sent in minor units everywhere
            digits = facts.values["amount"].lstrip("$").replace(",", "")
            return round(float(digits) * 100)
        case "number":
            return int(facts.values["age"] if "age" in field.key else facts.values["minutes"])
        case "datetime":
            return stamp(datetime.now(UTC) - timedelta(minutes=int(facts.values["minutes"])))
        case _ if field.kind in ("consent", "date"):
            return field.kind == "consent" or datetime.now(UTC).date().isoformat()
        case _:
            return _text(rng, field.key.lower(), facts)


def _text(rng: Random, key: str, facts: Facts) -> str:
    if any(word in key for word in ("contact", "mobile", "phone", "tel")) and "model" not in key:
        return f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    if "mail" in key:
        return f"player{rng.randrange(10_000)}@example.com"
    for words, fact in KEYS:
        if any(word in key for word in words):
            return facts.values[fact]
    return texts.say(rng, facts, "field")
