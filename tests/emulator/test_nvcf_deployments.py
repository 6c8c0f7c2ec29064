"""Deployments of NVCF: what a specification may be, and the calls that make, read, change and end one."""

from typing import Any

import pytest

from .nvcfcloud import ACCOUNT, DEPLOY_SECONDS, UNKNOWN, Nvcf, chart_body, function_body, model, path_of, problem, spec

H100 = {"gpu": "H100", "instanceType": "NCP.GPU.H100_1x"}
FULL: dict[str, Any] = {
    "clusters": ["c"],
    "regions": ["us-east-1", "us-west-1"],
    "availabilityZones": ["z"],
    "attributes": ["hipaa"],
    "preferredOrder": 7,
    "maxRequestConcurrency": 4,
    "autoscalingConfiguration": {
        "scaleUpDetails": {"factor": 2, "threshold": 80, "stickiness": {"size": "PT60S", "threshold": "PT30S"}},
        "scaleDownDetails": {"metric": "m", "factor": 0.5, "threshold": 10},
    },
}


def where(function: dict[str, Any]) -> str:
    return f"Function id '{function['id']}', version '{function['versionId']}'"


def refused(nvcf: Nvcf, function: dict[str, Any], *specs: Any) -> str:
    body = {"deploymentSpecifications": list(specs)}
    return problem(nvcf.call("POST", f"/deployments{path_of(function)}", body), 400)


def sent(found: dict[str, Any]) -> dict[str, Any]:
    """A specification without what the service adds."""
    looked_up = ("cpuArch", "os", "driverVersion", "storage", "systemMemory", "gpuMemory", "gpuSpecificationId")
    return {name: value for name, value in found.items() if name not in looked_up}


def test_a_deployment(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function)
    [found] = made.pop("deploymentSpecifications")
    assert made == {
        "deploymentId": made["deploymentId"],
        "functionId": function["id"],
        "functionVersionId": function["versionId"],
        "functionName": "echo",
        "ncaId": ACCOUNT,
        "functionStatus": "DEPLOYING",
        "createdAt": "2024-03-21T00:00:00.000Z",
        "lastUpdatedAt": "2024-03-21T00:00:00.000Z",
    }
    assert sent(found) == {**spec(), "maxRequestConcurrency": 1, "preferredOrder": 1}
    assert (found["gpuMemory"], found["cpuArch"]) == ("48G", "x86_64")
    read = nvcf.deployment(function)
    assert read == {**made, "deploymentSpecifications": [found]}
    assert nvcf.ok("GET", f"/deployments/{made['deploymentId']}")["deployment"] == read
    listed = nvcf.http.get("/v2/orgs/emulator/nvcf/deployments").json()
    assert listed == {"deployments": [read]}


def test_a_full_specification_in_another_order(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function, spec(**FULL), spec(**H100), spec(**H100, backend="ncp"))
    found = [sent(one) for one in made["deploymentSpecifications"]]
    assert [one["gpu"] for one in found] == ["H100", "H100", "L40"]
    assert found[0]["backend"] == "ncp"
    config = found[2].pop("autoscalingConfiguration")
    assert config["scaleUpDetails"]["stickiness"] == {"size": "PT1M", "threshold": "PT30S"}
    assert sorted(found[2].pop("regions")) == FULL["regions"]
    rest = {name: FULL[name] for name in FULL if name not in ("regions", "autoscalingConfiguration")}
    assert found[2] == {**spec(), **rest}
    ids = {one["gpuSpecificationId"] for one in made["deploymentSpecifications"]}
    assert len(ids) == 3


def test_what_is_sent_blank_or_back_again(nvcf: Nvcf) -> None:
    function = nvcf.create()
    blank = {"backend": " ", "clusters": [], "regions": None, "configuration": None, "attributes": [" "]}
    made = nvcf.deploy(function, {**spec(), **blank})
    [found] = made["deploymentSpecifications"]
    assert not set(blank) & set(found)
    nvcf.ok("DELETE", f"/deployments{path_of(function)}")
    again = nvcf.deploy(function, {**found, "storage": "1T"})
    [other] = again["deploymentSpecifications"]
    assert {**other, "gpuSpecificationId": found["gpuSpecificationId"]} == found
    assert other["gpuSpecificationId"] != found["gpuSpecificationId"]
    assert again["deploymentId"] != made["deploymentId"]


