"""What a change of a deployment sends, and what the preview says of it, field by field and form by form."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import State
from tests.support.alaya import (
    BASE_MODEL,
    GPU,
    LORA_MODEL,
    LORA_URN,
    SCALE,
    URN,
    VKS,
    Alaya,
    expert,
    head,
    lora,
    quick_start,
    resource,
    worker,
)
from tests.support.world import Values

OTHER_GPU = "nvidia.com/gpu-h800"
SECRET = {"registry": "https://registry.example.com", "username": "puller"}
WIRE_SCALE = {"min": 1, "max": 3, "rpsValue": 10, "idleTime": 60}
SENT_RESOURCE = {"cpu": 4, "mem": 32, "gpu": {"gpuType": GPU, "count": 1}}
SENT_HEAD = {"image": "example.test/serve:1", "resource": SENT_RESOURCE}
SENT_WORKER = {**SENT_HEAD, "workers": 1, "cmd": ["/start.sh"], "args": ["worker"]}
PLACED = {"vksId": VKS, "namespace": "default", "modelId": BASE_MODEL, "servedName": ["demo"]}
SENT: dict[str, Values] = {
    "expert": {**PLACED, "headConfig": SENT_HEAD, "workerConfig": SENT_WORKER, "scale": WIRE_SCALE},
    "quickStart": {
        **PLACED,
        **{"backend": "vllm", "backendVersion": "0.9.0.1", "backendArgs": ["--x"], "resource": SENT_RESOURCE},
    },
    "lora": {"modelId": LORA_MODEL, "servedName": ["style"]},
}
"""What the programs below send, without their names and the base of an adapter."""

MOUNT = {"pvc_name": "weights", "container_path": "/models"}
SENT_MOUNT = {"pvcName": "weights", "containerPath": "/models"}


def pods(head_config: Values | None = None, worker_config: Values | None = None, **changes: Any) -> Values:
    """An Expert deployment of two nodes."""
    return expert(head_config or head(), worker_config or worker(), **changes)


def of_head(**changes: Any) -> Values:
    """What is sent of a head that is another one."""
    return {"headConfig": {**SENT_HEAD, **changes}}


def secret_of(password: str) -> Values:
    """A pull secret as it is sent."""
    return {"imagePullSecret": {**SECRET, "password": password}}


OFFLINE: dict[str, tuple[Values, Values, str, Values]] = {
    "name": (pods(name="chat"), pods(name="talk"), "name", {}),
    "model": (pods(), pods(model_id="other"), "model_id", {"modelId": "other"}),
    "another served name": (
        pods(),
        pods(served_name=["demo", "other"]),
        "served_name",
        {"servedName": ["demo", "other"]},
    ),
    "image": (pods(), pods(head(image="i:2")), "expert.head_config.image", of_head(image="i:2")),
    "pull secret": (
        pods(),
        pods(head(image_pull_secret=SECRET), image_pull_passwords={"head": "pass-word"}),
        "expert.head_config.image_pull_secret, image_pull_passwords",
        of_head(**secret_of("pass-word")),
    ),
    "pull secret removed": (
        pods(head(image_pull_secret=SECRET), image_pull_passwords={"head": "pass-word"}),
        pods(),
        "expert.head_config.image_pull_secret, image_pull_passwords",
        {},
    ),
    "password": (
        pods(head(image_pull_secret=SECRET), image_pull_passwords={"head": "pass-word"}),
        pods(head(image_pull_secret=SECRET), image_pull_passwords={"head": "new-word"}),
        "image_pull_passwords.head",
        of_head(**secret_of("new-word")),
    ),
    "user of a pull secret": (
        pods(head(image_pull_secret=SECRET), image_pull_passwords={"head": "pass-word"}),
        pods(head(image_pull_secret={**SECRET, "username": "b"}), image_pull_passwords={"head": "pass-word"}),
        "expert.head_config.image_pull_secret.username",
        of_head(imagePullSecret={**SECRET, "username": "b", "password": "pass-word"}),
    ),
    "label": (
        pods(head(labels={"a": "1"})),
        pods(head(labels={"a": "2"})),
        "expert.head_config.labels.a",
        of_head(labels={"a": "2"}),
    ),
    "variable": (
        pods(head(env={"A": "1"})),
        pods(head(env={"A": "1", "B": "true"})),
        "expert.head_config.env.B",
        of_head(env={"A": "1", "B": "true"}),
    ),
    "variables removed": (pods(head(env={"A": "1"})), pods(), "expert.head_config.env", {}),
    "command": (pods(), pods(head(cmd=["/x"])), "expert.head_config.cmd", of_head(cmd=["/x"])),
    "arguments": (
        pods(head(args=["--a"])),
        pods(head(args=["--a", "--b"])),
        "expert.head_config.args[1]",
        of_head(args=["--a", "--b"]),
    ),
    "cpu": (
        pods(),
        pods(head(resource=resource(cpu=8))),
        "expert.head_config.resource.cpu",
        of_head(resource={**SENT_RESOURCE, "cpu": 8}),
    ),
    "memory": (
        pods(),
        pods(head(resource=resource(mem=64))),
        "expert.head_config.resource.mem",
        of_head(resource={**SENT_RESOURCE, "mem": 64}),
    ),
    "GPUs": (
        expert(),
        expert(head(resource=resource(gpu={"gpu_type": OTHER_GPU, "count": 8}))),
        "expert.head_config.resource.gpu.count, expert.head_config.resource.gpu.gpu_type",
        {"workerConfig": None, **of_head(resource={**SENT_RESOURCE, "gpu": {"gpuType": OTHER_GPU, "count": 8}})},
    ),
    "mount": (
        pods(head(pvc_mounts=[MOUNT]), worker(pvc_mounts=[MOUNT])),
        pods(head(pvc_mounts=[{**MOUNT, "sub_path": "a"}]), worker(pvc_mounts=[MOUNT])),
        "expert.head_config.pvc_mounts[0].sub_path",
        {
            **of_head(pvcMounts=[{**SENT_MOUNT, "subPath": "a"}]),
            "workerConfig": {**SENT_WORKER, "pvcMounts": [SENT_MOUNT]},
        },
    ),
    "mount that cannot be written": (
        pods(head(pvc_mounts=[MOUNT]), worker(pvc_mounts=[MOUNT])),
        pods(head(pvc_mounts=[{**MOUNT, "read_only": True}]), worker(pvc_mounts=[MOUNT])),
        "expert.head_config.pvc_mounts[0].read_only",
        {
            **of_head(pvcMounts=[{**SENT_MOUNT, "readOnly": True}]),
            "workerConfig": {**SENT_WORKER, "pvcMounts": [SENT_MOUNT]},
        },
    ),
    "workers": (
        pods(),
        pods(worker_config=worker(workers=3)),
        "expert.worker_config.workers",
        {"workerConfig": {**SENT_WORKER, "workers": 3}},
    ),
    "no workers": (pods(), expert(), "expert.worker_config", {"workerConfig": None}),
    "no workers by their number": (
        pods(),
        pods(worker_config=worker(workers=0)),
        "expert.worker_config",
        {"workerConfig": None},
    ),
    "first workers": (expert(), pods(), "expert.worker_config", {}),
    "secret variable": (
        pods(),
        pods(secret_env={"head": {"TOKEN": "s3cret-value"}}),
        "secret_env",
        of_head(env={"TOKEN": "s3cret-value"}),
    ),
    "value of a secret variable": (
        pods(secret_env={"worker": {"TOKEN": "s3cret-value"}}),
        pods(secret_env={"worker": {"TOKEN": "new-value"}}),
        "secret_env.worker.TOKEN",
        {"workerConfig": {**SENT_WORKER, "env": {"TOKEN": "new-value"}}},
    ),
    "scaling beside": (
        pods(),
        pods(model_id="other", scale={**SCALE, "max": 5}),
        "model_id",
        {"modelId": "other", "scale": {**WIRE_SCALE, "max": 5}},
    ),
    "engine": (
        quick_start(),
        quick_start({"backend": "sglang", "backend_version": "0.4.6"}),
        "quick_start.backend, quick_start.backend_version",
        {"backend": "sglang", "backendVersion": "0.4.6"},
    ),
    "arguments of the engine": (
        quick_start(),
        quick_start({"backend_args": ["--y"]}),
        "quick_start.backend_args[0]",
        {"backendArgs": ["--y"]},
    ),
    "no arguments of the engine": (
        quick_start(),
        quick_start({"backend_args": []}),
        "quick_start.backend_args",
        {"backendArgs": []},
    ),
    "nodes": (
        quick_start(),
        quick_start({"resource": resource(workers=2)}),
        "quick_start.resource.workers",
        {"resource": {**SENT_RESOURCE, "workers": 2}},
    ),
    "memory of the engine": (
        quick_start(),
        quick_start({"resource": resource(mem=10)}),
        "quick_start.resource.mem",
        {"resource": {**SENT_RESOURCE, "mem": 10}},
    ),
    "model of the engine": (quick_start(), quick_start(model_id="other"), "model_id", {"modelId": "other"}),
    "name of the engine": (quick_start(name="chat"), quick_start(name="talk"), "name", {}),
    "model of an adapter": (lora("BASE"), lora("BASE", model_id="other"), "model_id", {"modelId": "other"}),
    "name of an adapter": (lora("BASE", name="style"), lora("BASE", name="tone"), "name", {}),
    "served name of an adapter": (
        lora("BASE"),
        lora("BASE", served_name=["tone"]),
        "served_name",
        {"servedName": ["tone"]},
    ),
}


def on_a_base(alaya: Alaya, *programs: Values) -> list[Values]:
    """The programs; those of adapters with a base that is there."""
    if "lora" not in programs[0]:
        return list(programs)
    base = alaya.create(quick_start())
    alaya.named(LORA_URN)
    return [{**one, "lora": {"base_service_id": base.id}} for one in programs]


def begin(alaya: Alaya, before: Values, after: Values) -> tuple[State, Values]:
    """The deployment of the program before, and the program of after."""
    before, after = on_a_base(alaya, before, after)
    return alaya.create(before), after


def whole(state: State, changes: Values, name: str | None) -> Values:
    """The whole of a deployment as it is sent: as it was made, with changes; what is None is not sent."""
    base = {"baseServiceId": state.inputs["lora"]["base_service_id"]} if "lora" in state.inputs else {}
    body = {**SENT[state.inputs["mode"]], **base, "name": name or state.inputs["name"], **changes}
    return {key: one for key, one in body.items() if one is not None}


def masked(body: Values) -> Values:
    """A body as the emulator logs it."""
    return {
        name: {
            part: "[redacted]" if part == "env" else _masked_secret(one) if part == "imagePullSecret" else one
            for part, one in value.items()
        }
        if name in ("headConfig", "workerConfig")
        else value
        for name, value in body.items()
    }


def _masked_secret(secret: Values) -> Values:
    return {name: "[redacted]" if name == "password" else one for name, one in secret.items()}


def there(alaya: Alaya, state: State) -> Values:
    """What the cloud has of a deployment, secrets included, as it is sent."""
    service = alaya.service(state)
    names = [*SENT[service["mode"]], "name", "baseServiceId"]
    return {name: service[name] for name in names if service.get(name) not in (None, "")}


PATHS = {"expert": "expert/ID", "quickStart": "ID", "lora": "lora/ID"}


@pytest.mark.parametrize(("before", "after", "what", "sent"), OFFLINE.values(), ids=OFFLINE)
def test_what_a_running_deployment_does_not_take_is_refused_or_restarts_or_replaces_it(
    alaya: Alaya, before: Values, after: Values, what: str, sent: Values
) -> None:
    state, program = begin(alaya, before, {**after, "on_offline_change": "error"})
    for act in (alaya.world.diff, alaya.world.update):
        with pytest.raises(ConfigurationError) as caught:
            act(state, program)
        assert caught.value.message == f"{what}: cannot change while the deployment runs"
        assert 'Set on_offline_change="restart"' in str(caught.value.next_step)
        assert '"replace"' in str(caught.value.next_step)
    assert alaya.writes() == []

    found = alaya.world.diff(state, {**program, "on_offline_change": "replace"})
    fields = list(dict.fromkeys(one.partition(".")[0].partition("[")[0] for one in what.split(", ")))
    assert (found.changes, found.replaces, found.delete_before_replace) == (None, fields, False)
    both = "another one is made, with another id, address and key, before this one goes, so that both run for a while"
    assert alaya.world.told == [both]

    program["on_offline_change"] = "restart"
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (None, [])
    assert found.stable.keys() == {"service_url", "api_key"}
    assert alaya.world.told == [f"stops, is updated and started again, offline in between: {what}"]
    assert alaya.writes() == []
    changed = alaya.world.update(state, program)
    assert alaya.writes() == ["POST ID/cancel", f"PUT {PATHS[state.inputs['mode']]}"]
    body = whole(state, sent, program.get("name"))
    assert alaya.world.wrote() == [None, masked(body)]
    assert there(alaya, state) == body
    assert (changed.id, changed.facts) == (state.id, state.facts)
    assert alaya.world.diff(changed, program).changes is False
    assert alaya.world.read(changed) == changed
    assert alaya.writes() == alaya.world.told == []
    alaya.world.delete(changed)
    assert state.id not in [one["serviceId"] for one in alaya.services()]


CREATES = {"expert": "expert", "quickStart": "", "lora": "lora"}


REPLACED = ("name", "pull secret", "no workers", "engine", "name of the engine", "model of an adapter")


@pytest.mark.parametrize("case", REPLACED)
def test_a_replacement_is_made_beside(alaya: Alaya, case: str) -> None:
    before, after, _, sent = OFFLINE[case]
    state, program = begin(alaya, before, {**after, "on_offline_change": "replace"})
    new = alaya.replaced(state, program)
    mode = state.inputs["mode"]
    assert alaya.writes() == [f"POST {CREATES[mode]}"]
    marked = {"extensions": {}} if mode == "expert" else {}
    given = {"extensions": {"pulumi-inference": mark_of(alaya)}} if "name" in program and marked else marked
    body = whole(state, sent, program.get("name"))
    assert alaya.world.wrote() == [{**masked(body), **given}]
    assert there(alaya, new) == body
    assert new.id != state.id
    alaya.world.delete(state)
    assert alaya.writes() == ["POST ID/cancel", "DELETE ID"]
    assert alaya.service(new)["status"] == "running"
    assert alaya.world.diff(new, program).changes is False


def mark_of(alaya: Alaya) -> str:
    """The mark of the world's resource."""
    return alaya.world.lifecycle.mark(alaya.world.context(), {})  # type: ignore[attr-defined,no-any-return]


