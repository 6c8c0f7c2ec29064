"""Commands made of the lookups of any cloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pulumi_inference.cli.listing import Listings
from tests.support.toy_lookups import CLOUD, CONNECTIONS
from tests.unit.cli.conftest import Run


@pytest.fixture
def run(elsewhere: Path) -> Run:
    """Runs a command of the toy cloud."""
    CONNECTIONS.asked.clear()

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(Listings(CLOUD), words, prog_name="tool toyland")

    return invoke


def test_the_group_has_a_command_for_each_lookup_that_names_one(run: Run) -> None:
    told = run("--help").output
    assert "List what Toyland offers, and what there is already." in told
    assert told.partition("Commands:\n")[2].split() == "animals List the Animals of a shop.".split()
    assert run("").exit_code == 2
    assert run("animal").exit_code == 2


def test_options_follow_from_the_facts(run: Run) -> None:
    told = " ".join(run("animals", "--help").output.split())
    for words in (
        "List the Animals of a shop.",
        "--shop-id ID The shop. [required]",
        "--colour TEXT Of this colour, e.g. red. --other-than COLOUR Of any other colour.",
        "--order [name|legs] What to sort by. [default: name] --unordered In no order.",
        "--winged Those with wings.",
        "--legs INTEGER With so many legs.",
    ):
        assert words in told


def test_what_is_given_is_asked(run: Run) -> None:
    words = ("--shop-id", "s", "--colour", "red", "--size", "l", "--unordered", "--legs", "4")
    assert run("animals", *words).stdout.splitlines() == ["WHO    ON", "cat    4 legs", "cow    4 legs"]
    assert CONNECTIONS.asked == [{"shopId": "s", "colour": "red", "size": "L", "winged": False}]
    assert json.loads(run("animals", "--shop-id", "s", "--legs", "6", "--json").stdout) == [
        {"name": "ant", "legs": 6, "chip": None}
    ]
    assert CONNECTIONS.asked[1] == {"shopId": "s", "order": "name", "winged": False}
    assert run("animals", "--shop-id", "s", "--winged").stdout == "No animals for sale found.\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Missing option '--shop-id'"),
        ("--shop-id s --colour red --other-than blue", "--colour and --other-than exclude each other."),
        ("--shop-id s --order age", "'age' is not one of 'name', 'legs'"),
        ("--shop-id s --legs four", "'four' is not a valid integer"),
    ],
)
def test_wrong_usage_is_told_before_anybody_is_asked(run: Run, words: str, told: str) -> None:
    result = run("animals", *words.split())
    assert (result.exit_code, CONNECTIONS.asked) == (2, [])
    assert told in result.output
