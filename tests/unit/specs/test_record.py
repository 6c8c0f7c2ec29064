"""Records of what a cloud answers."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record


class Frog(Record):
    """A frog."""

    size: int = field(description="Size.", source="tests", wire="size_cm")
    name: str | None = field(None, description="Name.", source="tests")


def test_what_is_not_known_yet_is_ignored() -> None:
    assert Frog.read({"size_cm": "7", "legs": 4}, "the frog") == Frog(size=7)


@pytest.mark.parametrize("name", ["", "a", "é", "7", 7, 7.5, True])
def test_plain_values_are_loose(name: object) -> None:
    answer = {"size_cm": 7, "name": name}
    assert Frog.recognise(answer, "the frog") is answer


@pytest.mark.parametrize("name", [{}, [], ["a"], float("nan"), float("-inf"), "half \ud800"])
def test_what_is_no_plain_value_is_said_without_it(name: object) -> None:
    with pytest.raises(ResponseError, match="name: must be a text"):
        Frog.recognise({"size_cm": 7, "name": name}, "the frog")


@pytest.mark.parametrize(("answer", "problem"), [({}, "Field required"), ({"size_cm": []}, "must be a number")])
def test_what_cannot_be_understood_is_said_in_a_users_words(answer: dict[str, object], problem: str) -> None:
    with pytest.raises(ResponseError) as caught:
        Frog.read(answer, "the frog x")
    first, detail = str(caught.value).splitlines()
    assert first == "what the cloud answered about the frog x cannot be understood"
    assert detail.startswith("  size: ")
    assert problem in detail
