"""What a step costs the database: one transaction, and no more statements than it takes."""

import pytest

from playerdesk.kernel import now
from playerdesk.processes.tasks import Answer, complete
from tests.given import number
from tests.processes.given import begun, body, by, end, step, task_at

pytestmark = pytest.mark.anyio
MOST = 30


async def test_a_step_is_one_transaction_of_a_few_statements(database, office):
    said = []
    async with database.transaction() as tx:
        drawn = body(*(
            step(f"s{n}", f"s{n + 1}" if n < 9 else "end", by=[by("department", office.middle)],
                 fields=[{"key": "amount", "kind": "money", "label": {"zh": "金额", "en": "Amount"}}]) for n in range(10)
        ), end())
        _, instance = await begun(tx, office, drawn)

    async def done(key):
        async with database.transaction() as tx:
            task = await task_at(tx, instance, key)
            with tx.connection.query_logger(lambda record: said.append(record.query)):
                await complete(tx, office.people["mia"], task, Answer(f"c{number()}", {"amount": 100}), now())

    await done("s0")
    said.clear()
    for n in range(1, 9):
        await done(f"s{n}")
    each = len(said) / 8
    assert not [sql for sql in said if sql.strip().upper().startswith(("COMMIT", "BEGIN", "SAVEPOINT"))]
    assert each <= MOST, each
