"""What makes the program of a deployment wrong, each rule with its message (alaya.md, section 13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_inference.alaya.deployments.checks import doubts
from pulumi_inference.alaya.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.alaya import GPU, SCALE, VKS, changed, expert, head, lora, quick_start, resource, worker
from tests.support.world import Values

BASE = "00000000-0000-4000-8000-000000000001"
H800 = "nvidia.com/gpu-h800"
HEAD, WORKER = "expert.head_config", "expert.worker_config"
KUBERNETES = 'must be the name of a Kubernetes resource, such as "nvidia.com/gpu-l40s"'
NO_GPU = "resource.gpu.count: an instance needs at least one GPU"
SECRET = "s3cret"
PASSWORDS = {"head": SECRET}
PULLING = head(image_pull_secret={"registry": "https://r.test", "username": "u"})


def gpus(count: Any = 1, kind: Any = GPU, **changes: Any) -> Values:
    return resource(gpu={"gpu_type": kind, "count": count}, **changes)


def on(head_resource: Any, worker_resource: Any = None, **workers: Any) -> Values:
    """An Expert deployment with these resources, on several nodes where workers have some."""
    pod = None if worker_resource is None else worker(resource=worker_resource, **workers)
    return expert(head(resource=head_resource), pod)


def started_with(*arguments: Any, workers: Values | None = None) -> Values:
    return expert(head(args=list(arguments)), workers)


def scaled(**changes: Any) -> Values:
    return expert(scale=changed(SCALE, **changes))


def mount(path: Any = "/models", **changes: Any) -> Values:
    return changed({"pvc_name": "weights", "container_path": path}, **changes)


def mounted(*mounts: Any) -> Values:
    return expert(head(pvc_mounts=list(mounts)))


FORMS: dict[str, tuple[Values, list[str]]] = {
    "Expert": (expert(), []),
    "Expert on several nodes": (expert(head(), worker()), []),
    "Quick Start": (quick_start(), []),
    "LoRA": (lora(BASE), []),
    "a base that is made in the same run": (lora(BASE, lora={"base_service_id": UNKNOWN}), []),
    "no form": (
        expert(expert=None, scale=None),
        ["needs one of expert, quick_start, lora: what is deployed"],
    ),
    "nobody knows yet": (expert(expert=UNKNOWN), []),
    "two forms": (
        expert(quick_start=quick_start()["quick_start"]),
        ["quick_start: cannot be combined with expert; remove one of the two"],
    ),
    "three forms": (
        expert(quick_start=quick_start()["quick_start"], lora=lora(BASE)["lora"]),
        [
            "quick_start: cannot be combined with expert; remove one of the two",
            "lora: cannot be combined with expert; remove one of the two",
        ],
    ),
    "Expert nowhere": (
        expert(vks_id=None, namespace=None),
        ["vks_id: is required with expert", "namespace: is required with expert"],
    ),
    "Quick Start nowhere": (
        quick_start(vks_id=None, namespace=None),
        ["vks_id: is required with quick_start", "namespace: is required with quick_start"],
    ),
    "empty texts": (
        expert(vks_id="", namespace="", name="", model_id=""),
        [
            "name: must have at least 1 character, not 0",
            "vks_id: must have at least 1 character, not 0",
            "namespace: must have at least 1 character, not 0",
            "model_id: must have at least 1 character, not 0",
        ],
    ),
    "blank texts": (
        expert(vks_id=" ", namespace=" ", name=" ", model_id=" "),
        [
            "name: must not be blank",
            "vks_id: must not be blank",
            "namespace: must not be blank",
            "model_id: must not be blank",
        ],
    ),
    "no model": (expert(model_id=None), ["model_id: is required"]),
    "the longest name": (expert(name="ü" * 63), []),
    "a name too long": (expert(name="a" * 64), ["name: must have at most 63 characters, not 64"]),
    "what Quick Start does not have": (
        quick_start(extensions={"a": "b"}, secret_env={"head": {"A": SECRET}}, image_pull_passwords=PASSWORDS),
        [
            "extensions: is not for quick_start; remove it",
            "image_pull_passwords: is not for quick_start; remove it",
            "secret_env: is not for quick_start; remove it",
        ],
    ),
    "Quick Start with a scale": (quick_start(scale=SCALE), []),
    "what LoRA does not have": (
        lora(
            BASE,
            vks_id=VKS,
            namespace="default",
            scale=SCALE,
            extensions={"a": "b"},
            secret_env={"head": {"A": SECRET}},
            image_pull_passwords=PASSWORDS,
        ),
        [
            "vks_id: is not for lora; remove it",
            "namespace: is not for lora; remove it",
            "scale: is not for lora; remove it",
            "extensions: is not for lora; remove it",
            "image_pull_passwords: is not for lora; remove it",
            "secret_env: is not for lora; remove it",
        ],
    ),
    "LoRA on nothing": (lora(BASE, lora={}), ["lora.base_service_id: is required"]),
    "LoRA on an empty id": (lora(""), ["lora.base_service_id: must have at least 1 character, not 0"]),
    "a part of Quick Start": (
        quick_start(quick_start={}),
        [
            "quick_start.backend: is required",
            "quick_start.backend_version: is required",
            "quick_start.resource: is required",
        ],
    ),
    "another engine": (
        quick_start({"backend": "tgi", "backend_version": ""}),
        [
            'quick_start.backend: must be "vllm" or "sglang", not the text "tgi"',
            "quick_start.backend_version: must have at least 1 character, not 0",
        ],
    ),
    "no head": (expert(expert={}), [f"{HEAD}: is required"]),
    "a policy": (
        expert(on_offline_change="maybe"),
        ['on_offline_change: must be "error", "restart" or "replace", not the text "maybe"'],
    ),
    "misspelled": (expert(severd_name=["a"]), ["unknown property `severd_name`; did you mean `served_name`?"]),
    "misspelled inside": (expert(head(imag="x")), [f"{HEAD}: unknown property `imag`; did you mean `image`?"]),
    "our mark": (
        expert(extensions={"pulumi-inference": "pulumi:0123abc", "team": "search"}),
        ["extensions.pulumi-inference: is the mark of this library, which it sets itself; remove it"],
    ),
    "an extension that is a number": (
        expert(extensions={"a": 1}),
        ['extensions.a: must be text, not a number; put it in quotes, as in "8"'],
    ),
    "a test of nothing": (
        expert(smoke_test={}),
        ['smoke_test.path: is required, such as "/v1/chat/completions" or "/v1/models"'],
    ),
    "a test": (expert(smoke_test={"path": "/v1/models"}), []),
    "a duration": (
        expert(timeouts={"create": "1x"}),
        ['timeouts.create: must be a duration such as "20m" or "1h30m", not the text "1x"'],
    ),
}

NAMES: dict[str, tuple[Values, list[str]]] = {
    "none": (expert(served_name=None), ["served_name: is required"]),
    "no item": (expert(served_name=[]), ["served_name: must have at least 1 item, not 0"]),
    "an empty one": (expert(served_name=["a", ""]), ["served_name[1]: must have at least 1 character, not 0"]),
    "a blank one": (expert(served_name=["a", " "]), ["served_name[1]: must not be blank"]),
    "twice": (expert(served_name=["a", "b", "a"]), ['served_name[2]: is "a" a second time; remove it']),
    "a text": (expert(served_name="a"), ['served_name: must be a list, not the text "a"']),
    "one that nobody knows yet": (expert(served_name=["a", UNKNOWN, "a"]), []),
}

RESOURCES: dict[str, tuple[Values, list[str]]] = {
    "no image": (expert(head(image=None)), [f"{HEAD}.image: is required"]),
    "an empty image": (expert(head(image="")), [f"{HEAD}.image: must have at least 1 character, not 0"]),
    "no resource": (expert(head(resource=None)), [f"{HEAD}.resource: is required"]),
    "an empty resource": (
        on({}),
        [f"{HEAD}.resource.{name}: is required" for name in ("cpu", "mem", "gpu")],
    ),
    "nothing of it": (
        on(gpus(cpu=0, mem=0)),
        [
            f"{HEAD}.resource.cpu: must be at least 1 core, not 0",
            f"{HEAD}.resource.mem: must be at least 1 GB, not 0",
        ],
    ),
    "a unit": (on(gpus(mem="32Gi")), [f'{HEAD}.resource.mem: must be an integer, not the text "32Gi"']),
    "no integers": (
        on(gpus(cpu=True, mem=1.5)),
        [
            f"{HEAD}.resource.cpu: must be an integer, not true",
            f"{HEAD}.resource.mem: must be a whole number, not 1.5",
        ],
    ),
    "fewer GPUs than none": (on(gpus(-1)), [f"{HEAD}.resource.gpu.count: must be at least 0 GPUs, not -1"]),
    "true GPUs": (on(gpus(True)), [f"{HEAD}.resource.gpu.count: must be an integer, not true"]),
    "a marketing name": (on(gpus(1, "L40S")), [f'{HEAD}.resource.gpu.gpu_type: {KUBERNETES}, not the text "L40S"']),
    "no GPU type": (on(gpus(1, "")), [f'{HEAD}.resource.gpu.gpu_type: {KUBERNETES}, not the text ""']),
    "the slip of the samples": (
        on(gpus(1, "vidia.com/gpu-l40s")),
        [
            f'{HEAD}.resource.gpu.gpu_type: there is no GPU type "vidia.com/gpu-l40s"; did you mean '
            '"nvidia.com/gpu-l40s"?'
        ],
    ),
    "the slip in Quick Start": (
        quick_start({"resource": gpus(1, "vidia.com/gpu-l40s")}),
        [
            'quick_start.resource.gpu.gpu_type: there is no GPU type "vidia.com/gpu-l40s"; did you mean '
            '"nvidia.com/gpu-l40s"?'
        ],
    ),
    "a part of a GPU": (on(gpus(1, "nvidia.com/mig-h100-80gb-hbm3-3g.40gb")), []),
    "labels and variables": (
        expert(head(labels={"a": 2}, env={"A": True, "B": 1})),
        [
            f'{HEAD}.labels.a: must be text, not a number; put it in quotes, as in "8"',
            f'{HEAD}.env.A: must be text, not a boolean; put it in quotes, as in "true"',
            f'{HEAD}.env.B: must be text, not a number; put it in quotes, as in "8"',
        ],
    ),
}

NODES: dict[str, tuple[Values, list[str]]] = {
    "workers without a number": (
        expert(head(), changed(worker(), workers=None)),
        [f"{WORKER}.workers: is required"],
    ),
    "fewer workers than none": (
        expert(head(), worker(workers=-1)),
        [f"{WORKER}.workers: must be at least 0 pods, not -1"],
    ),
    "true workers": (expert(head(), worker(workers=True)), [f"{WORKER}.workers: must be an integer, not true"]),
    "a number of nothing": (
        expert(head(), {"workers": 1}),
        [f"{WORKER}.image: is required", f"{WORKER}.resource: is required"],
    ),
    "no workers": (expert(head(), {"workers": 0}), []),
    "no GPU": (on(gpus(0)), [f"{HEAD}.{NO_GPU}"]),
    "no GPU for Quick Start": (quick_start({"resource": gpus(0)}), [f"quick_start.{NO_GPU}"]),
    "no GPU anywhere": (on(gpus(0), gpus(0)), [f"{HEAD}.{NO_GPU}"]),
    "GPUs of workers that are not there": (on(gpus(0), gpus(1), workers=0), [f"{HEAD}.{NO_GPU}"]),
    "GPUs of workers": (on(gpus(0), gpus(1)), []),
    "two kinds": (
        on(gpus(1), gpus(1, H800)),
        [f'{WORKER}.resource.gpu.gpu_type: is "{H800}", and the head has "{GPU}": all pods need the same kind'],
    ),
    "another kind that nobody uses": (on(gpus(0), gpus(1, H800)), []),
    "the head's kind is not known": (on(gpus(1, UNKNOWN), gpus(1)), []),
    "the workers' kind is not known": (on(gpus(1), gpus(1, UNKNOWN)), []),
    "the head's GPUs are not known": (on(UNKNOWN, gpus(0)), []),
    "the head is not known": (expert(expert={"head_config": UNKNOWN, "worker_config": worker(resource=gpus(0))}), []),
    "the workers are not known": (expert(head(resource=gpus(0)), {**worker(), "workers": UNKNOWN}), []),
}

_TOO_MANY = "args: spreads the model over"

SIZES: dict[str, tuple[Values, list[str]]] = {
    "tensor": (
        started_with("--tensor-parallel-size", "2"),
        [f"{HEAD}.{_TOO_MANY} 2 GPUs, and an instance has 1; lower it, or add GPUs"],
    ),
    "in the command": (
        expert(head(cmd=["vllm", "serve", "-tp=2"])),
        [f"{HEAD}.{_TOO_MANY} 2 GPUs, and an instance has 1; lower it, or add GPUs"],
    ),
    "both": (
        started_with("--tp", "2", "--pipeline-parallel-size", "2", workers=worker()),
        [f"{HEAD}.{_TOO_MANY} 4 GPUs, and an instance has 2; lower it, or add GPUs"],
    ),
    "just enough": (started_with("-tp", "1", "-pp", "3", workers=worker(workers=2)), []),
    "the workers' own": (
        expert(head(), worker(args=["--tp-size=4"])),
        [f"{WORKER}.{_TOO_MANY} 4 GPUs, and an instance has 2; lower it, or add GPUs"],
    ),
    "Quick Start": (
        quick_start({"backend_args": ["--tp", "4"]}),
        ["quick_start.backend_args: spreads the model over 4 GPUs, and an instance has 1; lower it, or add GPUs"],
    ),
    "Quick Start on two nodes": (
        quick_start({"backend_args": ["--pp", "2"], "resource": {**gpus(), "workers": 2}}),
        [],
    ),
    "copies": (started_with("--tp", "8", "-dp", "2"), []),
    "copies in a shell's words": (started_with("--tp", "8", "--data-parallel-size=$COPIES"), []),
    "copies on one node": (started_with("--tp", "8", "--data-parallel-size-local", "1"), []),
    "the last one counts": (started_with("--tp", "8", "--tp", "1"), []),
    "inside a text for a shell": (expert(head(cmd=["sh", "-c", "vllm serve --tensor-parallel-size 8"])), []),
    "no number": (started_with("--tp", "many"), []),
    "no value": (started_with("--tp"), []),
    "too large for a number": (started_with("--tp", "9" * 5000), []),
    "not known": (started_with("--tp", UNKNOWN), []),
    "arguments that nobody knows": (expert(head(args=UNKNOWN)), []),
    "GPUs that nobody knows": (
        expert(head(resource=gpus(UNKNOWN), args=["--tp", "8"])),
        [],
    ),
}

SCALES: dict[str, tuple[Values, list[str]]] = {
    "none": (scaled(min=0), []),
    "upside down": (scaled(min=4), ["scale.max: is 3, less than min, 4"]),
    "too small": (
        scaled(min=-1, max=0, rps_value=0, idle_time=-1),
        [
            "scale.min: must be at least 0 instances, not -1",
            "scale.max: must be at least 1 instance, not 0",
            "scale.rps_value: must be at least 1 requests/s, not 0",
            "scale.idle_time: must be at least 0 s, not -1",
        ],
    ),
    "no integers": (
        scaled(max=True, rps_value=1.5),
        ["scale.max: must be an integer, not true", "scale.rps_value: must be a whole number, not 1.5"],
    ),
    "a part": (
        expert(scale={"min": 1}),
        ["scale.max: is required", "scale.rps_value: is required", "scale.idle_time: is required"],
    ),
    "not known": (scaled(min=UNKNOWN), []),
    "nothing of it known": (expert(scale=UNKNOWN), []),
}

_APART = "is another mount's too"

MOUNTS: dict[str, tuple[Values, list[str]]] = {
    "right": (mounted(mount(), mount("/x", sub_path="a/b..c", read_only=True)), []),
    "the same place": (
        mounted(mount(), mount("/models/")),
        [f'{HEAD}.pvc_mounts[1].container_path: "/models/" {_APART}'],
    ),
    "the same place on workers": (
        expert(head(), worker(pvc_mounts=[mount("/"), mount("//")])),
        [f'{WORKER}.pvc_mounts[1].container_path: "//" {_APART}'],
    ),
    "the same place on another pod": (expert(head(pvc_mounts=[mount()]), worker(pvc_mounts=[mount()])), []),
    "a relative place": (
        mounted(mount("models")),
        [f'{HEAD}.pvc_mounts[0].container_path: must be an absolute path, not the text "models"'],
    ),
    "nowhere": (mounted({"pvc_name": "a"}), [f"{HEAD}.pvc_mounts[0].container_path: is required"]),
    "nothing": (mounted(mount(pvc_name="")), [f"{HEAD}.pvc_mounts[0].pvc_name: must have at least 1 character, not 0"]),
    "out of the claim": (
        mounted(mount(sub_path="/a"), mount("/b", sub_path="a/../b")),
        [
            f"{HEAD}.pvc_mounts[0].sub_path: must be a relative path without ..",
            f"{HEAD}.pvc_mounts[1].sub_path: must be a relative path without ..",
        ],
    ),
    "a text that is true": (
        mounted(mount(read_only="true")),
        [f'{HEAD}.pvc_mounts[0].read_only: must be true or false, not the text "true"'],
    ),
    "a place that nobody knows": (mounted(mount(UNKNOWN), mount(UNKNOWN)), []),
    "mounts that nobody knows": (expert(head(pvc_mounts=UNKNOWN)), []),
}

SECRETS: dict[str, tuple[Values, list[str]]] = {
    "right": (
        expert(PULLING, worker(), secret_env={"head": {"A": SECRET}, "worker": {"B": SECRET}}),
        [],
    ),
    "a password": (expert(PULLING, image_pull_passwords=PASSWORDS), []),
    "a pod that there is not": (
        expert(secret_env={"workers": {"A": SECRET}}, image_pull_passwords={"heads": SECRET}),
        [
            "image_pull_passwords.heads: must be one of head, worker",
            "secret_env.workers: must be one of head, worker",
        ],
    ),
    "no such pod here": (
        expert(secret_env={"worker": {"A": SECRET}}, image_pull_passwords={"worker": SECRET}),
        [
            "image_pull_passwords.worker: there are no worker pods: expert has no worker_config",
            "secret_env.worker: there are no worker pods: expert has no worker_config",
        ],
    ),
    "in two places": (
        expert(head(env={"A": "1", "C": "1"}), secret_env={"head": {"A": SECRET, "B": SECRET, "C": SECRET}}),
        [
            f"secret_env.head.A: stands in {HEAD}.env too; remove one of the two",
            f"secret_env.head.C: stands in {HEAD}.env too; remove one of the two",
        ],
    ),
    "a password for nothing": (
        expert(image_pull_passwords=PASSWORDS),
        [f"image_pull_passwords.head: goes with {HEAD}.image_pull_secret, which is not there"],
    ),
    "not in a map": (
        expert(secret_env={"head": SECRET}, image_pull_passwords=SECRET),
        [
            "image_pull_passwords: must be a map, not a text",
            'secret_env.head: must be a map, not a text; the first key is head or worker, as in {"head": {"NAME": '
            '"value"}}',
        ],
    ),
    "not known": (expert(secret_env=UNKNOWN, image_pull_passwords=UNKNOWN), []),
    "a password in the pull secret": (
        expert(head(image_pull_secret={"password": SECRET})),
        [f"{HEAD}.image_pull_secret: unknown property `password`; allowed: registry, username"],
    ),
}

TABLES: Mapping[str, Mapping[str, tuple[Values, list[str]]]] = {
    "forms": FORMS,
    "names": NAMES,
    "resources": RESOURCES,
    "nodes": NODES,
    "sizes": SIZES,
    "scales": SCALES,
    "mounts": MOUNTS,
    "secrets": SECRETS,
}
ALL = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}


def problems_of(program: Any) -> list[str]:
    return [str(one) for one in DeploymentLifecycle().judge(program)[1]]


@pytest.mark.parametrize(("program", "messages"), ALL.values(), ids=ALL)
def test_each_rule_has_its_message(program: Values, messages: list[str]) -> None:
    assert problems_of(program) == messages
    assert SECRET not in str(messages)


def test_a_number_that_the_configuration_holds_as_text_is_that_number() -> None:
    values, problems = DeploymentLifecycle().judge(on(gpus("1", cpu="4")))
    assert problems == []
    assert values["expert"]["head_config"]["resource"] == gpus(1, cpu=4)


WHOLE = expert(
    head(
        image_pull_secret={"registry": "r", "username": "u"},
        env={"A": "1"},
        args=["--tp", "1"],
        pvc_mounts=[mount(sub_path="a")],
    ),
    worker(pvc_mounts=[mount()]),
    name="n",
    extensions={"a": "b"},
    secret_env={"head": {"B": SECRET}},
    image_pull_passwords=PASSWORDS,
    smoke_test={"path": "/v1/models"},
    timeouts={"create": "1h"},
)
WRONG = [None, UNKNOWN, "x", "", 3, -1, 1.5, True, [], [3], ["x"], [UNKNOWN], [[]], [{}], {}, {"x": {}}, {"x": UNKNOWN}]


def places_in(value: Any, *at: Any) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, one in inside for place in places_in(one, *at, name))]


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """The value with something else at a place, or with nothing there."""
    if not place:
        return by
    [name, *rest] = place
    if isinstance(value, list):
        return [replaced(one, tuple(rest), by) if index == name else one for index, one in enumerate(value)]
    others = {key: one for key, one in value.items() if key != name}
    return others if by is None and not rest else {**others, name: replaced(value[name], tuple(rest), by)}


@pytest.mark.parametrize(
    "program", [WHOLE, quick_start(scale=SCALE), lora(BASE, name="n")], ids=["Expert", "Quick Start", "LoRA"]
)
def test_nothing_that_a_program_says_raises(program: Values) -> None:
    tried = 0
    for place in places_in(program)[1:]:
        for wrong in WRONG:
            values, problems = DeploymentLifecycle().judge(replaced(program, place, wrong))
            told = [*problems, *([] if problems else doubts(values))]
            assert SECRET not in str([str(one) for one in told])
            tried += 1
    assert tried > 100
