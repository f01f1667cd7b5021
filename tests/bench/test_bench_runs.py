"""The bench runs from beginning to end and says what it measured."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_quick_bench_measures_every_row(tmp_path):
    figures = tmp_path / "figures.json"
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--tickets", "1000", "--json", str(figures)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "TMPDIR": os.environ["PLAYERDESK_TEST_FOLDER"]},
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
    rows = msgspec.json.decode(figures.read_bytes())["rows"]
    assert {row["number"] for row in rows} == {1, 2, 3, 4, 5, 6, 7, 8, 9, 12}
    for row in rows:
        if row["number"] in (1, 2, 3):
            assert row["ratio"] > 0
            assert row["cpuUs"] > 0
        if row["number"] == 4:
            assert row["more"]["found %"] == 100
            assert row["more"]["cut short"] == 0
        if row["number"] == 5:
            assert row["more"]["lost"] == 0
            assert row["more"]["doubled or out of order"] == 0
        if row["number"] == 8:
            assert row["more"]["doubled"] == 0
            assert row["more"]["over capacity"] == 0
    assert "floor" in run.stdout
