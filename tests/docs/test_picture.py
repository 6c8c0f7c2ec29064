"""The picture in the README is what a terminal shows today."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tools import picture

pytestmark = pytest.mark.stack


def words(svg: str) -> list[str]:
    """What the picture says: numbers and the order of its rows differ from run to run, and what is branch or last."""
    texts = ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    blurred = [re.sub(r"\d+", "0", text).replace("\xa0", " ").strip(" .├└─") for text in texts]
    return sorted(text for text in blurred if text)


def test_the_picture_is_true() -> None:
    kept = words(picture.PICTURE.read_text(encoding="utf-8"))
    assert "deploying 0 %, 0 of 0 instances" in kept
    assert words(picture.draw()) == kept
