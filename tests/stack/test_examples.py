"""Each example, as its README types it: up, a preview without changes, the README's one edit, up, down."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs import pages
from tests.support.cloud import Cloud, embedded
from tests.support.functions import ROOT, ask, functions
from tests.support.shell import reader_environment, shell

EXAMPLES = pages.ROOT / "examples"
DATABASE = "emulator.db"
SECRET = "my-token"

Look = Callable[[Cloud], Any]


def _config(field: str) -> Look:
    """A field of each model of the one service."""
    return lambda cloud: [item[field] for item in cloud.only_service()["config"]]


def _runs(cloud: Cloud) -> int:
    """How often the one service was told to run."""
    return sum(request.body == {"status": "running"} for request in cloud.sent("PUT"))


def _node_status(cloud: Cloud) -> list[str]:
    [item] = cloud.only_service()["config"]
    return [node["instance_status"] for node in item["nodes"]]


def _hours(cloud: Cloud) -> list[int]:
    return [one["duration"] for one in cloud.only_service()["schedule"]]


def _versions(cloud: Cloud) -> list[tuple[str, bool]]:
    """The model versions, and whether the one service has them."""
    deployed = _config("model_id")(cloud)
    return [(one["model_version"], one["model_id"] in deployed) for one in cloud.api("GET", "/models")["models"]]


def _callers(cloud: Cloud) -> list[str]:
    """Who may call the one function."""
    [version] = _functions(cloud)
    [shared] = ask(cloud, "GET", f"{ROOT}/authorizations/functions/{version['id']}")["functions"]
    return sorted(one["ncaId"] for one in shared["authorizedParties"])


def _functions(cloud: Cloud) -> list[Any]:
    """The function versions that NVCF has."""
    return [version for version, _ in functions(cloud)]


def _specification(field: str) -> Look:
    """A field of each specification that is deployed."""

    def look(cloud: Cloud) -> list[Any]:
        deployed = [one for _, one in functions(cloud) if one]
        return [one.get(field) for deployment in deployed for one in deployment["deploymentSpecifications"]]

    return look


def _chunks(cloud: Cloud) -> list[int]:
    return [values["rag"]["chunks"] for values in _specification("configuration")(cloud)]


def _token_limits(cloud: Cloud) -> list[str]:
    return [model["llmConfig"]["tokenRateLimit"] for version in _functions(cloud) for model in version["models"]]


def _live(cloud: Cloud) -> list[tuple[str, str]]:
    """Colour and state of each version."""
    return sorted((tag, one["status"]) for one in _functions(cloud) for tag in one["tags"] if tag.startswith("colour"))


def _deployments(cloud: Cloud) -> list[Any]:
    """The deployments that Alaya NeW has, the oldest first."""
    found: list[Any] = cloud.admin("GET", "/alaya/services")["services"]
    return sorted(found, key=lambda one: one["made_at"])


def _most(cloud: Cloud) -> list[int]:
    """The most instances of each deployment of Alaya NeW."""
    return [one["scale"]["max"] for one in _deployments(cloud)]


def _lengths(cloud: Cloud) -> list[list[str]]:
    """The engine's arguments of each Quick Start deployment."""
    return [one["backendArgs"] for one in _deployments(cloud)]


def _loaded(cloud: Cloud) -> list[Any]:
    """What the base holds at most; and of each deployment whether it runs, and how many adapters are on it."""
    base, *_ = found = _deployments(cloud)
    return [base["headConfig"]["args"][-1], *[(one["status"], len(one["loraServices"])) for one in found]]


def _v2(cloud: Cloud) -> list[Any]:
    """The services of ModelArts v2, with their deployments."""
    found: list[Any] = cloud.admin("GET", "/modelartsv2/services")["services"]
    return found


def _weights(cloud: Cloud) -> list[int]:
    """The weights of blue and green."""
    found = {one["name"]: one["weight"] for service in _v2(cloud) for one in service["deployments"]}
    return [found["blue"], found["green"]]


def _groups(cloud: Cloud) -> list[tuple[str, int]]:
    """The units of the one deployment of ModelArts v2, and their groups."""
    [service] = _v2(cloud)
    [deployment] = service["deployments"]
    [active] = [one["content"] for one in deployment["versions"] if one["version"] == deployment["version"]]
    return [(one["role"], one["group_count"]) for one in active["unit_configs"]]


def _by_the_clock(cloud: Cloud) -> list[int]:
    """How many replicas the rules of ModelArts v2 set."""
    [service] = _v2(cloud)
    [deployment] = service["deployments"]
    return [one["target_replicas"] for one in deployment["hpa"]["rules"]]


def _v2_hours(cloud: Cloud) -> list[int]:
    return [one["duration"] for service in _v2(cloud) for one in service["schedule"]]


def _on_two_clouds(cloud: Cloud) -> list[int]:
    return [*_most(cloud), *_specification("maxInstances")(cloud)]


def _all(cloud: Cloud) -> list[Any]:
    """All that programs have made, in any cloud."""
    telemetries = ask(cloud, "GET", f"{ROOT}/telemetries")["telemetries"]
    of_modelarts = [*cloud.services(), *cloud.api("GET", "/models")["models"]]
    of_v2 = [*_v2(cloud), *cloud.admin("GET", "/modelartsv2/keys")["keys"]]
    return [*of_modelarts, *of_v2, *_functions(cloud), *telemetries, *_deployments(cloud)]


@dataclass(frozen=True)
class Example:
    """What there is to see of an example.

    Args:
        name: of its folder.
        made: how many resources the first `up` makes, the stack among them.
        edited: what the last lines of the second `up` say.
        look: what changes in the cloud.
        before, after: what `look` sees after the first `up` and after the second.
    """

    name: str
    made: int
    edited: str
    look: Look
    before: Any
    after: Any


