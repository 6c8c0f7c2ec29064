"""What may be released under a tag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.release import find_problems

GOOD = {
    "CHANGELOG.md": "## [1.2.3] - 2027-02-01\n\n## [1.2.2] - 2027-01-01\n",
    "README.md": "pip install it",
    "docs/getting-started.md": "pip install it",
    "dist/pulumi_inference-1.2.3.tar.gz": "",
    "dist/pulumi_inference-1.2.3-py3-none-any.whl": "",
}

Checkout = Callable[..., Path]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout that could be released, but for what is told; None leaves a file out."""

    def make(**changed: str | None) -> Path:
        for name, text in {**GOOD, **changed}.items():
            if text is not None:
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return make


def test_all_is_well(checkout: Checkout) -> None:
    assert list(find_problems("v1.2.3", checkout(), "1.2.3")) == []


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2", "v1.2.4", "v1.2.3-1", ""])
def test_the_tag_is_the_version(checkout: Checkout, tag: str) -> None:
    [problem] = find_problems(tag, checkout(), "1.2.3")
    assert "v1.2.3" in problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## [1.2.3] - Unreleased\n", "Unreleased"),
        ("## [1.2.2] - 2027-01-01\n", "no such heading"),
        ("## [1.2.3] - 2027-13-01\n", "2027-13-01"),
        ("## [1.2.3] - 2027-02-01\n\n## [1.2.3] - Unreleased\n", "2027-02-01 and Unreleased"),
    ],
)
def test_the_changelog_has_a_day(checkout: Checkout, text: str, told: str) -> None:
    [problem] = find_problems("v1.2.3", checkout(**{"CHANGELOG.md": text}), "1.2.3")
    assert told in problem


@pytest.mark.parametrize(
    "changed",
    [
        {"dist/pulumi_inference-1.2.3.tar.gz": None},
        {"dist/pulumi_inference-1.2.2.tar.gz": ""},
        {"dist/.env": ""},
    ],
)
def test_two_files_are_released(checkout: Checkout, changed: dict[str, str | None]) -> None:
    [problem] = find_problems("v1.2.3", checkout(**changed), "1.2.3")
    assert problem.startswith("dist/ has ")


@pytest.mark.parametrize("text", ["there is no\nrelease yet", "The package is on no index yet."])
def test_readers_are_told_of_the_release(checkout: Checkout, text: str) -> None:
    [problem] = find_problems("v1.2.3", checkout(**{"docs/getting-started.md": text}), "1.2.3")
    assert "docs/getting-started.md" in problem
