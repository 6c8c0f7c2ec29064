"""A create call whose answer is lost, and a list that does not have the new service yet."""

from __future__ import annotations

from tests.support.modelartsv2 import ModelArtsV2


def test_a_lost_answer_and_a_list_that_is_late_are_told_as_what_they_are(cloud: ModelArtsV2) -> None:
    """The second try is told that the name is taken: by what the first one of this very run has made."""
    cloud.set(list_seconds=3)
    cloud.world.cloud.fault(method="POST", path="/services$", reset=True, commit=True)
    state = cloud.service()
    assert [one["id"] for one in cloud.services()] == [state.id]
    assert set(cloud.writes()) == {"POST "}
    [told] = cloud.world.told
    assert told.startswith("the answer to the create call was lost, and ")
