"""The provider protocol of `modelarts.Service` on Pulumi's own dynamic host, without an engine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_inference.emulator.messages import Request
from pulumi_inference.engine.host import STABLE
from tests.protocol.conftest import NewHost
from tests.protocol.host import UNKNOWN, CallError, DynamicHost, urn
from tests.support.cloud import Cloud, Meeting
from tests.support.patience import PATIENCE

CONFIG = [{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "instance_count": 2, "weight": 100}]
SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)


def checked(host: DynamicHost, name: str = "classifier", **inputs: Any) -> dict[str, Any]:
    """The inputs of a service as `create` gets them."""
    values, failures = host.check(name, {"config": CONFIG, **inputs})
    assert failures == []
    return values


def test_a_service_lives_from_check_to_delete(cloud: Cloud, host: DynamicHost) -> None:
    inputs = checked(host)
    assert inputs["name"].startswith("classifier-")
    assert inputs["endpoint"] == cloud.endpoint
    assert isinstance(inputs["config"][0]["instance_count"], int | float)

    id_, outputs = host.create("classifier", inputs)
    assert id_ == cloud.only_service()["service_id"] == outputs["service_id"]
    assert outputs["status"] == "running"
    progress = [one for one in host.logged if one.urn == urn("classifier")]
    assert any(one.passing and "deploying" in one.text for one in progress)

    assert host.read("classifier", id_, outputs)[0] == id_
    same = host.diff("classifier", id_, outputs, inputs)
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE

    scaled = {**inputs, "config": [{**CONFIG[0], "instance_count": 3}]}
    changed = host.diff("classifier", id_, outputs, scaled)
    assert (changed.changes, list(changed.replaces)) == (provider_pb2.DiffResponse.DIFF_UNKNOWN, [])
    updated = host.update("classifier", id_, outputs, scaled)
    assert updated["config"][0]["instance_count"] == 3
    assert cloud.only_service()["config"][0]["instance_count"] == 3

    moved = host.diff("classifier", id_, updated, {**scaled, "pool_name": "pool-b"})
    assert list(moved.replaces) == ["pool_name"]

    host.delete("classifier", id_, updated)
    assert cloud.services() == []
    host.delete("classifier", id_, updated)


def test_what_create_took_over_is_not_deleted_as_its_own_older_one(
    cloud: Cloud, host: DynamicHost, new_host: NewHost
) -> None:
    """`pulumi up --replace` without a refresh: create finds the service itself under its automatic name."""
    inputs = checked(host)
    id_, outputs = host.create("classifier", inputs)

    replacing = new_host()
    assert replacing.create("classifier", inputs)[0] == id_
    replacing.delete("classifier", id_, outputs)
    assert cloud.only_service()["service_id"] == id_
    assert any("was not replaced but kept" in one.text for one in replacing.logged)

    later = new_host()
    later.delete("classifier", id_, outputs)
    assert cloud.services() == []


def test_a_service_that_is_gone_reads_as_nothing(cloud: Cloud, host: DynamicHost, new_host: NewHost) -> None:
    id_, outputs = host.create("classifier", checked(host))
    cloud.vanish()
    assert new_host().read("classifier", id_, outputs)[:2] == ("", {})


def test_unknown_values_pass_and_the_rest_is_still_checked(host: DynamicHost) -> None:
    item = {"model_id": UNKNOWN, "specification": "custom", "custom_spec": UNKNOWN, "weight": 100}
    values, failures = host.check("classifier", {"config": [item], "pool_name": UNKNOWN, "name": "not a name"})
    [(where, reason)] = failures
    assert (where, reason.partition(":")[0]) == ("", "name")
    assert type(values["config"][0]["model_id"]).__name__ == "Unknown"

    item = {"model_id": UNKNOWN, "specification": "modelarts.vm.cpu.2u", "weight": 90}
    _, failures = host.check("classifier", {"config": [item], "description": UNKNOWN})
    assert [reason for _, reason in failures] == ["config: weights add up to 90, must be 100 (config[0]=90)"]


def test_a_failed_create_answers_what_the_state_must_keep(cloud: Cloud, host: DynamicHost) -> None:
    cloud.deploy_fault("fail")
    inputs = checked(host, secret_envs={"model-a": {"KEY": "hunter2"}})
    with pytest.raises(CallError) as failed:
        host.create("classifier", inputs)
    kept = failed.value.kept
    assert kept is not None
    assert kept.id == cloud.only_service()["service_id"]
    assert (kept.outputs["status"], kept.outputs["schema_version"]) == ("failed", 1)
    assert kept.inputs == inputs
    [reason] = kept.reasons
    assert "NO_CAPACITY" in reason
    for text in (reason, failed.value.text):
        assert "Traceback" not in text
        assert "hunter2" not in text

    with pytest.raises(CallError) as unhealthy:
        host.read("classifier", kept.id, kept.outputs)
    assert unhealthy.value.kept is not None
    assert unhealthy.value.kept.id == kept.id
    assert host.update("classifier", kept.id, kept.outputs, inputs)["status"] == "running"


def test_a_plain_host_returns_the_failed_service(cloud: Cloud, new_host: NewHost) -> None:
    host = new_host({"PULUMI_INFERENCE_HOST": "plain"})
    cloud.deploy_fault("fail")
    inputs = checked(host)
    id_, outputs = host.create("classifier", inputs)
    assert (id_, outputs["status"]) == (cloud.only_service()["service_id"], "failed")
    assert host.logged == []
    assert host.diff("classifier", id_, outputs, inputs).changes == provider_pb2.DiffResponse.DIFF_SOME
    assert host.update("classifier", id_, outputs, inputs)["status"] == "running"


@SERVED
def test_cancel_ends_the_waits_and_keeps_the_id(cloud: Cloud, host: DynamicHost) -> None:
    cloud.deploy_fault("hang")
    inputs = checked(host)
    waiting = threading.Event()

    def watch(request: Request) -> None:
        if request.method == "GET" and "/services/" in request.path:
            waiting.set()

    cloud.before = watch
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(host.create, "classifier", inputs)
        assert waiting.wait(PATIENCE)
        host.cancel()
        with pytest.raises(CallError) as failed:
            call.result(PATIENCE)
    cloud.before = None
    assert failed.value.kept is not None
    assert failed.value.kept.id == cloud.only_service()["service_id"]


@SERVED
def test_twenty_creates_run_at_the_same_time(cloud: Cloud, host: DynamicHost) -> None:
    meeting = Meeting(20)
    names = [f"service-{index}" for index in range(20)]
    all_inputs = [checked(host, name) for name in names]
    cloud.before = meeting
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(host.create, names, all_inputs))
    assert not meeting.failed
    assert len({id_ for id_, _ in made}) == len(cloud.services()) == 20


def test_a_mistake_in_the_settings_is_a_clean_error(new_host: NewHost, cloud: Cloud) -> None:
    host = new_host()
    host.configure({"inference:modelartsEndpoint": "http://127.0.0.1:9", "inference:modelartsProjectId": "p"})
    id_and_text = host.check("classifier", {"config": CONFIG})[1]
    [(where, reason)] = id_and_text
    assert where == ""
    assert "credentials" in reason
    assert "Traceback" not in reason


def test_what_an_update_leaves_as_it_is_can_be_asked_for(cloud: Cloud, host: DynamicHost) -> None:
    inputs = checked(host)
    id_, outputs = host.create("classifier", inputs)
    assert host.invoke(STABLE, {"urn": urn("classifier")}) == {}
    host.diff("classifier", id_, outputs, {**inputs, "config": [{**CONFIG[0], "instance_count": 3}]})
    stable = host.invoke(STABLE, {"urn": urn("classifier")})
    assert stable == {name: outputs[name] for name in ("access_address", "owner", "tenant", "project", "is_shared")}
    assert host.invoke(STABLE, {"urn": urn("other")}) == {}

    host.diff("classifier", id_, outputs, {**inputs, "pool_name": "pool-b"})
    assert host.invoke(STABLE, {"urn": urn("classifier")}) == {}
    with pytest.raises(CallError, match="Invoke is not implemented by the dynamic provider"):
        host.invoke("other:index:nothing", {})


def test_options_that_are_told_are_never_stored(host: DynamicHost) -> None:
    inputs, failures = host.check("classifier", {"config": CONFIG, "__options": {"retain_on_delete": True}})
    assert failures == []
    assert "__options" not in inputs
