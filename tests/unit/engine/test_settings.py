"""Where settings come from in the provider, and how the embedded emulator is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.engine.project import project_root
from pulumi_inference.engine.settings import EMULATOR_URL, StackConfiguration, connect_transport

SECTIONS = {"east": {"region": "cn-east-3"}}


@pytest.mark.parametrize(
    ("value", "expected"), [("cn-north-4", "cn-north-4"), ("", None), (None, None), (3, "3"), (False, "False")]
)
def test_values_are_texts_and_empty_is_not_set(value: Any, expected: str | None) -> None:
    assert StackConfiguration({"inference:modelartsRegion": value}).get("modelartsRegion") == expected


def test_other_namespaces_are_none_of_ours() -> None:
    configuration = StackConfiguration({"aws:region": "x", "modelartsRegion": "y", "inference2:modelartsRegion": "z"})
    assert configuration.get("region") is None
    assert configuration.get("modelartsRegion") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {}),
        (SECTIONS, SECTIONS),
        ('{"east": {"region": "cn-east-3"}}', SECTIONS),
        ({"east": {"region": "cn-east-3", "cloud": None, "port": 1}}, {"east": {"region": "cn-east-3", "port": "1"}}),
    ],
)
def test_named_connections(value: Any, expected: Any) -> None:
    assert StackConfiguration({"inference:connections": value}).connections() == expected


@pytest.mark.parametrize("value", ["nonsense", "[]", "3", ["a"], {"east": "cn-east-3"}, {"east": None}])
def test_connections_of_another_shape_are_an_error_that_says_how(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"pulumi config set --path inference:connections\.NAME\.region"):
        StackConfiguration({"inference:connections": value}).connections()


def test_neither_repr_nor_errors_show_a_value() -> None:
    configuration = StackConfiguration({"inference:modelartsSecretKey": "hidden", "inference:connections": "hidden"})
    assert "hidden" not in repr(configuration)
    with pytest.raises(ConfigurationError) as caught:
        configuration.connections()
    assert "hidden" not in str(caught.value)


def test_the_projects_folder_is_the_nearest_one_upwards(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "app" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "project" / "Pulumi.yaml").touch()
    assert project_root(inner) == tmp_path / "project"
    (inner.parent / "Pulumi.yml").touch()
    assert project_root(inner) == inner.parent


def test_an_embedded_emulator_lies_in_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "app").mkdir()
    monkeypatch.chdir(tmp_path / "app")
    url, transport = connect_transport("emulator:cloud.db")
    assert url == EMULATOR_URL
    assert isinstance(transport, EmulatorTransport)
    transport.close()
    assert (tmp_path / "cloud.db").is_file()


def test_an_emulator_needs_a_file() -> None:
    with pytest.raises(ConfigurationError, match="names its file"):
        connect_transport("emulator:")


def test_a_file_that_is_no_emulators_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("not a database, but a text that is longer than a header" * 20)
    with pytest.raises(ConfigurationError, match=r"the emulator cannot use notes\.txt"):
        connect_transport("emulator:notes.txt")
