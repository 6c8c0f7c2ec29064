"""LoRA services on a base service of Alaya NeW."""

import pytest

from .alayacloud import DEPLOY_SECONDS, SCALE, STOP_SECONDS, UNKNOWN, Alaya, expert, lora, pod, refusal


def loaded(alaya: Alaya, base: str) -> list[list[str]]:
    """What each instance of the base has loaded."""
    return [one["loraModels"] for one in alaya.detail(base)["instance"]]


def cancel(alaya: Alaya, service: str) -> None:
    alaya.ok("POST", f"/deployment/{service}/cancel")


def test_loading_and_unloading(alaya: Alaya) -> None:
    base = alaya.running(alaya.expert(scale={**SCALE, "min": 2}))
    first = alaya.lora(base, servedName=["a", "b"])
    assert (alaya.status(first), loaded(alaya, base)) == ("starting", [[], []])
    second = alaya.lora(base, servedName=["c"])
    alaya.running(first)
    assert loaded(alaya, base) == [["a", "b", "c"]] * 2
    cancel(alaya, first)
    assert (alaya.status(first), loaded(alaya, base)) == ("stopping", [["c"], ["c"]])
    alaya.clock.advance(STOP_SECONDS)
    assert (alaya.status(first), alaya.status(second), alaya.status(base)) == ("stopped", "running", "running")
    alaya.ok("DELETE", f"/deployment/{first}")
    alaya.stopped(second)


def test_new_instances_load_again(alaya: Alaya) -> None:
    base, _ = alaya.with_lora()
    alaya.ok("PUT", f"/deployment/{base}/scale", {"scale": SCALE})
    assert loaded(alaya, base) == [["adapter"], []]
    alaya.clock.advance(DEPLOY_SECONDS)
    assert loaded(alaya, base) == [["adapter"]]


@pytest.mark.parametrize("status", ["starting", "stopping", "stopped", "failed"])
def test_the_base_has_to_run(alaya: Alaya, status: str) -> None:
    base, adapter = alaya.with_lora()
    alaya.stopped(adapter)
    alaya.admin("PATCH", f"/alaya/services/{base}", {"status": status})
    message = f"base service {base} is {status}, not running"
    assert refusal(alaya.call("POST", "/deployment/lora", lora(base))) == message
    assert refusal(alaya.call("PUT", f"/deployment/lora/{adapter}", lora(base))) == message


def test_what_cannot_be_a_base(alaya: Alaya) -> None:
    _, adapter = alaya.with_lora()
    answer = alaya.call("POST", "/deployment/lora", lora(UNKNOWN))
    assert refusal(answer) == f"base service {UNKNOWN} does not exist"
    answer = alaya.call("POST", "/deployment/lora", lora(adapter))
    assert refusal(answer) == f"service {adapter} is a LoRA service and cannot be a base"


def test_a_base_that_is_being_deleted(alaya: Alaya) -> None:
    alaya.settings(delete_seconds=5, lenient_delete=True)
    base = alaya.running(alaya.expert())
    alaya.ok("DELETE", f"/deployment/{base}")
    assert base in refusal(alaya.call("POST", "/deployment/lora", lora(base)))


def test_a_lora_service_is_not_scaled(alaya: Alaya) -> None:
    _, adapter = alaya.with_lora()
    answer = alaya.call("PUT", f"/deployment/{adapter}/scale", {"scale": SCALE})
    assert refusal(answer) == f"service {adapter} is a LoRA service, which is not scaled"


