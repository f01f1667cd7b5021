"""One running desk for the tests of a file; each test brings a game and people of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.app.desk import AGame, RunningDesk, running_desk


@pytest.fixture(scope="module")
async def desk(module_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningDesk]:
    async with running_desk(module_dsn, tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
async def game(desk: RunningDesk) -> AGame:
    return await AGame(desk).set_up()


@pytest.fixture
async def other_game(desk: RunningDesk) -> AGame:
    return await AGame(desk).set_up()
