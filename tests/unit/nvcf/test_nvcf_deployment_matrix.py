"""Three tables for a deployment: what a change sends, what a comparison answers, what somebody else has done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from tests.support.nvcf import Nvcf, deployment, function, specification
from tests.support.world import Values

H100 = {"gpu": "H100", "instance_type": "NCP.GPU.H100_1x"}
A100 = {"gpu": "A100", "instance_type": "NCP.GPU.A100_1x"}
UP = {"factor": 2.0, "threshold": 80.0, "stickiness": {"size": "PT300S", "threshold": "PT60S"}}
DOWN = {"factor": 0.5, "threshold": 20.0, "metric": "utilisation"}
SCALING = {"scale_up_details": UP, "scale_down_details": DOWN}
SENT_SCALING = {
    "scaleUpDetails": {"factor": 2.0, "threshold": 80.0, "stickiness": {"size": "PT5M", "threshold": "PT1M"}},
    "scaleDownDetails": {"factor": 0.5, "threshold": 20.0, "metric": "utilisation"},
}
PLACES = {
    "regions": ["us-east-1", "us-west-1"],
    "availability_zones": ["b", "a"],
    "attributes": ["HIPAA", "SOC2"],
}

Call = tuple[str, Any]


def patch(gpu: str = "L40", **body: Any) -> Call:
    return (f"PATCH {gpu}", body)


def put(*specifications: Values) -> Call:
    return ("PUT", list(specifications))


def stored(concurrency: int = 1, **changes: Any) -> Values:
    """A specification as the deprecated call carries it."""
    return {
        "gpu": "L40",
        "instanceType": "NCP.GPU.L40_1x",
        "minInstances": 1,
        "maxInstances": 2,
        "maxRequestConcurrency": concurrency,
        **changes,
    }


H100_STORED = {"gpu": "H100", "instanceType": "NCP.GPU.H100_1x"}

S = specification
CHANGES: dict[str, tuple[list[Values], list[Values], list[Call]]] = {
    "nothing": ([S()], [S()], []),
    "most instances": ([S()], [S(max_instances=3)], [patch(maxInstances=3)]),
    "least instances": ([S()], [S(min_instances=2)], [patch(minInstances=2)]),
    "least and most instances": (
        [S()],
        [S(min_instances=3, max_instances=5)],
        [patch(minInstances=3, maxInstances=5)],
    ),
    "fewer instances": (
        [S(min_instances=3, max_instances=5)],
        [S(min_instances=1, max_instances=1)],
        [patch(minInstances=1, maxInstances=1)],
    ),
    "from zero": ([S(min_instances=0)], [S(min_instances=1)], [patch(minInstances=1)]),
    "to zero": ([S()], [S(min_instances=0)], [patch(minInstances=0)]),
    "one of two specifications": (
        [S(), S(**H100)],
        [S(), S(**H100, max_instances=4)],
        [patch("H100", maxInstances=4)],
    ),
    "both of two specifications": (
        [S(), S(**H100)],
        [S(max_instances=3), S(**H100, max_instances=4)],
        [patch(maxInstances=3), patch("H100", maxInstances=4)],
    ),
    "specifications in another order": ([S(), S(**H100)], [S(**H100), S()], []),
    "GPU in another case": ([S()], [S(gpu="l40", instance_type="ncp.gpu.l40_1x")], []),
    "places in another order": (
        [S(**PLACES)],
        [S(**{name: one[::-1] for name, one in PLACES.items()})],
        [],
    ),
    "autoscaling added": (
        [S()],
        [S(autoscaling_configuration=SCALING)],
        [patch(autoscalingConfiguration=SENT_SCALING)],
    ),
    "autoscaling changed": (
        [S(autoscaling_configuration=SCALING)],
        [S(autoscaling_configuration={**SCALING, "scale_down_details": {"factor": 0.25, "threshold": 10}})],
        [
            patch(
                autoscalingConfiguration={**SENT_SCALING, "scaleDownDetails": {"factor": 0.25, "threshold": 10}},
            )
        ],
    ),
    "a window removed": (
        [S(autoscaling_configuration=SCALING)],
        [S(autoscaling_configuration={**SCALING, "scale_up_details": {"factor": 2, "threshold": 80}})],
        [patch(autoscalingConfiguration={**SENT_SCALING, "scaleUpDetails": {"factor": 2, "threshold": 80}})],
    ),
    "autoscaling removed": (
        [S(autoscaling_configuration=SCALING)],
        [S()],
        [patch(autoscalingConfigurationPolicy="PLATFORM_CONFIGURATION")],
    ),
    "autoscaling and instances": (
        [S()],
        [S(autoscaling_configuration=SCALING, max_instances=3)],
        [patch(maxInstances=3, autoscalingConfiguration=SENT_SCALING)],
    ),
    "duration in another spelling": (
        [S(autoscaling_configuration=SCALING)],
        [
            S(
                autoscaling_configuration={
                    **SCALING,
                    "scale_up_details": {**UP, "stickiness": {"size": "PT5M", "threshold": "PT1M"}},
                }
            )
        ],
        [],
    ),
    "concurrency": ([S()], [S(max_request_concurrency=4)], [put(stored(4))]),
    "concurrency and instances": (
        [S()],
        [S(max_request_concurrency=4, max_instances=5)],
        [put(stored(4, maxInstances=5))],
    ),
    "concurrency of one of two": (
        [S(), S(**H100, max_request_concurrency=2)],
        [S(max_request_concurrency=4), S(**H100, max_request_concurrency=2)],
        [put(stored(4), stored(2, **H100_STORED))],
    ),
    "concurrency, instances and autoscaling": (
        [S()],
        [S(max_request_concurrency=4, max_instances=5, autoscaling_configuration=SCALING)],
        [put(stored(4, maxInstances=5)), patch(autoscalingConfiguration=SENT_SCALING)],
    ),
    "concurrency of a specification with places": (
        [S(clusters=["ncp-us-east-1"])],
        [S(clusters=["ncp-us-east-1"], max_request_concurrency=4)],
        [put(stored(4, clusters=["ncp-us-east-1"]))],
    ),
    "defaults named": ([S()], [S(max_request_concurrency=1, preferred_order=1)], []),
    "defaults no longer named": ([S(max_request_concurrency=8, preferred_order=2)], [S()], []),
    "no longer named beside a change": (
        [S(max_request_concurrency=8)],
        [S(max_instances=3)],
        [patch(maxInstances=3)],
    ),
}


def made(nvcf: Nvcf) -> list[Call]:
    """The writes of this operation: what was patched by its GPU, what was put without ids and in the GPUs' order."""
    gpus = {
        one["gpuSpecificationId"]: one["gpu"]
        for version in nvcf.versions()
        for one in nvcf.live(State(f"{version['id']},{version['versionId']}", {}, {}))["deploymentSpecifications"]
    }
    calls: list[Call] = []
    for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE"):
        if one.method == "PATCH":
            calls.append((f"PATCH {gpus[one.path.rpartition('/')[2]]}", one.body))
        elif one.method == "PUT":
            items = one.body["deploymentSpecifications"]
            assert [gpus[item.pop("gpuSpecificationId")] for item in items] == [item["gpu"] for item in items]
            calls.append(("PUT", sorted(items, key=lambda item: item["gpu"], reverse=True)))
        else:
            calls.append((one.method, one.body))
    in_place = [call for call in calls if call[0].startswith(("PUT", "PATCH"))]
    assert calls[len(calls) - len(in_place) :] == in_place
    return [
        *calls[: -len(in_place) or None],
        *sorted(in_place, key=lambda call: (call[0] != "PUT", "L40" not in call[0])),
    ]


