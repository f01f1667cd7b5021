"""An entry as it goes to a screen: its attachments carry links."""

import msgspec

from playerdesk.kernel.files_links import linked
from playerdesk.tickets.queries import Entry


def shown(entry: Entry) -> Entry:
    """The entry with signed links; as it is when nothing is attached."""
    if not entry.attachments:
        return entry
    return msgspec.structs.replace(entry, attachments=linked(entry.attachments, "staff"))
