"""The documents name only what is there, and say the same as the code."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HANDBOOK = DOCS / "handbook"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("clients/*/*.md")])
TOPS = "playerdesk|demogame|clients|tests|docs|bench|bin"
# Files named as `playerdesk/tickets/rules.py` or `playerdesk/tickets/rules.py: rank`; a folder ends in a slash.
NAMED = re.compile(rf"`((?:(?:{TOPS})/[\w./-]*|Makefile|pyproject\.toml|LICENSE|[A-Z][\w.-]*\.md))[:`]")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
MADE = "playerdesk/clients/"
"""Built, not written: not there in a fresh checkout."""
MAKE_TABLES = "run .venv/bin/python docs/handbook/tables.py"


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", HANDBOOK / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_leads_somewhere(page: Path):
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_file_named_is_there(page: Path):
    names = {name for name in NAMED.findall(page.read_text(encoding="utf-8")) if not name.startswith(MADE)}
    assert sorted(name for name in names if not any((top / name).exists() for top in (ROOT, page.parent))) == []


def test_files_named_from_their_package_on_are_there():
    packages = "|".join(path.name for path in (ROOT / "playerdesk").iterdir() if path.is_dir())
    for page in (ROOT / "ARCHITECTURE.md", *DOCS.rglob("*.md")):
        short = re.findall(rf"`((?:{packages})/[\w./]+\.py)[:`]", page.read_text(encoding="utf-8"))
        assert [name for name in short if not (ROOT / "playerdesk" / name).exists()] == [], page_name(page)


@pytest.mark.parametrize("folder", [HANDBOOK, DOCS / "decisions"], ids=page_name)
def test_every_page_is_in_its_list(folder: Path):
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert {path.name for path in folder.glob("*.md")} - {"README.md"} <= set(listed)


def test_decisions_are_numbered_and_have_their_four_parts():
    records = sorted((DOCS / "decisions").glob("0*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Alternatives"], path.name


def test_the_permission_table_is_current():
    assert read("docs", "handbook", "permissions.md") == tables().permissions_page(), MAKE_TABLES


def test_the_settings_page_is_current():
    assert read("docs", "handbook", "settings.md") == tables().settings_page(), MAKE_TABLES


def test_the_page_of_keys_is_that_of_the_workspace():
    page = read("docs", "handbook", "keys.md")
    assert page.count("\n| `") > 40
    assert page == tables().keys_page(), MAKE_TABLES


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_commands_of_the_readme_are_those_there_are(name: str):
    from playerdesk.app.cli import main

    assert {each for each in main.commands if f"`playerdesk {each}" not in read(name)} <= {"worker"}
    assert set(re.findall(r"bin/playerdesk ([a-z]+)", read(name))) <= set(main.commands)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_make_task_named_is_one(page: Path):
    tasks = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    named = re.findall(r"`(?:\w+=\S+ )?make ([a-z]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= set(tasks)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_nothing_is_left_to_be_filled_in(page: Path):
    assert not re.search(r"\b(TODO|TBD|FIXME|XXX)\b", page.read_text(encoding="utf-8"))