def test_all_minimums_zero_is_active_at_once(nvcf: Nvcf) -> None:
    function = nvcf.create()
    assert nvcf.deploy(function, spec(minInstances=0))["functionStatus"] == "ACTIVE"
    assert nvcf.read(function)["activeInstances"] == []


@pytest.mark.parametrize(
    ("wrong", "end"),
    [
        ({"gpu": "X"}, "Invalid GPU 'X' specified"),
        ({"instanceType": "NCP.GPU.H100_1x"}, "Invalid InstanceType 'NCP.GPU.H100_1x' specified"),
        ({**H100, "instanceType": "NCP.GPU.H100_8x.x2"}, "Invalid InstanceType 'NCP.GPU.H100_8x.x2' specified"),
        ({"backend": "X"}, "Invalid Backend 'X' specified"),
        ({"backend": "ON-PREM"}, "Invalid GPU 'L40' specified"),
        ({"backend": "GFN"}, "Invalid InstanceType 'NCP.GPU.L40_1x' specified"),
        ({"backend": "BARE"}, "GPUs missing for Backend 'BARE'"),
        (
            {"backend": "NCP", "clusters": ["c"]},
            "Backend:['NCP'] and Clusters:['c'] could not be specified at the same time.",
        ),
        (
            {"configuration": {}},
            "The configuration field in Gpu specification should be empty for container based functions.",
        ),
        (
            {"helmValidationPolicy": {"name": "Default"}},
            "The helmValidationPolicy field in Gpu specification should be empty for container based functions.",
        ),
    ],
)
def test_what_the_catalogue_refuses(nvcf: Nvcf, wrong: dict[str, Any], end: str) -> None:
    nvcf.admin("POST", "/seed", {"nvcf.cluster_groups": [{"name": "BARE"}]})
    function = nvcf.create()
    assert refused(nvcf, function, spec(), spec(**wrong)) == f"{where(function)}: {end}"
    assert nvcf.read(function)["status"] == "INACTIVE"


def test_names_of_the_catalogue_in_any_case(nvcf: Nvcf) -> None:
    found = nvcf.deploy(nvcf.create(), spec(gpu="l40", instanceType="ncp.gpu.l40_1X"))["deploymentSpecifications"][0]
    assert (found["gpu"], found["instanceType"], found["gpuMemory"]) == ("l40", "ncp.gpu.l40_1X", "48G")


@pytest.mark.parametrize(
    "body", [chart_body(), function_body(containerImage=None, models=[model()])], ids=["chart", "models"]
)
def test_several_nodes_are_for_charts_and_models(nvcf: Nvcf, body: Any) -> None:
    nvcf.deploy(nvcf.create(body), spec(**{**H100, "instanceType": "NCP.GPU.H100_8x.x2"}))


def test_charts_may_have_values_and_a_policy(nvcf: Nvcf) -> None:
    kinds = [{"group": "apps", "version": "v1", "kind": "StatefulSet"}]
    policy = {"name": "unrestricted", "extraKubernetesTypes": kinds}
    made = nvcf.deploy(nvcf.create(chart_body()), spec(configuration={"a": [1]}, helmValidationPolicy=policy))
    found = made["deploymentSpecifications"][0]
    assert found["configuration"] == {"a": [1]}
    assert found["helmValidationPolicy"] == {**policy, "name": "Unrestricted"}


def test_no_catalogue(nvcf: Nvcf) -> None:
    nvcf.settings(no_cluster_groups=True)
    body = {"deploymentSpecifications": [spec()]}
    problem(nvcf.call("POST", f"/deployments{path_of(nvcf.create())}", body), 502)


