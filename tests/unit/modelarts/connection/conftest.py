"""Fixtures of the tests on a small scripted cloud."""

from collections.abc import Iterator

import pytest
from small_cloud import World, serving


@pytest.fixture
def world() -> World:
    """Settings, a clock and a cloud of its own."""
    return World()


@pytest.fixture
def served(world: World) -> Iterator[str]:
    """The address of the world's cloud on a loopback port."""
    with serving(world) as address:
        yield address
