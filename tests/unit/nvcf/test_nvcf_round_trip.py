"""Whatever a program says of functions and deployments comes back as it was said, and one change is one change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.lifecycle import State
from pulumi_inference.nvcf.specs.deployment import DeploymentSpec, DeploymentSpecification
from pulumi_inference.nvcf.specs.function import FunctionSpec
from tests.support.changes import Change, changes, shown
from tests.support.nvcf import Nvcf, function
from tests.support.nvcf_programs import (
    DEPLOYMENT,
    FUNCTION,
    KINDS,
    PLACED,
    TELEMETRIES,
    deployments,
    functions,
)
from tests.support.specs import arguments_of, sample, unfilled
from tests.support.world import Values

pytestmark = pytest.mark.sweep

IDS, SOME_ID = ("function_id", "version_id"), "00000000-0000-4000-8000-000000000000"
FUNCTIONS, DEPLOYMENTS = 65, 125
"""How many of each kind: 510 in all."""

CHART = function(
    container_image=None,
    helm_chart="https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz",
    helm_chart_service_name="entry",
)


def lives(count: int) -> settings:
    """Without shrinking: each step of it is a whole life, and a failing case is short enough to be read."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def nvcf(nvcf: Nvcf) -> Nvcf:
    """An account in which all lives of a test go on, one after the other."""
    nvcf.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    nvcf.set(complete_artifact_uris=True, period_seconds=0)
    for kind, ids in TELEMETRIES.items():
        for number, one in enumerate(ids):
            body = {"endpoint": "https://t.example", "protocol": "HTTP", "provider": "GRAFANA_CLOUD", "types": [kind]}
            secret = {"name": f"{kind}-{number}", "value": "x"}
            nvcf.seed(telemetries=[{**body, "telemetryId": one, "secret": secret}])
    return nvcf


def begin(nvcf: Nvcf) -> None:
    """Takes what is there of the life before away."""
    for version in nvcf.versions():
        nvcf.lose_version(nvcf.version_state(version))
    nvcf.be_function()


@pytest.mark.parametrize("kind", KINDS)
@lives(FUNCTIONS)
@given(data=st.data())
def test_a_function_is_read_back_without_a_change(kind: str, nvcf: Nvcf, data: st.DataObject) -> None:
    program = data.draw(functions(kind))
    begin(nvcf)
    state = nvcf.function(program)
    is_read_back(nvcf, state, program)


@pytest.mark.parametrize("kind", PLACED)
@lives(DEPLOYMENTS)
@given(data=st.data())
def test_a_deployment_is_read_back_without_a_change(kind: str, nvcf: Nvcf, data: st.DataObject) -> None:
    program = data.draw(deployments(kind))
    state, program = deploy(nvcf, kind, program)
    is_read_back(nvcf, state, program)


def deploy(nvcf: Nvcf, kind: str, program: Values) -> tuple[State, Values]:
    begin(nvcf)
    version = nvcf.function(CHART if kind == "chart" else None)
    nvcf.be_deployment()
    function_id, version_id = version.id.split(",")
    program = {**program, "function_id": function_id, "version_id": version_id}
    return nvcf.world.create(program), program


def is_read_back(nvcf: Nvcf, state: State, program: Values) -> None:
    world = nvcf.world
    assert world.diff(state, program).changes is False
    assert not [one for one in world.told if "not managed" in one], "what the cloud fills in is nobody's addition"
    read = world.read(state)
    assert read is not None
    assert shown(read.inputs, world.known(world.valid(program, read))) == set()
    assert world.diff(read, program).changes is False
    assert world.writes() == []


@pytest.mark.parametrize("kind", KINDS)
@lives(FUNCTIONS)
@given(data=st.data())
def test_one_change_of_a_function_is_one_call(kind: str, nvcf: Nvcf, data: st.DataObject) -> None:
    before = data.draw(functions(kind))
    change = data.draw(changes(before, subject=FUNCTION))
    begin(nvcf)
    state = nvcf.function(before)
    is_shown_alone(nvcf, state, before, change)
    found = nvcf.world.diff(state, change.program)
    expected = calls_of(change, before)
    if found.replaces:
        assert expected is None
        assert found.replaces == [change.field.name]
        state_after = nvcf.replaced(state, change.program)
        assert len(nvcf.writes()) == 1
        nvcf.remove(state)
    else:
        assert (found.changes, found.replaces) == (None, [])
        state_after = nvcf.world.update(state, change.program)
        # What is named for the first time may be what NVCF has put there.
        is_default = change.field.server_default and change.field.name not in before
        assert nvcf.writes() == (expected if expected is not None or not is_default else [])
    assert len(nvcf.versions()) == 1
    is_read_back(nvcf, state_after, change.program)


