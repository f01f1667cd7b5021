"""The manners of the house that no linter knows."""

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BANNED = {"utils", "helpers", "common", "misc", "manager", "service", "base"}
LONGEST = 300


def ours() -> list[Path]:
    """Every file under version control or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


PYTHON = [path for path in ours() if path.suffix == ".py"]


def test_no_file_grows_past_300_lines():
    kinds = {".py", ".ts", ".tsx", ".vue", ".sql", ".css"}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ours()
        if path.suffix in kinds and "vendor" not in path.parts and not path.name.endswith(".d.ts")  # written by tools
        for lines in [len(path.read_text(encoding="utf-8").splitlines())]
        if lines > LONGEST
    }
    assert long == {}, "split them by noun"


def test_nothing_is_called_utils():
    sources = [path for path in ours() if path.suffix in {".py", ".ts", ".tsx", ".vue"}]
    named = [str(path.relative_to(ROOT)) for path in sources if path.stem.lower() in BANNED or path.parent.name in BANNED]
    assert named == [], "say what it is"


def test_every_module_says_what_it_is_for():
    silent = [
        str(path.relative_to(ROOT))
        for path in PYTHON
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []


def test_packages_come_from_the_public_registries_only():
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    for package in lock["package"]:
        assert package["source"] in ({"registry": "https://pypi.org/simple"}, {"editable": "."}), package["name"]
        for file in [*package.get("wheels", []), package.get("sdist", {"url": "https://files.pythonhosted.org/"})]:
            assert file["url"].startswith("https://files.pythonhosted.org/"), package["name"]


@pytest.mark.parametrize("lock", sorted(ROOT.glob("clients/*/package-lock.json")), ids=lambda path: path.parent.name)
def test_browser_packages_come_from_the_public_registry_only(lock: Path):
    strangers = {
        name: entry["resolved"]
        for name, entry in json.loads(lock.read_text())["packages"].items()
        if not entry.get("link") and not entry.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
    }
    assert strangers == {}


def test_every_dependency_has_a_reason_and_bounds():
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    for line in listed.group(1).splitlines():
        assert re.fullmatch(r'    "[\w\[\]-]+>=[\d.]+(,<[\d.]+)?(; .+)?",\s+# \S.+', line), line


def test_migrations_are_numbered_without_gaps_and_wait_for_no_lock_long():
    files = sorted((ROOT / "playerdesk" / "migrations").glob("*.sql"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        assert "SET lock_timeout = '5s';" in path.read_text(), path.name
