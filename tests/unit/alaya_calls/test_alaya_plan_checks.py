"""What may be meant otherwise, and what Alaya NeW's own lists say against a program, told in the preview."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from tests.support.alaya import (
    BASE_MODEL,
    GPU,
    INFERENCE,
    LORA_MODEL,
    LORA_URN,
    SCALE,
    VKS,
    Alaya,
    changed,
    expert,
    head,
    lora,
    quick_start,
    resource,
    worker,
)
from tests.support.world import Values

HEAD, WORKER = "expert.head_config", "expert.worker_config"
TWO = "and its value are one argument; write them as two items of the list"
OTHER = "00000000-0000-4000-8000-0000000000ff"
CLUSTER = f"/api/vks/v1/{VKS}"
KNOWN = "nvidia.com/gpu-h800, nvidia.com/gpu-h800-80gb-hbm3, nvidia.com/gpu-h800-pcie, nvidia.com/gpu-l40s"


def gpus(count: Any = 1, kind: Any = GPU) -> Values:
    return resource(gpu={"gpu_type": kind, "count": count})


def mount(path: str = "/models", **changes: Any) -> Values:
    return {"pvc_name": "weights", "container_path": path, **changes}


def on(head_changes: Values, worker_changes: Values | None = None, **changes: Any) -> Values:
    return expert(head(**head_changes), None if worker_changes is None else worker(**worker_changes), **changes)


SEVERAL = "several pods write there, which not every volume takes"

DOUBTS: dict[str, tuple[Values, list[str]]] = {
    "Expert": (expert(), []),
    "Expert on several nodes": (on({"pvc_mounts": [mount()]}, {"pvc_mounts": [mount("/models/")]}), []),
    "Quick Start": (quick_start(scale=SCALE), []),
    "no workers": (
        on({}, {"workers": 0}),
        [f"{WORKER}.workers: is 0, a single node; the rest of worker_config does not count"],
    ),
    "a head without GPUs": (
        on({"resource": gpus(0)}, {}),
        [f"{HEAD}.resource.gpu.count: the head has no GPU, so that only workers compute"],
    ),
    "unlike numbers": (
        on({"resource": gpus(2)}, {}),
        [
            f"{WORKER}.resource.gpu.count: is 1, and 2 on the head; engines want the same number on every node",
        ],
    ),
    "unlike images": (
        on({}, {"image": "example.test/serve:2"}),
        [f"{WORKER}.image: is another one than the head's; engines want the same environment on every node"],
    ),
    "weights on the head alone": (
        on({"pvc_mounts": [mount(), mount("/cache")]}, {"pvc_mounts": [mount("/cache")]}),
        [f"{WORKER}.pvc_mounts: /models is on the head only; every node needs the model"],
    ),
    "workers without a command": (
        on({}, {"cmd": None, "args": []}),
        [
            f"{WORKER}: has neither cmd nor args; the image's own command would start a second server and not join "
            "the head"
        ],
    ),
    "workers with arguments": (on({}, {"cmd": None}), []),
    "idle GPUs": (
        on({"resource": gpus(2), "args": ["--tp", "2"]}, {"resource": gpus(2)}),
        [f"{HEAD}.args: spreads the model over 2 GPUs, and an instance has 4; the others stay idle"],
    ),
    "idle GPUs of Quick Start": (
        quick_start({"backend_args": ["--tp", "1"], "resource": {**gpus(), "workers": 2}}),
        ["quick_start.backend_args: spreads the model over 1 GPUs, and an instance has 2; the others stay idle"],
    ),
    "written by head and workers": (
        on({"pvc_mounts": [mount(read_only=False)]}, {"pvc_mounts": [mount(read_only=False)]}),
        [f"{HEAD}.pvc_mounts[0].read_only: {SEVERAL}", f"{WORKER}.pvc_mounts[0].read_only: {SEVERAL}"],
    ),
    "written by several instances": (
        on({"pvc_mounts": [mount(), mount("/cache", read_only=False)]}),
        [f"{HEAD}.pvc_mounts[1].read_only: {SEVERAL}"],
    ),
    "written by one": (on({"pvc_mounts": [mount(read_only=False)]}, scale=changed(SCALE, max=1)), []),
    "written by how many": (
        on({"pvc_mounts": [mount(read_only=False)]}, scale=changed(SCALE, max=UNKNOWN)),
        [],
    ),
    "more than there is": (
        on({"resource": gpus(200)}, scale=changed(SCALE, max=3)),
        [f"scale.max: 3 instances need 600 GPUs of {GPU}, and 512 of 512 are free in cluster {VKS}"],
    ),
    "more nodes than there are": (
        on({"resource": gpus(100)}, {"workers": 2, "resource": gpus(100)}, scale=changed(SCALE, max=2)),
        [f"scale.max: 2 instances need 600 GPUs of {GPU}, and 512 of 512 are free in cluster {VKS}"],
    ),
    "more for one than there is": (
        quick_start({"resource": gpus(600)}),
        [
            f"quick_start.resource.gpu.count: an instance needs 600 GPUs of {GPU}, and 512 of 512 are free in cluster "
            f"{VKS}"
        ],
    ),
    "flags with their values": (
        quick_start({"backend_args": ["--max-model-len 8192", "--tp=1", "--seed", "a text", '--json={"a": 1}']}),
        [f"quick_start.backend_args[0]: --max-model-len {TWO}"],
    ),
    "flags with their values on a pod": (
        on({"cmd": ["sh", "-c", "serve --port 3000"], "args": ["x", "-tp 1"]}),
        [f"{HEAD}.args[1]: -tp {TWO}"],
    ),
    "as many as there are": (on({"resource": gpus(128)}, scale=changed(SCALE, max=4)), []),
    "a misspelled GPU": (
        on({"resource": gpus(1, "nvidia.com/gpu-l40")}),
        [
            f'{HEAD}.resource.gpu.gpu_type: the cluster {VKS} does not name "nvidia.com/gpu-l40" among its GPUs; did '
            "you mean `nvidia.com/gpu-l40s`?"
        ],
    ),
    "an unknown GPU": (
        quick_start({"resource": gpus(1, "amd.com/mi300x")}),
        [
            f'quick_start.resource.gpu.gpu_type: the cluster {VKS} does not name "amd.com/mi300x" among its GPUs; it '
            f"has {KNOWN}"
        ],
    ),
    "a GPU that nobody knows yet": (on({"resource": gpus(1, UNKNOWN)}), []),
    "a number that nobody knows yet": (on({"resource": gpus(UNKNOWN)}, scale=changed(SCALE, max=900)), []),
    "a scale that nobody knows yet": (on({"resource": gpus(200)}, scale=UNKNOWN), []),
    "a cluster that nobody knows yet": (expert(vks_id=UNKNOWN), []),
}


@pytest.mark.parametrize(("program", "warnings"), DOUBTS.values(), ids=DOUBTS)
def test_what_is_doubtful_is_a_warning(alaya: Alaya, program: Values, warnings: list[str]) -> None:
    checked = alaya.world.lifecycle.check(alaya.world.context(), None, program)
    assert [str(one) for one in checked.problems] == []
    assert alaya.world.warned == warnings


def test_a_doubt_is_told_with_a_change_and_not_with_every_preview(alaya: Alaya) -> None:
    program = on({}, {"image": "example.test/serve:2"})
    state = alaya.create(program)
    assert len(alaya.world.warned) == 1
    alaya.world.diff(state, program)
    assert alaya.world.warned == []


def problems_of(alaya: Alaya, program: Values, old: State | None = None) -> list[str]:
    alaya.world.next_operation()
    checked = alaya.world.lifecycle.check(alaya.world.context(), old.inputs if old else None, program)
    return [str(one) for one in checked.problems]


def test_a_cluster_that_there_is_not(alaya: Alaya) -> None:
    program = expert(vks_id="vc0000000009")
    assert problems_of(alaya, program) == [
        'vks_id: there is no cluster "vc0000000009" for this account; the console lists them'
    ]
    alaya.seed(clusters=[{"id": "vc0000000009", "gpu": [{"name": GPU, "hard": 4}]}])
    assert problems_of(alaya, program) == []
    assert alaya.world.warned == []


def test_a_cluster_that_names_no_gpus_says_nothing(alaya: Alaya) -> None:
    alaya.seed(clusters=[{"id": VKS, "gpu": []}])
    assert problems_of(alaya, on({"resource": gpus(9999, "amd.com/mi300x")})) == []
    assert alaya.world.warned == []


def test_what_others_use_is_not_free(alaya: Alaya) -> None:
    alaya.seed(clusters=[{"id": VKS, "gpu": [{"name": GPU, "hard": 8, "used": 6}]}])
    assert problems_of(alaya, expert()) == []
    assert alaya.world.warned == [f"scale.max: 3 instances need 3 GPUs of {GPU}, and 2 of 8 are free in cluster {VKS}"]


def test_what_the_deployment_uses_itself_is_its_own(alaya: Alaya) -> None:
    alaya.seed(clusters=[{"id": VKS, "gpu": [{"name": GPU, "hard": 4, "used": 0}]}])
    state = alaya.create(expert(scale=changed(SCALE, min=2, max=3)))
    assert alaya.world.warned == []
    alaya.world.diff(state, expert(scale=changed(SCALE, min=2, max=4)))
    assert alaya.world.warned == []
    alaya.world.diff(state, expert(scale=changed(SCALE, min=2, max=5)))
    assert alaya.world.warned == [f"scale.max: 5 instances need 5 GPUs of {GPU}, and 4 of 4 are free in cluster {VKS}"]


LORA_PATH = "lora.base_service_id"
VARIABLE = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"


def base(alaya: Alaya, **changes: Any) -> State:
    return alaya.create(quick_start(name="base", **changes))


def test_a_base_that_there_is_not(alaya: Alaya) -> None:
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(OTHER)) == [f"{LORA_PATH}: there is no deployment {OTHER} in this account"]


@pytest.mark.parametrize("as_code", [False, True])
def test_a_base_that_is_gone_in_the_meantime(alaya: Alaya, as_code: bool) -> None:
    made = base(alaya)
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{made.id}")
    alaya.set(not_found_as_code=as_code)
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(made)) == [f"{LORA_PATH}: there is no deployment {made.id} in this account"]


def test_a_base_that_runs(alaya: Alaya) -> None:
    made = base(alaya)
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(made)) == []
    assert alaya.world.warned == []


def test_a_base_that_nobody_knows_yet(alaya: Alaya) -> None:
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora("x", lora={"base_service_id": UNKNOWN})) == []
    assert [one.path for one in alaya.world.cloud.sent("GET")] == [f"{INFERENCE}/list"], "who may ask at all"


@pytest.mark.parametrize("status", ["stopped", "failed", "starting", "stopping"])
def test_a_base_that_does_not_run(alaya: Alaya, status: str) -> None:
    made = base(alaya)
    alaya.change(made, status=status)
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(made)) == []
    assert alaya.world.warned == [
        f"{LORA_PATH}: base ({made.id}) is {status}; an adapter needs one that runs. Let `pulumi up` of its program "
        "start it first; in the same program, take the id from its output service_id"
    ]


def test_a_base_that_is_a_lora_itself(alaya: Alaya) -> None:
    made = base(alaya)
    alaya.named(LORA_URN)
    adapter = alaya.create(lora(made, name="style"))
    alaya.named(f"{LORA_URN}-2")
    assert problems_of(alaya, lora(adapter)) == [
        f"{LORA_PATH}: style ({adapter.id}) is a LoRA deployment itself; give the one that it is loaded on"
    ]


@pytest.mark.parametrize(
    ("program", "is_warned"),
    [
        (expert(name="base"), True),
        (expert(head(env={VARIABLE: "true"}), name="base"), False),
        (expert(name="base", secret_env={"head": {VARIABLE: "true"}}), False),
    ],
    ids=["without", "with", "secret"],
)
def test_an_expert_base_without_the_variable(alaya: Alaya, program: Values, is_warned: bool) -> None:
    made = alaya.create(program)
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(made)) == []
    told = [
        f"{LORA_PATH}: base ({made.id}) does not set {VARIABLE} in its head's env, without which vLLM loads no adapters"
    ]
    assert alaya.world.warned == (told if is_warned else [])


def test_nothing_is_asked_when_nothing_has_changed(alaya: Alaya) -> None:
    state = alaya.create(expert())
    assert problems_of(alaya, expert(), state) == []
    assert alaya.world.cloud.sent("GET") == []


def test_each_thing_is_asked_for_once(alaya: Alaya) -> None:
    alaya.world.next_operation()
    for name in ("one", "two", "three"):
        context = alaya.world.context(f"urn::{name}")
        alaya.world.lifecycle.check(context, None, quick_start(name=name, scale=SCALE))
    assert [one.path for one in alaya.world.cloud.sent("GET") if one.path.startswith("/api/vks")] == [CLUSTER]


@pytest.mark.parametrize("status", [403, 500])
def test_a_list_that_cannot_be_had_is_one_warning(alaya: Alaya, status: int) -> None:
    alaya.world.cloud.fault(path="/api/vks/", status=status, count=None)
    alaya.world.next_operation()
    for name in ("one", "two"):
        context = alaya.world.context(f"urn::{name}")
        checked = alaya.world.lifecycle.check(context, None, expert(name=name))
        assert checked.problems == []
    [warning] = alaya.world.warned
    assert warning.startswith("the cluster could not be looked up, so the preview cannot check against them: ")


def test_an_account_that_may_not_ask_is_one_warning(alaya: Alaya) -> None:
    """Its own cluster is not among those that it may use."""
    alaya.seed(accounts=[{"accessKey": "ak", "secretKey": "hush", "account": "other", "clusters": []}])
    alaya.world.configuration.values |= {"alayaAccessKey": "ak", "alayaSecretKey": "hush"}
    assert problems_of(alaya, expert()) == []
    [warning] = alaya.world.warned
    assert f"no permission on cluster {VKS}" in warning
    assert "hush" not in warning


def test_wrong_keys_are_told_in_the_preview(alaya: Alaya) -> None:
    alaya.world.configuration.values |= {"alayaAccessKey": "ak", "alayaSecretKey": "hush"}
    [message] = problems_of(alaya, expert())
    assert "the access key or the secret key is wrong" in message
    assert "`pulumi-inference doctor`" in message
    assert "hush" not in message


def test_the_checks_can_be_switched_off(alaya: Alaya) -> None:
    alaya.world.configuration.values["alayaPlanChecks"] = "off"
    assert problems_of(alaya, expert(vks_id="vc0000000009")) == []
    alaya.named(LORA_URN)
    assert problems_of(alaya, lora(OTHER)) == []


MISSING = "is required to make an Expert deployment, and to update it while it is stopped, also by a restart"
PULLING = {"image_pull_secret": {"registry": "https://r.test", "username": "u"}}
NO_PASSWORD = (
    "is required with {}.image_pull_secret.username, to make the deployment and to update it while it is stopped, "
    "also by a restart"
)


@pytest.mark.parametrize(
    ("program", "messages"),
    [
        (expert(scale=None), [f"scale: {MISSING}"]),
        (
            on(PULLING, PULLING),
            [
                f"image_pull_passwords.head: {NO_PASSWORD.format(HEAD)}",
                f"image_pull_passwords.worker: {NO_PASSWORD.format(WORKER)}",
            ],
        ),
        (
            on(PULLING, PULLING, image_pull_passwords={"head": "s3cret"}),
            [f"image_pull_passwords.worker: {NO_PASSWORD.format(WORKER)}"],
        ),
        (on({"image_pull_secret": {"registry": "https://r.test"}}), []),
        (on(PULLING, image_pull_passwords=UNKNOWN), []),
    ],
    ids=["scale", "both passwords", "one password", "no user", "not known"],
)
def test_what_a_create_call_cannot_do_without(alaya: Alaya, program: Values, messages: list[str]) -> None:
    assert problems_of(alaya, program) == messages


def test_a_registry_that_is_looked_at_takes_both_models(alaya: Alaya) -> None:
    """No plan check asks for models: the emulator takes any unless it is told to look."""
    alaya.set(check_models=True)
    alaya.seed(
        models=[
            {
                "id": one,
                "aidcId": "1",
                "modelSourcePath": f"{VKS}/m",
                "modelMeta": {"name": one},
                "modelType": kind,
            }
            for one, kind in ((BASE_MODEL, "base"), (LORA_MODEL, "lora"))
        ]
    )
    made = base(alaya)
    alaya.named(LORA_URN)
    assert alaya.create(lora(made)).id
