"""What NVCF's own lists say against a deployment, told in the preview; a list that cannot be had is told once."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from tests.support.nvcf import Nvcf, deployment, function, specification
from tests.support.world import Values

S = specification
CHART = {
    "container_image": None,
    "helm_chart": "https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz",
    "helm_chart_service_name": "entry",
}
MODELS = [{"name": "m", "version": "1", "uri": "https://api.ngc.nvidia.com/v2/org/o/models/m/1/files"}]
TRITON = {"container_image": None, "models": MODELS}
NODES = S(gpu="H100", instance_type="NCP.GPU.H100_8x.x2")
GPUS = "; there are A100, B200, GB200, H100, L40, L40S, T10"

CHECKS: dict[str, tuple[Values, list[Values], list[str]]] = {
    "right": ({}, [S()], []),
    "in another case": ({}, [S(gpu="l40", instance_type="ncp.gpu.l40_1X")], []),
    "misspelled GPU": (
        {},
        [S(), S(gpu="L4O", regions=["a"])],
        ['specifications[1].gpu: there is no GPU "L4O"; did you mean `L40`?'],
    ),
    "no such GPU": ({}, [S(gpu="Quadro")], [f'specifications[0].gpu: there is no GPU "Quadro"{GPUS}']),
    "misspelled instance type": (
        {},
        [S(instance_type="NCP.GPU.L40_2x")],
        [
            'specifications[0].instance_type: there is no instance type with L40 "NCP.GPU.L40_2x"; did you mean '
            "`NCP.GPU.L40_1x`?"
        ],
    ),
    "instance type of another GPU": (
        {},
        [S(instance_type="NCP.GPU.H100_8x.x4", gpu="B200")],
        [
            "specifications[0].instance_type: NCP.GPU.H100_8x.x4 has 4 nodes, and a container function runs on a "
            "single one",
            'specifications[0].instance_type: there is no instance type with B200 "NCP.GPU.H100_8x.x4"; did you mean '
            "`ON-PREM.GPU.B200_8x.x2`?",
        ],
    ),
    "cluster group": (
        {},
        [S(backend="NCB")],
        ['specifications[0].backend: there is no cluster group "NCB"; did you mean `NCP`?'],
    ),
    "cluster": (
        {},
        [S(clusters=["ncp-us-east-1", "ncp-us-eastt-1"])],
        ['specifications[0].clusters[1]: there is no cluster "ncp-us-eastt-1"; did you mean `ncp-us-east-1`?'],
    ),
    "nodes for a container": (
        {},
        [NODES],
        [
            "specifications[0].instance_type: NCP.GPU.H100_8x.x2 has 2 nodes, and a container function runs on a "
            "single one"
        ],
    ),
    "nodes for a chart": (CHART, [NODES], []),
    "nodes for models alone": (TRITON, [NODES], []),
    "values for a container": (
        {},
        [S(configuration={})],
        ["specifications[0].configuration: is for functions with a helm_chart only; this one has none"],
    ),
    "policy for models": (
        TRITON,
        [S(helm_validation_policy={"name": "Default"})],
        ["specifications[0].helm_validation_policy: is for functions with a helm_chart only; this one has none"],
    ),
    "values for a chart": (CHART, [S(configuration={"a": 1}, helm_validation_policy={"name": "Default"})], []),
    "not known": (
        {},
        [S(gpu=UNKNOWN), S(instance_type=UNKNOWN, regions=["a"]), S(backend=UNKNOWN), S(clusters=[UNKNOWN])],
        [],
    ),
    "nothing known": ({}, [UNKNOWN], []),
}


def problems_of(nvcf: Nvcf, program: Values, old: State | None = None) -> list[str]:
    nvcf.be_deployment()
    nvcf.world.next_operation()
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), old.inputs if old else None, program)
    return [str(one) for one in checked.problems]


@pytest.mark.parametrize(("version", "specifications", "messages"), CHECKS.values(), ids=CHECKS)
def test_a_deployment_is_checked_against_the_lists(
    nvcf: Nvcf, version: Values, specifications: list[Any], messages: list[str]
) -> None:
    made = nvcf.function(function(**version))
    assert problems_of(nvcf, deployment(made, *specifications)) == messages
    assert nvcf.world.warned == []
    assert nvcf.writes() == []


def test_the_cloud_refuses_what_the_checks_refuse(nvcf: Nvcf) -> None:
    """Else a check would be stricter than the cloud."""
    nvcf.world.configuration.values["nvcfPlanChecks"] = "off"
    for version, specifications, messages in CHECKS.values():
        if UNKNOWN in specifications or UNKNOWN in specifications[0].values():
            continue
        made = nvcf.function(function(**version))
        bodies = [
            {
                "gpu": one["gpu"],
                "instanceType": one["instance_type"],
                "minInstances": 1,
                "maxInstances": 2,
                **{name: one[name] for name in ("backend", "configuration") if name in one},
                **{
                    wire: one[name]
                    for name, wire in (("helm_validation_policy", "helmValidationPolicy"), ("clusters", "clusters"))
                    if name in one
                },
            }
            for one in specifications
        ]
        path = "/v2/orgs/emulator/nvcf/deployments/functions/{}/versions/{}".format(*made.id.split(","))
        headers = {"Authorization": f"Bearer {API_KEY}"}
        body = {"deploymentSpecifications": bodies}
        answer = nvcf.world.cloud.client.post(path, json=body, headers=headers)
        is_about_clusters = any(".clusters" in one for one in messages)
        assert answer.is_success is (not messages or is_about_clusters), answer.json()
        nvcf.lose_version(made)


def test_what_has_not_changed_is_not_asked_again(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    assert problems_of(nvcf, deployment(version), state) == []
    assert nvcf.sent() == []
    assert problems_of(nvcf, deployment(version, wait=False), state) == []
    assert not [one for one in nvcf.sent() if "clusterGroups" in one.path]


def test_each_list_is_asked_for_once(nvcf: Nvcf) -> None:
    version = nvcf.function()
    nvcf.be_deployment()
    nvcf.world.next_operation()
    for _ in range(3):
        nvcf.world.lifecycle.check(nvcf.world.context(), None, deployment(version))
    paths = [one.path for one in nvcf.sent()]
    assert len(paths) == len(set(paths)) == 3, "the access check, the version, the groups"


def test_a_key_that_may_not_read_the_catalogue_is_told_once(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfApiKey"] = API_KEY
    version = nvcf.function()
    nvcf.be_deployment()
    nvcf.world.next_operation()
    for name in ("one", "two"):
        context = nvcf.world.context(f"urn::{name}")
        checked = nvcf.world.lifecycle.check(context, None, deployment(version, S(gpu="Quadro")))
        assert checked.problems == []
    [told] = nvcf.world.told
    assert told.startswith("GPUs and instance types are not checked in previews: no API key may read")
    assert "`pulumi-inference nvcf instance-types`" in told
    assert nvcf.world.warned == []
    assert len([one for one in nvcf.sent() if "clusterGroups" in one.path]) == 1


def test_what_the_function_takes_is_checked_all_the_same(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfApiKey"] = API_KEY
    version = nvcf.function()
    assert problems_of(nvcf, deployment(version, S(configuration={"a": 1}))) == [
        "specifications[0].configuration: is for functions with a helm_chart only; this one has none"
    ]


def test_an_empty_catalogue_says_nothing(nvcf: Nvcf) -> None:
    nvcf.set(no_cluster_groups=True)
    version = nvcf.function()
    assert problems_of(nvcf, deployment(version, S(gpu="Quadro", backend="x", clusters=["y"])))[:1] == [
        "specifications[0].backend: cannot be combined with clusters; remove one of the two"
    ]
    assert problems_of(nvcf, deployment(version, S(gpu="Quadro", clusters=["y"]))) == []
    assert nvcf.world.warned == []


@pytest.mark.parametrize("old", [True, False])
def test_a_version_that_is_not_there(nvcf: Nvcf, old: bool) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version) if old else None
    nvcf.lose_version(version)
    function_id, version_id = version.id.split(",")
    assert problems_of(nvcf, deployment(version, S(max_instances=3)), state) == [
        f"version_id: there is no version {version_id} of a function {function_id} in this account"
    ]


def test_a_lookup_that_fails_is_a_warning(nvcf: Nvcf) -> None:
    version = nvcf.function()
    nvcf.world.cloud.fault(path="clusterGroups", status=500, count=None)
    assert problems_of(nvcf, deployment(version, S(gpu="Quadro"))) == []
    [warning] = nvcf.world.warned
    assert warning.startswith("the GPUs could not be looked up")


def test_the_checks_can_be_switched_off(nvcf: Nvcf) -> None:
    version = nvcf.function()
    nvcf.world.configuration.values["nvcfPlanChecks"] = "off"
    assert problems_of(nvcf, deployment(version, S(gpu="Quadro", configuration={}))) == []


WARNINGS: dict[str, tuple[list[Values], list[str]]] = {
    "none": ([S(max_request_concurrency=1024)], []),
    "many at a time": (
        [S(max_request_concurrency=1025)],
        [
            "specifications[0].max_request_concurrency: 1025 is more than 1024, which older versions of NVCF refuse",
        ],
    ),
    "scaling that differs": (
        [
            S(
                autoscaling_configuration={
                    "scale_up_details": {"factor": 2, "threshold": 80},
                    "scale_down_details": {"factor": 0.5, "threshold": 20},
                }
            ),
            S(gpu="H100", instance_type="NCP.GPU.H100_1x"),
        ],
        [
            "specifications: NVCF scales a version as a whole; give all of them the same autoscaling_configuration",
        ],
    ),
}


@pytest.mark.parametrize(("specifications", "warnings"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_doubtful_is_a_warning(nvcf: Nvcf, specifications: list[Values], warnings: list[str]) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, *specifications)
    assert nvcf.world.warned == warnings
    nvcf.world.diff(state, deployment(version, *specifications))
    assert nvcf.world.warned == [], "said once, not with every preview"


def test_doubts_about_a_function_are_warnings(nvcf: Nvcf) -> None:
    state = nvcf.function(function(container_image="nvcr.io/acme/echo"))
    [warning] = nvcf.world.warned
    assert warning.startswith("container_image: nvcr.io/acme/echo has neither tag nor digest")
    nvcf.world.diff(state, function(container_image="nvcr.io/acme/echo"))
    assert nvcf.world.warned == []
