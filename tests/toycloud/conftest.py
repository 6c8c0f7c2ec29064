"""A house with one cloud more, an emulator of that, and programs with its boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.toy_house import House, ToyProject, Toys, build, served

NewToyProject = Callable[[str], ToyProject]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The copy of the house with the toy cloud in it."""
    return build(tmp_path_factory.mktemp("house"))


@pytest.fixture
def toys(house: House, tmp_path: Path) -> Iterator[Toys]:
    """The toy cloud."""
    with served(house, tmp_path) as cloud:
        yield cloud


@pytest.fixture
def new_toy_project(house: House, toys: Toys, tmp_path: Path, engine: Path) -> NewToyProject:
    """Makes the project of the test of its program."""
    return lambda program: ToyProject(house, toys, tmp_path, engine, program)