SHORT, LONG = ["--max-model-len", "8192"], ["--max-model-len", "16384"]
# Of a base with one adapter.
BOTH_RUN = [("running", 1), ("running", 0)]

# Of units, and how many groups of each.
PREFILL, DECODE = ("PREFILL", 1), ("DECODE", 1)

# Of colours and their states.
BLUE = [("colour:blue", "ACTIVE"), ("colour:green", "INACTIVE")]
GREEN = [("colour:blue", "INACTIVE"), ("colour:green", "ACTIVE")]

ALL = (
    Example("modelarts-real-time", 2, "~ 1 updated", _config("instance_count"), [2], [3]),
    Example("modelarts-canary", 2, "~ 1 updated", _config("weight"), [90, 10], [75, 25]),
    Example("modelarts-batch", 2, "~ 1 updated", _runs, 0, 1),
    Example("modelarts-edge", 2, "~ 1 updated", _node_status, ["running", "stopped"], ["running", "running"]),
    Example("modelarts-scheduled-stop", 3, "~ 1 updated", _hours, [10], [12]),
    Example("modelarts-model", 3, "+-1 replaced", _versions, [("1.0.0", True)], [("1.1.0", True)]),
    Example("nvcf-function", 3, "~ 1 updated", _specification("maxInstances"), [2], [4]),
    Example("nvcf-helm", 3, "~ 1 updated", _chunks, [4], [8]),
    Example("nvcf-llm", 3, "~ 1 updated", _token_limits, ["1000-S"], ["5000-S"]),
    Example("nvcf-blue-green", 4, "- 1 deleted", _live, BLUE, GREEN),
    Example("nvcf-shared-with-telemetry", 5, "~ 1 updated", _callers, ["partner-a"], ["partner-a", "partner-b"]),
    Example("alaya-expert", 2, "~ 1 updated", _most, [2], [4]),
    Example("alaya-quick-start", 2, "~ 1 updated", _lengths, [SHORT], [LONG]),
    Example("alaya-lora", 3, "~ 2 updated", _loaded, ["4", *BOTH_RUN], ["8", *BOTH_RUN]),
    Example("alaya-chat-smoke-test", 2, "+-1 replaced", _lengths, [SHORT], [LONG]),
    Example("modelartsv2-blue-green", 6, "~ 1 updated", _weights, [100, 0], [100, 25]),
    Example("modelartsv2-office-hours", 4, "~ 1 updated", _by_the_clock, [4, 1], [6, 1]),
    Example("modelartsv2-prefill-decode", 3, "~ 1 updated", _groups, [PREFILL, DECODE], [("PREFILL", 2), DECODE]),
    Example("modelartsv2-public-pool", 2, "~ 1 updated", _v2_hours, [10], [12]),
    Example("two-clouds", 4, "~ 2 updated", _on_two_clouds, [2, 2], [4, 4]),
)


@pytest.fixture
def environment(tmp_path: Path, engine: Path) -> dict[str, str]:
    # The updates themselves are watched, so that a preview of each would only take time.
    return reader_environment(engine, tmp_path / "state") | {"PULUMI_OPTION_SKIP_PREVIEW": "true"}


@pytest.mark.parametrize("example", ALL, ids=lambda one: one.name)
def test_example(example: Example, tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / example.name
    shutil.copytree(EXAMPLES / example.name, folder, ignore=shutil.ignore_patterns("Pulumi.*.yaml", "*.db"))
    readme = (folder / "README.md").read_text(encoding="utf-8")
    deploy, edit, *_ = ["\n".join(block.commands()) for block in pages.blocks(readme, "console")]
    [shown] = [block.text for block in pages.blocks(readme, "text")]

    with embedded(folder, DATABASE) as cloud:
        cloud.move_with_requests()
        assert f"+ {example.made} created" in shell(deploy, folder, environment)
        assert example.look(cloud) == example.before
        assert _all(cloud) != []
        shell("pulumi preview --expect-no-changes", folder, environment)

        edited = shell(edit, folder, environment)
        assert shown in edited
        assert example.edited in edited
        assert example.look(cloud) == example.after

        state = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "state" / "stacks").rglob("*.json"))
        assert example.name in state and SECRET not in state
        assert f"{example.made} deleted" in shell("pulumi destroy", folder, environment)
        assert _all(cloud) == []


def test_quickstart(tmp_path: Path, environment: dict[str, str]) -> None:
    program = tmp_path / "examples" / "quickstart"
    shutil.copytree(EXAMPLES / program.name, program)
    shutil.copy(pages.ROOT / "Pulumi.yaml", tmp_path)
    state = tmp_path / ".state"
    state.mkdir()
    with embedded(state, DATABASE) as cloud:
        cloud.move_with_requests()
        assert "+ 2 created" in shell("pulumi stack init dev\npulumi up", tmp_path, environment)
        shell("pulumi preview --expect-no-changes", tmp_path, environment)
        text = (program / "__main__.py").read_text(encoding="utf-8")
        (program / "__main__.py").write_text(text.replace("instance_count=2", "instance_count=3"), encoding="utf-8")
        assert "instance_count: 2 => 3" in shell("pulumi up --diff", tmp_path, environment)
        assert _config("instance_count")(cloud) == [3]
        assert "2 deleted" in shell("pulumi destroy", tmp_path, environment)


def test_each_example_is_tried() -> None:
    tried = {example.name for example in ALL} | {"quickstart"}
    folders = {folder.parent.name for folder in EXAMPLES.glob("*/__main__.py")}
    assert folders == tried