@pytest.mark.parametrize(("before", "after", "calls"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_made_by_the_smallest_calls(
    nvcf: Nvcf, before: list[Values], after: list[Values], calls: list[Call]
) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, *before)
    program = deployment(version, *after)
    found = nvcf.world.diff(state, program)
    assert found.replaces == []
    assert not [one for one in nvcf.world.told if "no longer in the program; left as it is" not in one]
    assert found.changes is None or not calls
    changed = nvcf.world.update(state, program)
    assert made(nvcf) == calls
    assert changed.id == state.id
    assert changed.facts["deployment_id"] == state.facts["deployment_id"]
    assert changed.facts["status"] == "ACTIVE"
    assert nvcf.world.diff(changed, program).changes is False
    assert nvcf.writes() == []
    nvcf.world.delete(changed)
    assert nvcf.versions()[0]["status"] == "INACTIVE"


HELM = {
    "container_image": None,
    "helm_chart": "https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz",
    "helm_chart_service_name": "entry",
}
POLICY = {"name": "Default", "extra_kubernetes_types": [{"group": "apps", "version": "v1", "kind": "Deployment"}]}

REDEPLOYS: dict[str, tuple[list[Values], list[Values], str]] = {
    "another GPU": (
        [S()],
        [S(**H100)],
        "specifications (L40 as NCP.GPU.L40_1x goes), specifications[0] (H100 as NCP.GPU.H100_1x comes)",
    ),
    "one more": ([S()], [S(), S(**A100)], "specifications[1] (A100 as NCP.GPU.A100_1x comes)"),
    "one less": ([S(), S(**A100)], [S()], "specifications (A100 as NCP.GPU.A100_1x goes)"),
    "order": ([S(preferred_order=1)], [S(preferred_order=2)], "specifications[0].preferred_order"),
    "Helm values": (
        [S(configuration={"a": {"b": [1, 2]}})],
        [S(configuration={"a": {"b": [2, 1]}})],
        "specifications[0].configuration",
    ),
    "Helm values removed": ([S(configuration={"a": 1})], [S()], "specifications[0].configuration"),
    "Helm policy": (
        [S(helm_validation_policy={"name": "Default"})],
        [S(helm_validation_policy=POLICY)],
        "specifications[0].helm_validation_policy",
    ),
    "regions": (
        [S(regions=["us-east-1"])],
        [S(regions=["us-east-1", "us-west-1"])],
        "specifications (L40 as NCP.GPU.L40_1x, us-east-1 goes), "
        "specifications[0] (L40 as NCP.GPU.L40_1x, us-east-1 us-west-1 comes)",
    ),
    "order beside instances": (
        [S(preferred_order=1)],
        [S(preferred_order=2, max_instances=5)],
        "specifications[0].preferred_order",
    ),
}


@pytest.mark.parametrize(("before", "after", "what"), REDEPLOYS.values(), ids=REDEPLOYS)
def test_the_rest_needs_another_deployment(nvcf: Nvcf, before: list[Values], after: list[Values], what: str) -> None:
    version = nvcf.function(function(**HELM) if "Helm" in what or "configuration" in what or "helm" in what else None)
    state = nvcf.deployment(version, *before)
    for act in (nvcf.world.diff, nvcf.world.update):
        with pytest.raises(ConfigurationError) as caught:
            act(state, deployment(version, *after))
        assert caught.value.message == f"{what}: cannot change while the version is deployed"
        assert 'on_redeploy="redeploy"' in str(caught.value.next_step)
    assert nvcf.writes() == []

    program = deployment(version, *after, on_redeploy="redeploy")
    found = nvcf.world.diff(state, program)
    assert (found.changes, found.replaces) == (None, [])
    assert "deployment_id" not in found.stable
    assert nvcf.world.told == [
        f"undeploys the version and deploys it anew, so it is offline in between: {what}",
    ]
    changed = nvcf.world.update(state, program)
    path = "/deployments/functions/f/versions/v1"
    assert nvcf.writes() == [f"DELETE {path}", f"POST {path}"]
    assert changed.id == state.id
    assert changed.facts["deployment_id"] != state.facts["deployment_id"]
    assert nvcf.world.diff(changed, program).changes is False
    assert nvcf.world.told == []


def test_only_our_own_ways(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    program = deployment(version, wait=False, graceful=False, on_redeploy="redeploy", timeouts={"create": "2h"})
    assert nvcf.world.diff(state, program).changes is False
    changed = nvcf.world.update(state, program)
    assert nvcf.writes() == []
    assert nvcf.world.diff(changed, program).changes is False


def test_another_version_is_another_deployment(nvcf: Nvcf) -> None:
    first = nvcf.function()
    state = nvcf.deployment(first)
    nvcf.be_function()
    second = nvcf.replaced(first, function(container_image="nvcr.io/acme/echo:2"))
    nvcf.be_deployment()
    found = nvcf.world.diff(state, deployment(second))
    assert (found.replaces, found.delete_before_replace) == (["version_id"], False)
    new = nvcf.replaced(state, deployment(second))
    nvcf.remove(state)
    assert {one["versionId"]: one["status"] for one in nvcf.versions()} == {
        first.id.split(",")[1]: "INACTIVE",
        second.id.split(",")[1]: "ACTIVE",
    }
    assert nvcf.world.diff(new, deployment(second)).changes is False


def test_a_version_that_is_not_known_yet_is_another_deployment(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.world.next_operation()
    program = {**deployment(version), "version_id": UNKNOWN}
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, program)
    assert checked.problems == []
    found = nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs)
    assert (found.changes, found.replaces, found.delete_before_replace) == (None, ["version_id"], False)


UNKNOWNS: dict[str, Any] = {
    "all specifications": UNKNOWN,
    "a specification": [UNKNOWN],
    "instances": [S(max_instances=UNKNOWN)],
    "concurrency": [S(max_request_concurrency=UNKNOWN)],
    "autoscaling": [S(autoscaling_configuration=UNKNOWN)],
    "a factor": [S(autoscaling_configuration={**SCALING, "scale_up_details": {**UP, "factor": UNKNOWN}})],
}


@pytest.mark.parametrize("items", UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_a_change(nvcf: Nvcf, items: Any) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.world.next_operation()
    program = {**deployment(version), "specifications": items}
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, program)
    assert checked.problems == []
    found = nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs)
    assert (found.changes, found.replaces) == (None, [])


