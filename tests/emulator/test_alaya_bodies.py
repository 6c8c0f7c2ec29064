"""What the bodies of Alaya NeW's calls have to be like."""

from typing import Any

import pytest

from .alayacloud import GPU, SCALE, Alaya, expert, full_pod, lora, pod, quick_start, refusal, resource

MISSING = "is required"


def broken(body: Any, path: str, value: Any) -> Any:
    """The body in which a field, as ``a.b.c``, has another value; None takes it away."""
    first, _, rest = path.partition(".")
    if isinstance(body, list):
        place = int(first)
        return [*body[:place], broken(body[place], rest, value) if rest else value, *body[place + 1 :]]
    inner = broken(body[first], rest, value) if rest else value
    return {name: item for name, item in {**body, first: inner}.items() if item is not None}


@pytest.mark.parametrize(
    "path",
    [
        *("vksId", "namespace", "name", "servedName", "modelId", "headConfig", "scale"),
        *("scale.min", "scale.max", "scale.rpsValue", "scale.idleTime"),
        *("headConfig.image", "headConfig.resource", "headConfig.resource.cpu", "headConfig.resource.mem"),
        *("headConfig.resource.gpu", "headConfig.resource.gpu.gpuType", "headConfig.resource.gpu.count"),
        *("headConfig.pvcMounts.0.pvcName", "headConfig.pvcMounts.0.containerPath"),
        *("workerConfig.image", "workerConfig.resource", "workerConfig.resource.cpu"),
        "workerConfig.resource.gpu.count",
    ],
)
def test_what_an_expert_service_needs(alaya: Alaya, path: str) -> None:
    body = expert(headConfig=full_pod(), workerConfig=full_pod(workers=1))
    answer = alaya.call("POST", "/deployment/expert", broken(body, path, None))
    named = path.replace(".0", "[0]")
    assert refusal(answer, 400) == f"{named} {MISSING}"
    assert alaya.rows() == []


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("vksId", 1, "must be a string"),
        ("namespace", "", "must not be empty"),
        ("name", " ", "must not be empty"),
        ("name", "n" * 64, "must not have more than 63 characters"),
        ("servedName", "demo", "must be a list of strings"),
        ("servedName", [1], "must be a list of strings"),
        ("servedName", [], "must be a list of names that are not empty"),
        ("servedName", [""], "must be a list of names that are not empty"),
        ("modelId", 7, "must be a string"),
        ("extensions", [], "must be an object"),
        ("headConfig", "x", "must be an object"),
        ("scale.min", "1", "must be an integer"),
        ("scale.min", True, "must be an integer"),
        ("scale.min", 1.0, "must be an integer"),
        ("scale.min", -1, "must be at least 0"),
        ("scale.min", 4, "must not be greater than max"),
        ("scale.max", 0, "must be at least 1"),
        ("scale.rpsValue", 0, "must be at least 1"),
        ("scale.idleTime", -1, "must be at least 0"),
        ("headConfig.image", "", "must not be empty"),
        ("headConfig.imagePullSecret", "x", "must be an object"),
        ("headConfig.imagePullSecret.password", 1, "must be a string"),
        ("headConfig.labels", {"a": 1}, "must be an object of strings"),
        ("headConfig.env", {"A": True}, "must be an object of strings"),
        ("headConfig.env", ["A=b"], "must be an object of strings"),
        ("headConfig.cmd", "/start.sh", "must be a list of strings"),
        ("headConfig.args", [1], "must be a list of strings"),
        ("headConfig.resource.cpu", "4", "must be an integer"),
        ("headConfig.resource.cpu", 0, "must be at least 1"),
        ("headConfig.resource.mem", "32Gi", "must be an integer"),
        ("headConfig.resource.mem", 0, "must be at least 1"),
        ("headConfig.resource.gpu", 1, "must be an object"),
        ("headConfig.resource.gpu.gpuType", "", "must not be empty"),
        ("headConfig.resource.gpu.count", -1, "must be at least 0"),
        ("headConfig.resource.gpu.count", False, "must be an integer"),
        ("headConfig.pvcMounts", {}, "must be a list of objects"),
        ("headConfig.pvcMounts.0", "x", "must be an object"),
        ("headConfig.pvcMounts.0.readOnly", "", "must be a boolean"),
        ("headConfig.pvcMounts.0.subPath", 1, "must be a string"),
        ("workerConfig.workers", -1, "must be at least 0"),
        ("workerConfig.workers", "2", "must be an integer"),
        ("workerConfig", [], "must be an object"),
    ],
)
def test_types_and_ranges_of_an_expert_service(alaya: Alaya, path: str, value: Any, message: str) -> None:
    body = expert(headConfig=full_pod(), workerConfig=full_pod(workers=1))
    answer = alaya.call("POST", "/deployment/expert", broken(body, path, value))
    named = path.replace(".0", "[0]")
    assert refusal(answer, 400) == f"{named} {message}"


