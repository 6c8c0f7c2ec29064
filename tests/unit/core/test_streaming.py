"""Lines and server-sent events out of pieces that end anywhere."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference.core.http.streaming import ServerSentEvent, parse_events, split_lines


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(st.text("aé中\n\r"), st.lists(st.integers(0, 100)))
def test_lines_are_the_same_wherever_the_pieces_end(text: str, cuts: list[int]) -> None:
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if whole[-1] == "":
        whole.pop()
    assert list(split_lines(pieces(text.encode(), cuts))) == whole


def test_what_is_no_utf_8_is_replaced() -> None:
    assert list(split_lines([b"a\xff\nb"])) == ["a�", "b"]


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        (["data: a", ""], [ServerSentEvent("a")]),
        (["data:a", "data: b", ""], [ServerSentEvent("a\nb")]),
        (["event: token", "id: 7", "data: a", "", "data: b", ""], [("a", "token", "7"), ("b", "message", "7")]),
        ([": keep alive", "", "retry: 10", "", "data: a", ""], [ServerSentEvent("a")]),
        (["\ufeffdata: a", ""], [ServerSentEvent("a")]),
        (["data", ""], [ServerSentEvent("")]),
        (["data: a", "", "data: unfinished"], [ServerSentEvent("a")]),
        (["event: nothing", "", "data: a", ""], [ServerSentEvent("a")]),
        (["id: 1", "id: a\0b", "data: a", ""], [("a", "message", "1")]),
    ],
)
def test_events(lines: list[str], events: list[ServerSentEvent | tuple[str, str, str]]) -> None:
    wanted = [one if isinstance(one, ServerSentEvent) else ServerSentEvent(*one) for one in events]
    assert list(parse_events(lines)) == wanted


def test_the_data_of_an_event_may_be_json() -> None:
    assert ServerSentEvent('{"x": 1}').json() == {"x": 1}
    with pytest.raises(ValueError, match="expected value"):
        ServerSentEvent("[DONE]").json()