LIST = "deploymentSpecifications"
OVER = "Invalid request: 'minInstances' must be lesser than or equal to 'maxInstances'"


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"gpu": " "}, "[0].gpu", "must not be blank"),
        ({"instanceType": None}, "[0].instanceType", "must not be null"),
        ({"maxInstances": 0, "minInstances": 0}, "[0].maxInstances", "must be greater than 0"),
        ({"minInstances": -1}, "[0].minInstances", "must be greater than or equal to 0"),
        ({"minInstances": None}, "[0].minInstances", "must not be null"),
        ({"minInstances": 3}, "", OVER),
        ({"maxRequestConcurrency": 0}, "[0].maxRequestConcurrency", "must be greater than or equal to 1"),
        ({"maxRequestConcurrency": 16385}, "[0].maxRequestConcurrency", "must be less than or equal to 16384"),
        ({"preferredOrder": 100}, "[0].preferredOrder", "must be less than or equal to 99"),
        ({"autoscalingConfiguration": {"scaleUpDetails": {"factor": 1, "threshold": 1}}}, None, None),
        ({"autoscalingConfiguration": {"scaleDownDetails": {"factor": 1, "threshold": 1}}}, None, None),
        ({"autoscalingConfiguration": {"scaleUpDetails": {"threshold": 1}}}, None, None),
        ({"helmValidationPolicy": {"name": "Default", "extraKubernetesTypes": []}}, None, None),
    ],
)
def test_rules_of_a_specification(nvcf: Nvcf, wrong: dict[str, Any], field: str | None, message: str | None) -> None:
    detail = refused(nvcf, nvcf.create(), spec(**wrong))
    assert detail.startswith("Validation failed: [object=functionDeploymentRequest, field=deploymentSpecifications")
    if message is not None:
        assert f"field={LIST}{field}, rejected=" in detail
        assert f"message={message}]" in detail


@pytest.mark.parametrize(
    ("size", "threshold", "is_right"),
    [("PT1H", "PT59M", True), ("PT61M", "PT1M", False), ("PT1M", "PT1M", False), ("PT1M", None, False)],
)
def test_stickiness(nvcf: Nvcf, size: str, threshold: str | None, is_right: bool) -> None:
    details = {"factor": 1.5, "threshold": 50, "stickiness": {"size": size, "threshold": threshold}}
    body = {LIST: [spec(autoscalingConfiguration={"scaleUpDetails": details})]}
    answer = nvcf.call("POST", f"/deployments{path_of(nvcf.create())}", body)
    assert (answer.status_code == 200) is is_right


def test_no_specification(nvcf: Nvcf) -> None:
    function = nvcf.create()
    assert OVER in refused(nvcf, function)
    assert "must not be null" in problem(nvcf.call("POST", f"/deployments{path_of(function)}", {}), 400)


def test_older_limit_and_names(nvcf: Nvcf) -> None:
    nvcf.settings(max_request_concurrency=1024, older_names=True)
    function = nvcf.create()
    assert "less than or equal to 1024" in refused(nvcf, function, spec(maxRequestConcurrency=1025))
    assert "requestQueueUrl" in nvcf.deployed(function)
    assert "sisRequestId" in nvcf.read(function)["activeInstances"][0]


def test_a_second_deployment(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deploy(function)
    assert refused(nvcf, function, spec()) == (
        f"{where(function)}: Status DEPLOYING, use PATCH endpoint to update gpu-specification"
    )
    nvcf.clock.advance(DEPLOY_SECONDS)
    assert "Status ACTIVE, use PATCH" in refused(nvcf, function, spec())


def test_what_is_not_deployed(nvcf: Nvcf) -> None:
    function = nvcf.create()
    missing = f"Function version '{function['versionId']}': Deployment not found"
    assert problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404) == missing
    assert problem(nvcf.call("DELETE", f"/deployments{path_of(function)}"), 404) == missing
    detail = problem(nvcf.call("GET", f"/deployments/{UNKNOWN}"), 404)
    assert detail == f"Deployment id '{UNKNOWN}': Deployment not found"
    unknown = path_of({"id": UNKNOWN, "versionId": UNKNOWN})
    for method in ("POST", "DELETE"):
        answer = nvcf.call(method, f"/deployments{unknown}", {LIST: [spec()]})
        assert "Not found in account" in problem(answer, 404)


