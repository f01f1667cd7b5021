"""Who came, who failed to come in, who left: told to the audit log."""

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, Tx


async def came(tx: Tx, person_id: int, *, second_factor: bool) -> None:
    """She has a session from now on."""
    await record(tx, Trace(
        actor_id=person_id, action="person.signed_in", kind="person", object_id=str(person_id),
        after={"secondFactor": second_factor}, by_text=False,
    ))


async def left(tx: Tx, person_id: int) -> None:
    """She has ended her session."""
    await record(tx, Trace(actor_id=person_id, action="person.signed_out", kind="person", object_id=str(person_id)))


async def failed(database: Database, person_id: int | None, login: str, step: str) -> None:
    """Somebody showed something wrong at this step (password, second factor, passkey); who it was is not known.

    Of a login nobody has only the beginning is kept: it may be a password typed into the wrong field.
    """
    shown = login if person_id is not None else f"{login[:2]}…"
    async with database.transaction() as tx:
        await record(tx, Trace(
            actor_kind="system", actor_id=None, action="person.sign_in_failed", kind="person",
            object_id="" if person_id is None else str(person_id), after={"login": shown, "step": step}, by_text=False,
        ))