def test_a_gpu_that_is_not_known_yet_may_need_another_deployment(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.world.next_operation()
    program = deployment(version, S(gpu=UNKNOWN), on_redeploy="redeploy")
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, program)
    assert checked.problems == []
    found = nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs)
    assert (found.changes, found.replaces) == (None, [])
    refused = deployment(version, S(gpu=UNKNOWN))
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, refused)
    # What is not known may well be the value of before: only `up` can tell.
    assert nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs).changes is None


def test_a_new_deployment_of_what_is_not_known_yet(nvcf: Nvcf) -> None:
    nvcf.be_deployment()
    nvcf.world.next_operation()
    program = {"function_id": UNKNOWN, "version_id": UNKNOWN, "specifications": [S(gpu=UNKNOWN)]}
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), None, program)
    assert checked.problems == []


DRIFTS: dict[str, tuple[list[Values], Values, list[Call]]] = {
    "instances": ([S()], {"maxInstances": 5}, [patch(maxInstances=2)]),
    "least instances": ([S()], {"minInstances": 0}, [patch(minInstances=1)]),
    "concurrency": ([S(max_request_concurrency=2)], {"maxRequestConcurrency": 9}, [put(stored(2))]),
    "autoscaling": (
        [S(autoscaling_configuration=SCALING)],
        {
            "autoscalingConfiguration": {
                **SENT_SCALING,
                "scaleDownDetails": {"factor": 0.1, "threshold": 1},
            }
        },
        [patch(autoscalingConfiguration=SENT_SCALING)],
    ),
    "autoscaling gone": (
        [S(autoscaling_configuration=SCALING)],
        {"autoscalingConfiguration": None},
        [patch(autoscalingConfiguration=SENT_SCALING)],
    ),
}


