"""The comment and the picture in the page on reviews are what a review of a real preview says today."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tools import review_picture

pytestmark = pytest.mark.stack


def test_comment_and_picture_are_true() -> None:
    comment, picture = review_picture.draw()
    assert comment == review_picture.COMMENT.read_text(encoding="utf-8")
    assert picture == review_picture.PICTURE.read_text(encoding="utf-8")


def test_the_picture_is_whole_and_needs_nothing_else() -> None:
    text = review_picture.PICTURE.read_text(encoding="utf-8")
    shown = "".join(ElementTree.fromstring(text).itertext())
    for one in ("Look at this first", "drift undone", "conflict", "In all, a month"):
        assert one in shown
    assert "[secret] changes" in shown and "registry-token" not in text
    assert not re.search(r"(?:src|href)=|url\(|@import", text)
    assert len(text) < 150_000