@pytest.mark.parametrize(
    "path",
    [
        *("vksId", "namespace", "name", "servedName", "modelId", "backend", "backendVersion", "backendArgs"),
        *("resource", "resource.cpu", "resource.mem", "resource.gpu", "resource.gpu.gpuType", "resource.gpu.count"),
    ],
)
def test_what_a_quick_start_service_needs(alaya: Alaya, path: str) -> None:
    answer = alaya.call("POST", "/deployment", broken(quick_start(), path, None))
    assert refusal(answer, 400) == f"{path} {MISSING}"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("backend", "tgi", "must be one of vllm, sglang"),
        ("backendVersion", 9, "must be a string"),
        ("backendArgs", "--x", "must be a list of strings"),
        ("resource.workers", "2", "must be an integer"),
        ("resource.cpu", True, "must be an integer"),
    ],
)
def test_types_of_a_quick_start_service(alaya: Alaya, path: str, value: Any, message: str) -> None:
    answer = alaya.call("POST", "/deployment", broken(quick_start(), path, value))
    assert refusal(answer, 400) == f"{path} {message}"


@pytest.mark.parametrize("name", ["baseServiceId", "modelId", "name", "servedName"])
def test_what_a_lora_service_needs(alaya: Alaya, name: str) -> None:
    base, adapter = alaya.with_lora()
    assert refusal(alaya.call("POST", "/deployment/lora", broken(lora(base), name, None)), 400) == f"{name} {MISSING}"
    alaya.stopped(adapter)
    answer = alaya.call("PUT", f"/deployment/lora/{adapter}", broken(lora(base), name, None))
    assert refusal(answer, 400) == f"{name} {MISSING}"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b'{"scale": NaN}'])
def test_a_body_that_is_no_object(alaya: Alaya, content: bytes) -> None:
    service = alaya.running(alaya.expert())
    for method, path in (
        ("POST", "/deployment"),
        ("POST", "/deployment/expert"),
        ("PUT", f"/deployment/{service}/scale"),
    ):
        assert "the body" in refusal(alaya.call(method, path, content=content), 400)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "scale is required"),
        ({"scale": {**SCALE, "min": 5}}, "scale.min must not be greater than max"),
        ({"scale": {**SCALE, "max": "3"}}, "scale.max must be an integer"),
        ({"scale": SCALE, "serviceId": "x"}, "serviceId is another one than that of the path"),
        ({"scale": SCALE, "serviceId": 1}, "serviceId must be a string"),
    ],
)
def test_the_body_of_a_change_of_scale(alaya: Alaya, body: dict[str, Any], message: str) -> None:
    service = alaya.running(alaya.expert())
    assert refusal(alaya.call("PUT", f"/deployment/{service}/scale", body), 400) == message


def test_min_zero_can_be_refused(alaya: Alaya) -> None:
    body = expert(scale={**SCALE, "min": 0})
    alaya.ok("POST", "/deployment/expert", body)
    alaya.settings(allow_min_zero=False)
    answer = alaya.call("POST", "/deployment/expert", body)
    assert refusal(answer, 400) == "scale.min must be at least 1"


def test_unknown_fields_are_let_pass_and_nothing_is_kept_of_them(alaya: Alaya) -> None:
    head = pod(resource=resource(workers=3), extra=1)
    service = alaya.expert(headConfig=head, mode="expert", quickStart={})
    assert alaya.detail(service)["expert"]["headConfig"] == pod()


def test_null_is_as_good_as_absent(alaya: Alaya) -> None:
    body = {**expert(), "workerConfig": None, "extensions": None, "headConfig": {**pod(), "env": None, "cmd": None}}
    service = alaya.ok("POST", "/deployment/expert", body)["serviceId"]
    assert alaya.detail(service)["expert"] == {"headConfig": pod(), "workerConfig": None}


def test_everything_that_can_be_said_comes_back(alaya: Alaya) -> None:
    alaya.settings(password_in_answer="plain")
    head, worker = full_pod(), full_pod(workers=2, args=["worker"])
    service = alaya.expert(headConfig=head, workerConfig=worker)
    assert alaya.detail(service)["expert"] == {"headConfig": head, "workerConfig": worker}


def test_zero_gpus_and_other_letters(alaya: Alaya) -> None:
    head = pod(resource=resource(gpu={"gpuType": GPU, "count": 0}))
    service = alaya.expert(name="名 前/x" * 9, headConfig=head, workerConfig=pod(workers=0))
    assert alaya.detail(service)["expert"] == {"headConfig": head, "workerConfig": pod(workers=0)}


def test_an_expert_update_needs_no_model(alaya: Alaya) -> None:
    service = alaya.stopped(alaya.running(alaya.expert(modelId="m-1")))
    for name in ("vksId", "namespace", "name", "servedName", "headConfig", "scale"):
        answer = alaya.call("PUT", f"/deployment/expert/{service}", broken(expert(), name, None))
        assert refusal(answer, 400) == f"{name} {MISSING}"
    alaya.ok("PUT", f"/deployment/expert/{service}", expert(modelId=None))
    assert alaya.detail(service)["modelId"] == "m-1"


def test_a_quick_start_update_needs_everything(alaya: Alaya) -> None:
    service = alaya.stopped(alaya.running(alaya.quick_start()))
    for name in quick_start():
        answer = alaya.call("PUT", f"/deployment/{service}", broken(quick_start(), name, None))
        assert refusal(answer, 400) == f"{name} {MISSING}"