REPLACING: dict[str, tuple[Values, Values, list[str]]] = {
    "cluster": (expert(), expert(vks_id="vc0000000002"), ["vks_id"]),
    "namespace": (quick_start(), quick_start(namespace="other"), ["namespace"]),
    "extensions": (expert(extensions={"team": "a"}), expert(extensions={"team": "b"}), ["extensions"]),
    "first extensions": (expert(), expert(extensions={"team": "b"}), ["extensions"]),
    "no extensions": (expert(extensions={"team": "a"}), expert(), ["extensions"]),
    "form": (expert(), quick_start(scale=SCALE), ["mode"]),
    "base": (lora("BASE"), lora("OTHER"), ["lora"]),
}


@pytest.mark.parametrize("policy", ["error", "restart", "replace"])
@pytest.mark.parametrize(("before", "after", "fields"), REPLACING.values(), ids=REPLACING)
def test_what_no_update_takes_is_replaced_whatever_the_program_says_of_others(
    alaya: Alaya, before: Values, after: Values, fields: list[str], policy: str
) -> None:
    alaya.seed(clusters=[{"id": "vc0000000002"}])
    program = {**after, "on_offline_change": policy}
    if "lora" in before:
        bases = [alaya.create(quick_start(name=one)) for one in ("one", "two")]
        alaya.named(LORA_URN)
        before, program = (
            {**one, "lora": {"base_service_id": base.id}} for one, base in zip((before, program), bases, strict=True)
        )
    state = alaya.create(before)
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces[:1], found.delete_before_replace) == (None, fields, False)
    assert policy == "replace" or len(found.replaces) == 1
    new = alaya.replaced(state, program)
    alaya.world.delete(state)
    assert alaya.world.diff(new, program).changes is False
    assert alaya.world.read(new) == new


