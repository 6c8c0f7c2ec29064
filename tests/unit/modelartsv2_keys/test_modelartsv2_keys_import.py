"""The import command for keys, as people run it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pulumi_inference.cli import cli
from tests.support.modelartsv2_keys import new_account


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("apikey", "All apikeys of the project."),
        ("apikeybinding", "All apikeybindings of the project."),
        ("intranetconnection", "All intranetconnections of the project."),
    ],
)
def test_many_have_their_plural(kind: str, expected: str) -> None:
    result = CliRunner().invoke(cli, ["import", "modelartsv2", kind, "--help"])
    assert result.exit_code == 0
    assert expected in result.output


def test_a_value_is_said_to_be_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_MODELARTS_ENDPOINT", f"emulator:{tmp_path / 'cloud.db'}")
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    with new_account(tmp_path) as account:
        account.seed(keys=[{"name": "mine", "scope": "USER", "key_id": "a" * 32, "description": "For all."}])
    arguments = [
        "import",
        "modelartsv2",
        "apikey",
        "--all",
        "-C",
        str(tmp_path),
        "--file",
        str(tmp_path / "import.json"),
    ]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert 'scope="USER"' in result.output
    assert "mine: ModelArts tells the value of a key only once, when it makes it" in result.output
