"""What GitHub's Markdown makes a link or emphasis of even within a code element."""

from __future__ import annotations

import html
import re

import pytest

from pulumi_inference.review.markdown import escaped


@pytest.mark.parametrize("text", ["www.evil.test", "see www.evil.test/x", "WWW.evil.test", "(www.evil.test)"])
def test_a_name_of_the_web_is_no_link(text: str) -> None:
    """A break behind the dot is not enough: all that begins with `www.` is linked."""
    shown = escaped(text)
    assert "www." not in shown.lower()
    assert shown.replace("\u200b", "") == text


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("_www.evil.test", "www."),
        ("1http://evil.test", "http:/"),
        ("a_https://evil.test", "https:/"),
        ("éhttp://evil.test", "http:/"),
        ("a_GH-12", "GH-1"),
        ("{+ new +} {- old -}", "{+"),
        ("{- old -}", "{-"),
        ("[vulnerability:12]", "[vulnerability:"),
        ("*iteration:12", "*iteration:"),
    ],
)
def test_what_a_site_finds_within_a_text_is_broken(text: str, acts: str) -> None:
    """GitHub looks for addresses behind anything that is no letter, GitLab for its own signs in what is shown."""
    assert acts not in html.unescape(escaped(text))
    assert html.unescape(escaped(text)).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["__f__", "a__b__c", "_f_", "__init__.py", "x _f_ y", "___"])
def test_an_underscore_that_could_begin_or_end_emphasis_is_none(text: str) -> None:
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", escaped(text))


def test_the_underscores_of_names_are_left() -> None:
    assert escaped("instance_count") == "instance_count"
