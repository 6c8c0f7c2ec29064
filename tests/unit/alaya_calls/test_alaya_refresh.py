"""What the engine asks after a refresh: it compares without having heard the program, and changes nothing."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from tests.support.alaya import Alaya, quick_start


def test_drift_that_the_program_would_not_mend_is_no_error_of_a_refresh(alaya: Alaya) -> None:
    state = alaya.create(quick_start(name="demo"))
    alaya.change(state, servedName=["other"])
    refreshed = alaya.world.read(state)
    assert refreshed
    found = alaya.world.lifecycle.diff(alaya.world.context(), state.id, state, state.inputs)
    assert found.changes is True
    assert (
        "served_name: was changed outside of the program, and cannot change while the deployment runs"
        in alaya.world.told
    )
    with pytest.raises(ConfigurationError, match="cannot change while the deployment runs"):
        alaya.world.diff(state, quick_start(name="demo"))
