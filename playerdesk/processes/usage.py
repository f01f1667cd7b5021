"""Who still needs a department, queue, role or person: the steps they own, in what is in force and in what is under way."""

from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Text
from playerdesk.processes.design import Design

_USED: LiteralString = """
    SELECT p.key, e.body, coalesce(b.key, '') FROM processes.edition e JOIN processes.process p ON p.id = e.process_id
    LEFT JOIN brands.brand b ON b.id = p.brand_id
    WHERE (p.edition_id = e.id AND p.retired_at IS NULL)
       OR EXISTS (SELECT FROM processes.instance i WHERE i.edition_id = e.id AND i.state = 'running')
    ORDER BY p.key, e.id DESC
"""


async def steps_of_party(reader: Reader, party: str) -> list[Text]:
    """Each step it is responsible for, as a person would name the place; a party such as `queue:payments`."""
    found: dict[tuple[str, str, str], Text] = {}
    for key, body, brand in await reader.fetch(_USED):
        design = msgspec.convert(body, Design)
        for n, step in enumerate(design.steps):
            if any(each.name == party for each in step.by):
                place = f"steps.{n}"
                found.setdefault((brand, key, step.key), Text(
                    f"流程“{design.name.zh}”的步骤“{step.name.zh}”（{place}）",
                    f"“{step.name.en}” of process “{design.name.en}” ({place})",
                ))
    return list(found.values())
