"""Read downwards, write at home: a package writes its own schema only, and keys point down."""

import ast
import re
import tomllib
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "playerdesk"
WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|COPY|(?<!FOR )(?<!DO )UPDATE)\s+(?:ONLY\s+)?([a-z_]+)\.[a-z_]+"
)
OWN = {"kernel": {"kernel", "jobs"}}
"""The kernel keeps the job library's tables as well; every other package has the schema of its name."""


def texts(path: Path):
    """Every text in a module, pieces of formatted ones included; documentation aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0], path


def test_every_write_is_at_home():
    found, abroad = 0, []
    for package, path in modules():
        for text in texts(path):
            for schema in WRITES.findall(text):
                found += 1
                if schema not in OWN.get(package, {package}):
                    abroad.append(f"{path.relative_to(ROOT)} writes {schema}")
    assert abroad == []
    assert found > 40, "the search itself has to find what there is"


@pytest.mark.parametrize(("sql", "schema"), [
    ("INSERT INTO tickets.ticket (id)", "tickets"), ("UPDATE staff.presence SET x", "staff"), ("DELETE FROM kernel.event", "kernel"),
    ("WITH a AS (UPDATE ONLY\n  sla.clock SET", "sla"), ("TRUNCATE insights.hour", "insights"),
    ("SELECT 1 FROM tickets.ticket FOR UPDATE", None), ("ON CONFLICT DO UPDATE SET n = tickets.x", None),
])
def test_the_search_knows_a_write_when_it_sees_one(sql, schema):
    assert WRITES.findall(sql) == ([schema] if schema else [])


def layers() -> dict[str, int]:
    """How high each package stands, as the import contract has it; 0 is the lowest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layered,) = [each for each in contracts if each["type"] == "layers"]
    names = [re.findall(r"\w+", layer) for layer in layered["layers"]]
    return {name: len(names) - height for height, group in enumerate(names) for name in group}


def test_foreign_keys_point_down(server: str, template: str, dsn: str):
    height = layers()
    with psycopg.connect(dsn) as connection:
        keys = connection.execute(
            "SELECT conrelid::regclass::text, n.nspname, confrelid::regclass::text, f.nspname FROM pg_constraint c"
            " JOIN pg_class a ON a.oid = conrelid JOIN pg_namespace n ON n.oid = a.relnamespace"
            " JOIN pg_class b ON b.oid = confrelid JOIN pg_namespace f ON f.oid = b.relnamespace WHERE contype = 'f'"
        ).fetchall()
    ours = [key for key in keys if key[1] != "public"]
    assert len(ours) > 20
    upwards = [f"{table} -> {to}" for table, schema, to, below in ours if schema != below and height[schema] <= height[below]]
    assert upwards == []


def test_every_schema_belongs_to_a_package(dsn: str):
    with psycopg.connect(dsn) as connection:
        schemas = {row[0] for row in connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
        )}
    packages = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert schemas <= packages


def test_every_foreign_key_can_be_followed_backwards(dsn: str):
    """A key without an index makes deleting or merging its target a walk over the whole table."""
    with psycopg.connect(dsn) as connection:
        bare = {row[0] for row in connection.execute("""
            SELECT c.conrelid::regclass || '.' || a.attname FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND confrelid IN ('tickets.ticket'::regclass, 'players.player'::regclass)
              AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]
                AND i.indpred IS NULL)
        """)}
    assert bare == {"channels.delivery.ticket_id"} or bare == set()
