"""What a program asks NVCF, on both families of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime import test as untyped_test

from pulumi_inference import nvcf
from pulumi_inference.nvcf.lookups import FunctionVersion
from tests.support.cloud import Cloud
from tests.support.nvcf_calls import FUNCTION, REQUEST, VERSION
from tests.support.runs import begin_run

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
Begin = Callable[..., None]

JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2ln"
FUNCTIONS = [
    {
        "name": "echo",
        "id": FUNCTION,
        "versionId": VERSION,
        "inferenceUrl": "/echo",
        "containerImage": "nvcr.io/acme/echo:1",
        "containerEnvironment": [{"key": "TOKEN", "value": "hush"}],
        "secrets": [{"name": "API_TOKEN", "value": "hush-hush"}],
        "tags": ["team=search"],
        "status": "ACTIVE",
        "createdAt": "2024-03-21T00:00:00Z",
        "deployment": {
            "deploymentSpecifications": [
                {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 2}
            ]
        },
    },
    {
        "name": "other",
        "inferenceUrl": "/x",
        "containerImage": "nvcr.io/acme/other:1",
        "createdAt": "2024-03-20T00:00:00Z",
    },
]


@pytest.fixture
def begin(event_loop: None, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins a run of a program that is configured for the emulator."""
    for name in ("NVCF_ENDPOINT", "NGC_ENDPOINT", "NGC_API_KEY", "NGC_ORG", "NGC_TEAM"):
        monkeypatch.delenv(name, raising=False)
    embedded_cloud.admin("POST", "/seed", {"nvcf.functions": FUNCTIONS})

    def new_run(**config: str) -> None:
        named = {f"inference:nvcf{name}": value for name, value in config.items()}
        begin_run({"inference:nvcfEndpoint": embedded_cloud.endpoint, **named})

    new_run()
    yield new_run
    run_program(lambda: None)()
    set_all_config({})


@pytest.fixture(params=["emulator", "no-org"])
def either(request: pytest.FixtureRequest, begin: Begin) -> str:
    """A run on one family of paths."""
    begin(Org=request.param)
    return str(request.param)


def paths(cloud: Cloud) -> list[str]:
    return [one.path.partition("?")[0] for one in cloud.sent("GET")]


def test_functions_are_one_record_for_each_version(either: str, embedded_cloud: Cloud) -> None:
    found = nvcf.get_functions()
    assert [(one.name, one.status) for one in found] == [("echo", "ACTIVE"), ("other", "INACTIVE")]
    assert found[0].container_image == "nvcr.io/acme/echo:1"
    assert paths(embedded_cloud)[-1].startswith("/v2/orgs/emulator/" if either == "emulator" else "/v2/nvcf/")


@pytest.mark.parametrize(
    "filters",
    [
        {"name": "echo"},
        {"function_id": FUNCTION},
        {"tag": "team=search"},
        {"status": "ACTIVE"},
        {"visibility": None, "name": "echo"},
        {"visibility": "private,authorized", "status": "ACTIVE"},
    ],
)
def test_functions_are_chosen(begin: Begin, filters: dict[str, Any]) -> None:
    assert [one.name for one in nvcf.get_functions(**filters)] == ["echo"]


def test_filters_that_nothing_fits(begin: Begin, embedded_cloud: Cloud) -> None:
    for filters in ({"name": "ech"}, {"tag": "team"}, {"status": "ERROR"}, {"function_type": "LLM"}):
        assert nvcf.get_functions(**filters) == []
    assert len(paths(embedded_cloud)) == 1  # all of them are answered by one list
    assert nvcf.get_functions(visibility="public") == []


def test_a_function_is_its_newest_version_that_can_be_called(either: str) -> None:
    found = nvcf.get_function(FUNCTION)
    assert isinstance(found, FunctionVersion)
    assert (found.version_id, found.secrets) == (VERSION, ["API_TOKEN"])
    assert found.container_environment[0].key == "TOKEN"
    assert nvcf.get_function(FUNCTION, version_id=VERSION).name == "echo"
    assert "hush" not in repr(found.secrets)