def test_the_deployment_of_another_account(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function)
    nvcf.admin("POST", "/seed", {"nvcf.accounts": [{"org": "acme"}]})
    nvcf.sign_in(nvcf.key(org="acme"))
    for path in (f"/deployments{path_of(function)}", f"/deployments/{made['deploymentId']}"):
        detail = problem(nvcf.call("GET", path), 404)
        assert detail == f"{where(function)}: Function deployment not found in account 'nca-acme'"


def test_patch(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function, spec(), spec(**H100))
    nvcf.clock.advance(5)
    answer = nvcf.patch(made, 1, minInstances=2, maxInstances=3)
    assert answer.json()["gpuSpecification"] == {**made[LIST][1], "minInstances": 2, "maxInstances": 3}
    read = nvcf.deployment(function)
    assert read[LIST] == [made[LIST][0], answer.json()["gpuSpecification"]]
    assert read["functionStatus"] == "ACTIVE"
    assert read["lastUpdatedAt"] == "2024-03-21T00:00:35.000Z"
    nvcf.clock.advance(5)
    assert nvcf.patch(made, 1, minInstances=2).status_code == 200
    assert nvcf.deployment(function)["lastUpdatedAt"] == read["lastUpdatedAt"]


def test_patch_of_the_policy(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    first = {"scaleUpDetails": {"factor": 2.0, "threshold": 80}}
    second = {"scaleDownDetails": {"factor": 0.5, "threshold": 8}}
    for config in (first, second):
        found = nvcf.patch(made, autoscalingConfiguration=config).json()["gpuSpecification"]
        assert found["autoscalingConfiguration"] == config
    found = nvcf.patch(
        made, autoscalingConfiguration=first, autoscalingConfigurationPolicy="platform_configuration"
    ).json()
    assert "autoscalingConfiguration" not in found["gpuSpecification"]
    assert "Failed to read" in problem(nvcf.patch(made, autoscalingConfigurationPolicy="other"), 400)


def test_wrong_patches(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    path = f"/deployments/{made['deploymentId']}/gpu-specifications"
    spec_id = made[LIST][0]["gpuSpecificationId"]
    assert problem(nvcf.call("PATCH", f"{path}/{UNKNOWN}", {"minInstances": 1}), 404) == (
        f"Invalid request: Unknown gpu-specification-id '{UNKNOWN}'"
    )
    other = f"/deployments/{UNKNOWN}/gpu-specifications/{spec_id}"
    assert "Deployment not found" in problem(nvcf.call("PATCH", other, {"minInstances": 1}), 404)
    assert problem(nvcf.patch(made, maxRequestConcurrency=2), 400) == (
        f"{where(function)}: Empty update gpu specification request. At least one field should be provided."
    )
    for changes, numbers in (({"minInstances": 3}, (3, 2)), ({"minInstances": 5, "maxInstances": 4}, (5, 4))):
        assert problem(nvcf.patch(made, **changes), 400) == (
            f"Invalid request: minInstances '{numbers[0]}' must be lesser than or equal to maxInstances '{numbers[1]}'"
        )
    assert "must be greater than 0" in problem(nvcf.patch(made, maxInstances=0), 400)


def test_put(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function, spec(clusters=["a", "b"]))
    wanted = {
        "gpu": "ignored",
        "clusters": ["b", "a"],
        "minInstances": 1,
        "maxInstances": 5,
        "maxRequestConcurrency": 9,
    }
    answer = nvcf.ok("PUT", f"/deployments{path_of(function)}", {LIST: [wanted]})["deployment"]
    assert answer["deploymentId"] == made["deploymentId"]
    changes = {"maxInstances": 5, "maxRequestConcurrency": 9}
    assert answer[LIST] == [{**made[LIST][0], **changes}]
    del wanted["maxRequestConcurrency"]
    answer = nvcf.ok("PUT", f"/deployments{path_of(function)}", {LIST: [wanted]})["deployment"]
    assert answer[LIST][0]["maxRequestConcurrency"] == 9


def test_put_with_several_specifications(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function, spec(), spec(**H100))
    numbers = {"minInstances": 1, "maxInstances": 7}

    def put(*specs: dict[str, Any]) -> Any:
        return nvcf.call("PUT", f"/deployments{path_of(function)}", {LIST: list(specs)})

    mismatch = "': GPU / InstanceType specs must match the ones in the original deployment"
    assert problem(put(numbers), 400).endswith(mismatch)
    assert "use PATCH endpoint" in problem(put(numbers, numbers), 400)
    ids = [{"gpuSpecificationId": one["gpuSpecificationId"], **numbers} for one in made[LIST]]
    assert problem(put(ids[0], {**ids[0], "gpuSpecificationId": UNKNOWN}), 400).endswith(mismatch)
    assert "Backend 'x' field does not match" in problem(put(ids[0], {**ids[1], "backend": "x"}), 400)
    assert "does not match clusters" in problem(put({**ids[0], "clusters": ["c"]}, ids[1]), 400)
    assert OVER in problem(put(ids[0], {**ids[1], "minInstances": 8}), 400)
    answer = put(ids[1], {**ids[0], "maxInstances": 8}).json()["deployment"]
    assert [one["maxInstances"] for one in answer[LIST]] == [8, 7]


def test_delete(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    answer = nvcf.call("DELETE", f"/deployments{path_of(function)}")
    assert answer.status_code == 200
    assert answer.json()["function"] == function
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)
    assert "Deployment not found" in problem(nvcf.patch(made, minInstances=2), 404)
    put = nvcf.call("PUT", f"/deployments{path_of(function)}", {LIST: [spec()]})
    assert problem(put, 400) == f"{where(function)}: Invalid status 'INACTIVE'"
    assert nvcf.http.get("/v2/orgs/emulator/nvcf/deployments").json() == {"deployments": []}


def test_deleting_a_version_ends_its_deployment(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    nvcf.ok("DELETE", path_of(function))
    problem(nvcf.call("GET", f"/deployments/{made['deploymentId']}"), 404)


def test_what_registries_say(nvcf: Nvcf) -> None:
    function = nvcf.create(models=[model()], resources=[model("r")])
    for verdict in (400, 401, 403, 404, 429):
        nvcf.admin("POST", "/faults", {"nvcf.registry": {"verdict": verdict, "call": "create", "artifact": "echo"}})
        detail = problem(nvcf.call("POST", "/functions", function_body()), verdict)
        assert detail.startswith(f"Account '{ACCOUNT}', Function id '")
        assert "'nvcr.io/acme/echo:1'" in detail
    nvcf.admin("POST", "/faults", {"nvcf.registry": {"verdict": 403, "artifact": "/r/1/", "message": "no such right"}})
    answer = nvcf.call("POST", f"/deployments{path_of(function)}", {LIST: [spec()]})
    assert problem(answer, 403) == f"Account '{ACCOUNT}', {where(function)}: no such right"
    assert nvcf.read(function)["status"] == "INACTIVE"
    nvcf.deployed(function)
    nvcf.admin("POST", "/faults", {"nvcf.registry": {"verdict": 404, "call": "deploy"}})
    assert nvcf.patch(nvcf.deployment(function), maxInstances=4).status_code == 200
    put = nvcf.call("PUT", f"/deployments{path_of(function)}", {LIST: [{"minInstances": 1, "maxInstances": 9}]})
    problem(put, 404)
    assert nvcf.deployment(function)[LIST][0]["maxInstances"] == 4