@pytest.mark.parametrize(("before", "moved", "calls"), DRIFTS.values(), ids=DRIFTS)
def test_what_changes_in_place_is_put_back(nvcf: Nvcf, before: list[Values], moved: Values, calls: list[Call]) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, *before)
    nvcf.change_specification(state, **moved)
    program = deployment(version, *before)
    found = nvcf.world.diff(state, program)
    assert (found.changes, found.replaces) == (True, [])
    assert "changed outside of the program" in nvcf.world.told[0]
    refreshed = nvcf.world.read(state)
    assert refreshed is not None
    changed = nvcf.world.update(refreshed, program)
    assert made(nvcf) == calls
    assert nvcf.world.diff(changed, program).changes is False


UNMANAGED: dict[str, Values] = {
    "concurrency": {"maxRequestConcurrency": 9},
    "order": {"preferredOrder": 7},
    "autoscaling": {"autoscalingConfiguration": SENT_SCALING},
}


@pytest.mark.parametrize("moved", UNMANAGED.values(), ids=UNMANAGED)
def test_what_the_program_never_named_stays(nvcf: Nvcf, moved: Values) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.change_specification(state, **moved)
    assert nvcf.world.diff(state, deployment(version)).changes is False
    nvcf.world.update(state, deployment(version, S(max_instances=4)))
    assert made(nvcf) == [patch(maxInstances=4)]