def test_values_of_the_environment_stay_secret_in_a_program(begin: Begin) -> None:
    seen: list[bool] = []

    @run_program
    def program() -> Any:
        found = nvcf.get_function_output(pulumi.Output.from_input(FUNCTION))
        return pulumi.Output.from_input(found.is_secret()).apply(seen.append)

    program()
    assert seen == [True]


def test_deployments(begin: Begin) -> None:
    [found] = nvcf.get_deployments()
    assert (found.function_id, found.version_id, found.status) == (FUNCTION, VERSION, "ACTIVE")
    assert found.specifications[0].instance_type == "NCP.GPU.L40_1x"
    assert nvcf.get_deployments(status="ERROR") == []
    assert nvcf.get_deployment(FUNCTION, version_id=VERSION).deployment_id == found.deployment_id


def test_what_the_direct_paths_do_not_have_says_so(begin: Begin) -> None:
    begin(Org="no-org")
    assert nvcf.get_deployment(FUNCTION, version_id=VERSION).status == "ACTIVE"
    for ask in (nvcf.get_deployments, nvcf.get_instance_types, nvcf.get_gpu_quota):
        with pytest.raises(pulumi.RunError, match="the direct paths of the API have no list of") as caught:
            ask()
        assert "nvcfOrg" in str(caught.value)


def test_cluster_groups_are_for_jwts(begin: Begin) -> None:
    begin(ApiKey=JWT)
    groups = nvcf.get_cluster_groups()
    assert groups
    assert groups[0].gpus
    gpus = {one.name: one for one in nvcf.get_gpus()}
    assert "NCP.GPU.L40_1x" in gpus["L40"].instance_types
    assert gpus["L40"].cluster_groups


