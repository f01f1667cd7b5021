"""A database of its own, with the table of a kind that only the tests have."""

import msgspec
import pytest

from playerdesk.blueprints import Asked, Kind, Living, Place, Problem, Published
from playerdesk.kernel import Text, connect


class Motto(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    words: str
    loud: bool = False


class Mottoes(Kind):
    """The smallest kind there can be: a sentence, in a table of its own."""

    name, label = "motto", Text("座右铭", "Motto")

    def normal(self, body):
        return msgspec.to_builtins(msgspec.convert(body, Motto))

    async def check(self, reader, asked: Asked):
        problems = []
        if not asked.body["words"]:
            problems.append(Problem("words", Text("请填写。", "Say something.")))
        if asked.body["words"].endswith("?"):
            problems.append(Problem("words", Text("像个问题。", "That sounds like a question."), "warning"))
        return problems

    async def apply(self, tx, published: Published):
        await tx.execute(
            "INSERT INTO public.motto VALUES ($1, $2, $3) ON CONFLICT (brand_key, key) DO UPDATE SET body = excluded.body",
            published.place.brand_key, published.place.key, published.body,
        )

    async def retire(self, tx, place: Place):
        await tx.execute("DELETE FROM public.motto WHERE brand_key = $1 AND key = $2", place.brand_key, place.key)

    async def living(self, reader):
        return [Living(*row) for row in await reader.fetch("SELECT brand_key, key, body FROM public.motto")]


@pytest.fixture
async def database(fresh_dsn: str):
    database = await connect(fresh_dsn, size=4)
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE public.motto (brand_key text, key text, body jsonb, PRIMARY KEY (brand_key, key))")
    yield database
    await database.close()