def test_drift_that_only_another_deployment_can_put_back(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, S(preferred_order=1))
    nvcf.change_specification(state, preferredOrder=7)
    program = deployment(version, S(preferred_order=1))
    with pytest.raises(ConfigurationError, match="cannot change while the version is deployed"):
        nvcf.world.diff(state, program)
    allowed = {**program, "on_redeploy": "redeploy"}
    assert nvcf.world.diff(state, allowed).changes is True
    changed = nvcf.world.update(state, allowed)
    assert [one.method for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE")] == ["DELETE", "POST"]
    assert nvcf.world.diff(changed, allowed).changes is False


IGNORED: dict[str, tuple[list[Values], list[Values], tuple[str, ...], list[Call]]] = {
    "instances": (
        [S()],
        [S(max_instances=5)],
        ("specifications[0].max_instances",),
        [],
    ),
    "instances beside autoscaling": (
        [S()],
        [S(max_instances=5, autoscaling_configuration=SCALING)],
        ("specifications[0].max_instances",),
        [patch(autoscalingConfiguration=SENT_SCALING)],
    ),
    "order": ([S(preferred_order=1)], [S(preferred_order=2)], ("specifications[0].preferred_order",), []),
    "all": ([S()], [S(), S(**H100)], ("specifications",), []),
}


@pytest.mark.parametrize(("before", "after", "ignored", "calls"), IGNORED.values(), ids=IGNORED)
def test_what_is_ignored_stays(
    nvcf: Nvcf, before: list[Values], after: list[Values], ignored: tuple[str, ...], calls: list[Call]
) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, *before)
    after = kept(state, after, ignored)
    found = nvcf.world.diff(state, deployment(version, *after), ignored)
    assert (found.changes, found.replaces) == (None if calls else False, [])
    nvcf.world.update(state, deployment(version, *after), ignored)
    assert made(nvcf) == calls


def kept(state: State, after: list[Values], ignored: tuple[str, ...]) -> list[Values]:
    """The program's specifications after the engine has put the recorded values in place of what it ignores."""
    [path] = ignored
    recorded: list[Values] = state.inputs["specifications"]
    name = path.partition("].")[2]
    if not name:
        return recorded
    return [{**one, name: before.get(name)} for one, before in zip(after, recorded, strict=True)]