def test_what_a_key_may_not_read_is_an_empty_list_with_one_notice(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    assert nvcf.get_cluster_groups() == []
    assert nvcf.get_cluster_groups() == []
    assert len(warned) == 1
    assert "the cluster groups are not known" in warned[0]
    assert {one.name for one in nvcf.get_gpus()} >= {"L40"}  # the organisation's instance types have them
    assert len(warned) == 1


def test_on_direct_paths_the_gpus_are_not_known_to_a_key(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(Org="no-org")
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    assert nvcf.get_gpus() == []
    assert nvcf.get_cluster_groups() == []
    assert len(warned) == 1


def test_a_bad_key_is_an_error_and_no_notice(begin: Begin) -> None:
    begin(ApiKey="nvapi-nobody")
    with pytest.raises(pulumi.RunError, match="the key is unknown") as caught:
        nvcf.get_cluster_groups()
    assert "nvapi-nobody" not in str(caught.value)


def test_a_scope_that_a_key_lacks_is_an_error(begin: Begin, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin("POST", "/seed", {"nvcf.keys": [{"key": "nvapi-few", "scopes": ["list_functions"]}]})
    begin(ApiKey="nvapi-few")
    assert nvcf.get_functions()
    with pytest.raises(pulumi.RunError, match="manage_telemetries"):
        nvcf.get_telemetries()


def test_instance_types_have_their_capacity(begin: Begin) -> None:
    found = {one.name: one for one in nvcf.get_instance_types(gpu="L40")}
    one = found["NCP.GPU.L40_1x"]
    assert (one.gpu, one.gpu_count) == ("L40", 1)
    assert one.available_capacity is not None
    assert {each.gpu for each in found.values()} == {"L40"}
    assert nvcf.get_instance_types(gpu="none") == []


def test_the_quota(begin: Begin) -> None:
    rule = next(one for one in nvcf.get_gpu_quota() if one.instance_type == "NCP.GPU.L40_1x")
    assert (rule.gpu, rule.used) == ("L40", 2)
    assert rule.max_instances


def test_queues(either: str, embedded_cloud: Cloud) -> None:
    [queue] = nvcf.get_queues(FUNCTION)
    assert (queue.version_id, queue.depth, queue.status) == (VERSION, 0, "ACTIVE")
    assert [one.version_id for one in nvcf.get_queues(FUNCTION, version_id=VERSION)] == [VERSION]
    other = next(one for one in nvcf.get_functions() if one.name == "other")
    assert nvcf.get_queues(other.function_id) == []
    with pytest.raises(pulumi.RunError, match="Not found"):
        nvcf.get_queues(REQUEST)


def test_a_position_in_a_queue(begin: Begin, embedded_cloud: Cloud) -> None:
    headers = {"Authorization": "Bearer nvapi-emulator", "X-Emulator-Seconds": "60", "NVCF-POLL-SECONDS": "1"}
    embedded_cloud.admin("PATCH", "/settings", {"nvcf.hold_seconds": 0})
    answer = embedded_cloud.client.post(f"/v2/nvcf/pexec/functions/{FUNCTION}", json={}, headers=headers)
    answer = embedded_cloud.client.post(f"/v2/nvcf/pexec/functions/{FUNCTION}", json={}, headers=headers)
    found = nvcf.get_queue_position(answer.headers["nvcf-reqid"])
    assert (found.version_id, found.position) == (VERSION, 1)
    with pytest.raises(pulumi.RunError):
        nvcf.get_queue_position(REQUEST)


def test_sharing(begin: Begin, embedded_cloud: Cloud) -> None:
    [one] = nvcf.get_authorizations(FUNCTION)
    assert (one.function_id, one.accounts) == (FUNCTION, [])
    headers = {"Authorization": "Bearer nvapi-emulator"}
    body = {"authorizedParties": [{"ncaId": "nca-friend"}]}
    path = f"/v2/nvcf/authorizations/functions/{FUNCTION}/versions/{VERSION}"
    assert embedded_cloud.client.post(path, json=body, headers=headers).is_success
    begin()
    assert nvcf.get_authorizations(FUNCTION, version_id=VERSION)[0].accounts == ["nca-friend"]


def test_telemetries_credentials_and_assets_without_their_secrets(begin: Begin, embedded_cloud: Cloud) -> None:
    headers = {"Authorization": "Bearer nvapi-emulator"}
    telemetry = {
        "endpoint": "https://otel.example.com",
        "protocol": "HTTP",
        "provider": "OTEL_COLLECTOR",
        "types": ["LOGS"],
        "secret": {"name": "logs", "value": "hush"},
    }
    credential = {
        "registryHostname": "nvcr.io",
        "secret": {"name": "ours", "value": "JG9hdXRodG9rZW46aHVzaA=="},
        "artifactTypes": ["CONTAINER"],
    }
    for path, body in (("telemetries", telemetry), ("registry-credentials", credential)):
        answer = embedded_cloud.client.post(f"/v2/nvcf/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
    made = embedded_cloud.client.post(
        "/v2/nvcf/assets", json={"contentType": "text/plain", "description": "a"}, headers=headers
    ).json()
    put = {"Content-Type": "text/plain", "x-amz-meta-nvcf-asset-description": "a"}
    assert embedded_cloud.client.put(made["uploadUrl"], content=b"a", headers=put).is_success
    [one] = nvcf.get_telemetries(name="logs")
    assert (one.provider, one.types) == ("OTEL_COLLECTOR", ["LOGS"])
    assert nvcf.get_telemetries(name="log") == []
    [other] = nvcf.get_registry_credentials(artifact_type="CONTAINER")
    assert other.name == "ours"
    assert nvcf.get_registry_credentials(artifact_type="HELM") == []
    assert [each.asset_id for each in nvcf.get_assets()] == [made["assetId"]]
    assert nvcf.get_asset(made["assetId"]).content_type == "text/plain"
    assert "hush" not in repr((one, other))