def is_shown_alone(nvcf: Nvcf, state: State, before: Values, change: Change) -> None:
    """A preview shows the changed field and nothing else."""
    old, new = (nvcf.world.known(nvcf.world.valid(one, state)) for one in (before, change.program))
    paths = shown(old, new)
    assert paths
    assert [path for path in paths if not change.explains(path)] == []


def calls_of(change: Change, before: Values) -> list[str] | None:
    """The smallest calls that make a change of a function in place; None when that takes another version."""
    path, program = change.path, change.program
    version = "/functions/f/versions/v1"
    if path[0] == "secrets":
        gone = set(before.get("secrets", {})) - set(program.get("secrets", {}))
        return None if gone else [f"PUT /secrets{version}"]
    if path[0] == "rate_limit":
        return [f"PUT {version}"] if program.get("rate_limit") else [f"DELETE /ratelimit{version}"]
    if path[0] in ("tags", "llm_invocation_config"):
        return [f"PUT {version}"]
    if path[0] == "models" and set(path) & {"token_rate_limit", "routing_method"}:
        return [f"PUT {version}"]
    if path[0] == "models" and path[-1] in ("models", "llm_config"):
        return same_models(before, program)
    return None


def same_models(before: Values, program: Values) -> list[str] | None:
    """The call for models of which nothing differs but what changes in place."""

    def fixed(values: Values) -> Any:
        return sorted(
            repr(
                {
                    **one,
                    "llm_config": {
                        name: sorted(x) if isinstance(x, list) else x
                        for name, x in config.items()
                        if name in ("uris", "tokenizer")
                    },
                }
            )
            for one in values.get("models", [])
            for config in (one.get("llm_config") or {},)
        )

    return ["PUT /functions/f/versions/v1"] if fixed(before) == fixed(program) else None


@pytest.mark.parametrize("kind", PLACED)
@lives(DEPLOYMENTS)
@given(data=st.data())
def test_one_change_of_a_deployment_is_the_smallest_call(kind: str, nvcf: Nvcf, data: st.DataObject) -> None:
    drawn = {**data.draw(deployments(kind)), **dict.fromkeys(IDS, SOME_ID)}
    change = data.draw(changes(drawn, subject=DEPLOYMENT).filter(lambda one: suits(kind, one)))
    state, before = deploy(nvcf, kind, drawn)
    change = replace(change, program={**change.program, **{name: before[name] for name in IDS}})
    is_shown_alone(nvcf, state, before, change)
    found = nvcf.world.diff(state, change.program)
    assert found.replaces == []
    if change.field.local:
        assert found.changes is False
        return
    assert found.changes is None
    after = nvcf.world.update(state, change.program)
    methods = [one.partition(" ")[0] for one in nvcf.writes()]
    if len(change.path) > 2:
        _, index, name = change.path[:3]
        fact = facts_of(DeploymentSpecification)[str(name)]
        was, now = (one["specifications"][index].get(name) for one in (before, change.program))
        is_default = fact.server_default and was is None and now == 1
        calls = {"patch": ["PATCH"], "put": ["PUT"], "deploy": ["DELETE", "POST"]}[fact.update]
        assert methods == ([] if is_default else calls)
    is_read_back(nvcf, after, change.program)


def suits(kind: str, change: Change) -> bool:
    """Whether a version of this kind can be deployed so, and the version is not the change."""
    of_charts = {"configuration", "helm_validation_policy"}
    is_for_charts = any(of_charts & one.keys() for one in change.program["specifications"])
    return change.path[0] not in (*IDS, "smoke_test") and (kind == "chart" or not is_for_charts)


NOT_SET = {
    FunctionSpec: {"function_id", "connection"},
    DeploymentSpec: {"function_id", "version_id", "connection", "wait"},
}
"""Fields with a test of their own: in the matrices, with a section in the configuration, and in the states."""


def test_every_field_is_set_by_the_round_trips() -> None:
    drawn = [one for kind in KINDS for one in sample(functions(kind), FUNCTIONS)]
    left = unfilled(FunctionSpec, drawn) & arguments_of(FunctionSpec)
    assert left == NOT_SET[FunctionSpec]
    drawn = [one for kind in PLACED for one in sample(deployments(kind), DEPLOYMENTS)]
    left = unfilled(DeploymentSpec, drawn) & arguments_of(DeploymentSpec)
    assert {one for one in left if not one.startswith("smoke_test")} == NOT_SET[DeploymentSpec]