def test_cancelling_the_base_stops_all(alaya: Alaya) -> None:
    base, running = alaya.with_lora()
    stopped = alaya.stopped(alaya.lora(base))
    starting = alaya.lora(base)
    cancel(alaya, base)
    assert [alaya.status(one) for one in (base, running, starting, stopped)] == [*["stopping"] * 3, "stopped"]
    alaya.clock.advance(STOP_SECONDS)
    assert [alaya.status(one) for one in (base, running, starting)] == ["stopped"] * 3
    alaya.ok("PUT", f"/deployment/expert/{base}", expert())
    alaya.running(base)
    assert (alaya.status(running), loaded(alaya, base)) == ("stopped", [[]])
    assert alaya.ok("PUT", f"/deployment/lora/{running}", lora(base, name="new", servedName=["n"])) == {}
    assert alaya.status(running) == "starting"
    assert alaya.detail(alaya.running(running))["name"] == "new"
    assert loaded(alaya, base) == [["n"]]


def test_a_crash_of_the_base(alaya: Alaya) -> None:
    alaya.fail("crash", after_seconds=100)
    base, running = alaya.with_lora()
    stopped = alaya.stopped(alaya.lora(base))
    alaya.clock.advance(60)
    starting = alaya.lora(base)
    alaya.clock.advance(DEPLOY_SECONDS)
    assert [alaya.status(one) for one in (base, running, starting, stopped)] == [*["failed"] * 3, "stopped"]


def test_what_happens_first_happens_first(alaya: Alaya) -> None:
    alaya.fail("crash", after_seconds=DEPLOY_SECONDS + 1)
    base = alaya.running(alaya.expert())
    adapter = alaya.lora(base)
    alaya.clock.advance(1000)
    found = alaya.detail(adapter)
    assert (found["status"], found["apiKey"] != "") == ("failed", True)


def test_the_base_stays_as_long_as_anything_hangs_on_it(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    alaya.stopped(base)
    answer = alaya.call("DELETE", f"/deployment/{base}")
    assert refusal(answer) == f"LoRA services depend on service {base}: {adapter}"
    alaya.settings(lenient_delete=True)
    assert adapter in refusal(alaya.call("DELETE", f"/deployment/{base}"))
    alaya.ok("DELETE", f"/deployment/{adapter}")
    alaya.ok("DELETE", f"/deployment/{base}")


def test_moving_to_another_base(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    other = alaya.running(alaya.expert(vksId="vc-2", namespace="two"))
    alaya.stopped(adapter)
    alaya.ok("PUT", f"/deployment/lora/{adapter}", lora(other))
    alaya.running(adapter)
    assert (loaded(alaya, base), loaded(alaya, other)) == ([[]], [["adapter"]])
    found = alaya.detail(adapter)
    assert (found["baseServiceId"], found["namespace"]) == (other, "two")
    assert alaya.rows(modelType="lora")[0]["vksId"] == "vc-2"


def test_an_offline_update_of_what_works(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    answer = alaya.call("PUT", f"/deployment/lora/{adapter}", lora(base))
    assert refusal(answer) == f"service {adapter} is running; cancel it before it is updated"


def test_a_lora_model_that_fails(alaya: Alaya) -> None:
    base = alaya.running(alaya.expert())
    alaya.fail(name="adapter")
    adapter = alaya.lora(base)
    alaya.clock.advance(DEPLOY_SECONDS)
    assert (alaya.status(adapter), alaya.status(base), loaded(alaya, base)) == ("failed", "running", [[]])


@pytest.mark.parametrize(
    ("env", "status"), [(None, "failed"), ({"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "false"}, "failed")]
)
def test_an_image_that_is_not_told_to_load(alaya: Alaya, env: dict[str, str] | None, status: str) -> None:
    base = alaya.running(alaya.expert(headConfig=pod(env=env)))
    alaya.running(alaya.lora(base))
    alaya.settings(check_lora=True)
    adapter = alaya.lora(base)
    alaya.clock.advance(DEPLOY_SECONDS)
    assert alaya.status(adapter) == status


def test_images_that_do_load(alaya: Alaya) -> None:
    alaya.settings(check_lora=True)
    told = alaya.running(alaya.expert(headConfig=pod(env={"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True"})))
    for base in (told, alaya.running(alaya.quick_start())):
        alaya.running(alaya.lora(base))
