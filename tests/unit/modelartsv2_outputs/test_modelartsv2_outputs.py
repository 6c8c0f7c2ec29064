"""What a program can give on of what it has made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2 import ModelArtsV2, deployment, new_modelartsv2


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    with new_modelartsv2(tmp_path) as found:
        yield found


def test_a_deployment_knows_where_its_service_is_called(v2: ModelArtsV2) -> None:
    """The service itself has been made before it had an address."""
    made = v2.service()
    assert "url" not in made.facts
    blue = v2.deployment(deployment(made))
    assert str(blue.facts["url"]).endswith(made.id)
