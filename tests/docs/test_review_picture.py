"""The comment and the picture in the page on reviews are what a review of a real preview says today."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tools import review_picture

pytestmark = pytest.mark.stack

_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def blurred(text: str) -> str:
    """What is said, whatever ids the cloud has given."""
    return _ID.sub("an id", text)


def test_comment_and_picture_are_true() -> None:
    comment, picture = review_picture.draw()
    assert blurred(comment) == blurred(review_picture.COMMENT.read_text(encoding="utf-8"))
    assert blurred(picture) == blurred(review_picture.PICTURE.read_text(encoding="utf-8"))


def test_the_picture_is_whole_and_needs_nothing_else() -> None:
    text = review_picture.PICTURE.read_text(encoding="utf-8")
    shown = "".join(ElementTree.fromstring(text).itertext())
    for one in ("Look at this first", "drift undone", "conflict", "In all, a month"):
        assert one in shown
    assert "[secret] changes" in shown and "registry-token" not in text
    assert not re.search(r"(?:src|href)=|url\(|@import", text)
    assert len(text) < 150_000
