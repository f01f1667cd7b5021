"""What people and things are called and who leads; remembered for a few seconds."""

from playerdesk.brands import brands
from playerdesk.forms import categories
from playerdesk.kernel import Reader, Remembered
from playerdesk.rules.acting import Names
from playerdesk.staff import leading_roles, people

_names: Remembered[str, Names] = Remembered(5.0)

LEADS = "board.see"
"""Whoever may see the board leads."""


async def names_of(reader: Reader) -> Names:
    """All of them."""
    known = _names.get(reader, "all")
    if known is not None:
        return known
    staff, own = await people(reader), await brands(reader)
    leading = await leading_roles(reader, LEADS)
    # Those of the brand itself first: not everybody may be told.
    leads = sorted(
        (each for each in staff if leading.intersection(each.roles)), key=lambda each: not each.brand_ids
    )
    return _names.put(reader, "all", Names(
        {brand.id: brand.name for brand in own}, {each.id: each.name for each in await categories(reader)},
        {person.id: person.name for person in staff}, {person.login: person.id for person in staff},
        {brand.id: [lead.id for lead in leads if not lead.brand_ids or brand.id in lead.brand_ids] for brand in own},
    ))
