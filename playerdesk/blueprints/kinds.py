"""What can be designed, and what a package must answer about it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal, TypeVar, cast

import msgspec

from playerdesk.kernel import NotFound, Reader, Text, Tx

Body = dict[str, Any]
S = TypeVar("S", bound=msgspec.Struct)

NO_KIND = Text(zh="没有这种配置。", en="There is no such kind of setting.")


class Place(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """Which document is meant. `brand_key` is empty for one of every brand."""

    kind: str
    brand_key: str
    key: str

    @property
    def name(self) -> str:
        """As text files name it: `starfall/payment`, or `payment` for every brand."""
        return f"{self.brand_key}/{self.key}" if self.brand_key else self.key


class Problem(msgspec.Struct, frozen=True):
    """Something wrong in a body. `place` is the way to it: "fields.2.options.0.key"; "" means the whole."""

    place: str
    message: Text
    severity: Literal["error", "warning"] = "error"


class Mention(msgspec.Struct, frozen=True):
    """A body needs something else: a queue, a form, a department … `place` is where it says so.

    Not `required`: it is only asked about; it may be missing, but what is there cannot be taken out of use unnoticed.
    """

    kind: str
    key: str
    place: str
    required: bool = True


class Living(msgspec.Struct, frozen=True):
    """What is true now, as the domain's own tables say it."""

    brand_key: str
    key: str
    body: Body


class Asked(msgspec.Struct, frozen=True):
    """A body to be checked, and what it is to become."""

    place: Place
    body: Body


class Published(msgspec.Struct, frozen=True):
    """A body that is to be true from now on, in this transaction."""

    place: Place
    body: Body
    version: int
    by_id: int | None


class Kind:
    """One kind of document. Bodies are JSON objects that name everything by keys, never by numbers.

    The contract, tested for every kind: after `apply(published)` the domain's `living` gives back exactly that body
    for that place; so `normal` brings a body into the one shape it is kept in: usually `body_of(msgspec.convert(body, Shape))`.
    """

    name: ClassVar[str]
    label: ClassVar[Text]
    after: ClassVar[tuple[str, ...]] = ()
    """Kinds whose keys its bodies mention: those are published first when many come at once."""
    branded: ClassVar[bool] = True
    """Whether one may belong to a single brand."""
    common: ClassVar[bool] = True
    """Whether one may belong to every brand."""

    def title(self, place: Place, body: Body) -> Text:
        """What people call it."""
        name = body.get("name")
        if isinstance(name, dict) and isinstance(name.get("zh"), str):
            return Text(name["zh"], name.get("en") or name["zh"])
        return Text(place.key, place.key)

    def normal(self, body: Body) -> Body:
        """The one shape it is kept in. `msgspec.ValidationError` when it is no body of this kind at all."""
        return body

    def mentions(self, body: Body) -> list[Mention]:
        """What else a normal body needs. Missing ones are problems, and what is needed cannot be retired."""
        return []

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        """Everything that is wrong with a normal body, each at its place; warnings do not hinder publishing."""
        raise NotImplementedError

    async def apply(self, tx: Tx, published: Published) -> None:
        """Make it true, in the domain's own tables. It has been checked in this transaction."""
        raise NotImplementedError

    async def retire(self, tx: Tx, place: Place) -> None:
        """Take it out of use; old tickets keep it. `Conflict` when something still needs it."""
        raise NotImplementedError

    async def names(self, reader: Reader) -> set[tuple[str, str]]:
        """What may be mentioned: brand key and key of all that is true, and of what goes on under another name."""
        return {(each.brand_key, each.key) for each in await self.living(reader)}

    async def living(self, reader: Reader) -> list[Living]:
        """All that is true now, retired ones left out."""
        raise NotImplementedError


class Kinds:
    """The kinds of this desk, in an order in which each comes after those it mentions."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        known = {kind.name: kind for kind in kinds}
        self._kinds: dict[str, Kind] = {}

        def place(kind: Kind, above: tuple[str, ...]) -> None:
            if kind.name in above:
                message = f"kinds mention each other in a ring: {' > '.join((*above, kind.name))}"
                raise ValueError(message)
            if kind.name not in self._kinds:
                for name in kind.after:
                    if name in known:
                        place(known[name], (*above, kind.name))
                self._kinds[kind.name] = kind

        for kind in known.values():
            place(kind, ())

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def __getitem__(self, name: str) -> Kind:
        kind = self._kinds.get(name)
        if kind is None:
            raise NotFound("no_such_kind", NO_KIND)
        return kind


def body_of(value: Any) -> Any:
    """A struct as a body: what equals its default is left out, at every depth, so that equal things have equal bodies.

    (`omit_defaults` of msgspec compares by identity, so whether a text is left out depends on where it came from.)
    """
    if isinstance(value, msgspec.Struct):
        found: Body = {}
        for field in msgspec.structs.fields(value):
            held = getattr(value, field.name)
            default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
            if field.required or type(held) is not type(default) or held != default:
                found[field.encode_name] = body_of(held)
        return found
    if isinstance(value, dict):
        return {key: body_of(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [body_of(each) for each in cast("list[Any]", value)]
    return msgspec.to_builtins(value)


_WAY = re.compile(r" - at `\$(?:\.?(.*?))`$")


def shape_problem(failure: msgspec.ValidationError) -> Problem:
    """`Expected `str`, got `int` - at `$.fields[2].key`` → a problem at "fields.2.key"."""
    said = str(failure)
    found = _WAY.search(said)
    way = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", found[1] or "").strip(".") if found else ""
    what = _WAY.sub("", said)
    return Problem(way, Text(zh=f"内容的格式不对（{what}）。", en=f"This is not of the right form ({what})."))