def test_autoscaled_instances_that_are_ignored_stay(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.change_specification(state, maxInstances=9)
    ignored = ("specifications[0].max_instances",)
    program = deployment(version)
    assert nvcf.world.diff(state, program, ignored).changes is False
    changed = deployment(version, S(autoscaling_configuration=SCALING))
    nvcf.world.update(state, changed, ignored)
    assert made(nvcf) == [patch(autoscalingConfiguration=SENT_SCALING)]


def _read(nvcf: Nvcf, state: State) -> Any:
    return nvcf.world.read(state)


def _program(state: State, **changes: Any) -> Values:
    return deployment(state, S(**changes))


def _diff(nvcf: Nvcf, state: State) -> Any:
    found = nvcf.world.diff(state, _program(state))
    return found.changes, found.replaces, found.delete_before_replace


def _update(nvcf: Nvcf, state: State) -> Any:
    with pytest.raises(InferenceError) as caught:
        nvcf.world.update(state, _program(state, max_instances=7))
    return str(caught.value).splitlines()[0]


def _delete(nvcf: Nvcf, state: State) -> Any:
    nvcf.world.delete(state)
    return nvcf.world.warned


GONE: dict[str, tuple[Callable[[Nvcf, State], Any], Any]] = {
    "read": (_read, None),
    "diff": (_diff, (True, ["version_id"], False)),
    "update": (_update, "version NAME was not changed: version NAME (ID) is gone from the cloud"),
    "delete": (_delete, ["version NAME was gone already; nothing was deleted"]),
}


@pytest.mark.parametrize("behind", ["deployment", "version"])
@pytest.mark.parametrize(("act", "expected"), GONE.values(), ids=GONE)
def test_a_deployment_that_is_gone(nvcf: Nvcf, act: Callable[[Nvcf, State], Any], expected: Any, behind: str) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    if behind == "deployment":
        nvcf.lose_deployment(state)
    else:
        nvcf.lose_version(version)
        if act in (_diff, _update):
            nvcf.world.configuration.values["nvcfPlanChecks"] = "false"
    told = repr(expected).replace("NAME", version.id.split(",")[1]).replace("ID", state.id)
    assert repr(act(nvcf, state)) == told


def test_a_deployment_removed_by_somebody_is_made_anew(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.lose_deployment(state)
    found = nvcf.world.diff(state, deployment(version))
    assert found.replaces == ["version_id"]
    assert nvcf.world.told == [
        f"the deployment {state.id} is gone from the cloud; it will be made anew, with another deployment id"
    ]
    new = nvcf.replaced(state, deployment(version))
    assert new.id == state.id
    assert new.facts["deployment_id"] != state.facts["deployment_id"]
    nvcf.remove(state)
    assert nvcf.live(new)["functionStatus"] == "ACTIVE", "the delete of the old one is not meant for the new one"


def test_a_deployment_is_taken_over_after_a_lost_state(nvcf: Nvcf) -> None:
    version = nvcf.function()
    lost = nvcf.deployment(version, S(max_instances=3))
    state = nvcf.deployment(version, S(max_instances=4))
    assert state.facts["deployment_id"] == lost.facts["deployment_id"]
    assert made(nvcf)[-1] == patch(maxInstances=4)
    assert "takes over" in nvcf.world.told[0]


def test_somebody_elses_deployment_is_not_taken(nvcf: Nvcf) -> None:
    made_by = nvcf.api(
        "POST",
        "/functions",
        {"name": "old", "inferenceUrl": "/echo", "inferencePort": 8000, "containerImage": "nvcr.io/acme/echo:1"},
    )["function"]
    version = State(f"{made_by['id']},{made_by['versionId']}", {}, {})
    path = f"/deployments/functions/{made_by['id']}/versions/{made_by['versionId']}"
    body = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 9}
    nvcf.api("POST", path, {"deploymentSpecifications": [body]})
    nvcf.world.clock.advance(60)
    with pytest.raises(InferenceError) as caught:
        nvcf.deployment(version)
    assert "the version is taken by the deployment" in str(caught.value)
    assert "pulumi-inference import nvcf deployment" in str(caught.value)
    assert nvcf.live(version)["deploymentSpecifications"][0]["maxInstances"] == 9