NOTHING: dict[str, tuple[Values, Values]] = {
    "same": (pods(), pods()),
    "a variable becomes a secret": (
        pods(head(env={"A": "1", "TOKEN": "s3cret-value"})),
        pods(head(env={"A": "1"}), secret_env={"head": {"TOKEN": "s3cret-value"}}),
    ),
    "the only variable becomes a secret": (
        pods(head(env={"TOKEN": "s3cret-value"})),
        pods(secret_env={"head": {"TOKEN": "s3cret-value"}}),
    ),
    "a secret becomes a variable": (
        pods(secret_env={"head": {"TOKEN": "s3cret-value"}}),
        pods(head(env={"TOKEN": "s3cret-value"})),
    ),
    "mounts in another order": (
        pods(head(pvc_mounts=[MOUNT, {**MOUNT, "container_path": "/x"}]), worker(pvc_mounts=[MOUNT])),
        pods(head(pvc_mounts=[{**MOUNT, "container_path": "/x"}, MOUNT]), worker(pvc_mounts=[MOUNT])),
    ),
    "nothing in lists and maps": (
        pods(),
        pods(head(env={}, labels={}, cmd=[], args=[], pvc_mounts=[]), secret_env={"head": {}}),
    ),
    "no workers": (expert(), pods(worker_config=worker(workers=0))),
    "scaling no longer in the program": (quick_start(scale=SCALE), quick_start()),
    "our own ways": (
        quick_start(),
        quick_start(wait=False, timeouts={"create": "2h"}, on_offline_change="restart"),
    ),
}


@pytest.mark.parametrize(("before", "after"), NOTHING.values(), ids=NOTHING)
def test_what_means_the_same_sends_nothing(alaya: Alaya, before: Values, after: Values) -> None:
    state = alaya.create(before)
    found = alaya.world.diff(state, after)
    assert found.replaces == []
    changed = alaya.world.update(state, after)
    assert alaya.writes() == []
    assert alaya.world.diff(changed, after).changes is False
    assert alaya.world.told == []
    alaya.named(URN)


def test_an_empty_map_is_as_good_as_none(alaya: Alaya) -> None:
    state = alaya.create(expert())
    program = expert(extensions={}, secret_env={}, image_pull_passwords={})
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (False, [])
    found = alaya.world.diff(alaya.create(expert(name="other", extensions={})), expert(name="other"))
    assert (found.changes, found.replaces) == (False, [])
