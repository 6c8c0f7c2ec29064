"""What somebody else has changed, what is ignored, and what is not known yet."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Difference
from tests.support.alaya import GPU, LORA_URN, SCALE, Alaya, expert, head, lora, quick_start, resource, worker
from tests.support.world import Values

SENT_RESOURCE = {"cpu": 4, "mem": 32, "gpu": {"gpuType": GPU, "count": 1}}
SENT_HEAD = {"image": "example.test/serve:1", "resource": SENT_RESOURCE}
SENT_WORKER = {**SENT_HEAD, "workers": 1, "cmd": ["/start.sh"], "args": ["worker"]}
FULL = expert(
    head(env={"A": "1"}, labels={"a": "b"}, args=["x"]),
    worker(),
    secret_env={"head": {"TOKEN": "s3cret-value"}},
    name="chat",
)
SENT_FULL = {**SENT_HEAD, "env": {"A": "1", "TOKEN": "s3cret-value"}, "labels": {"a": "b"}, "args": ["x"]}

DRIFTS: dict[str, tuple[Values, Values, str]] = {
    "name": (FULL, {"name": "other"}, "name: changed outside of the program: program 'chat', live 'other'"),
    "model": (FULL, {"modelId": "other"}, "model_id: changed outside"),
    "served names": (FULL, {"servedName": ["demo", "x"]}, "served_name: changed outside"),
    "image": (
        FULL,
        {"headConfig": {**SENT_FULL, "image": "i:9"}},
        "expert.head_config.image: changed outside of the program: program 'example.test/serve:1', live 'i:9'",
    ),
    "cpu": (
        FULL,
        {"headConfig": {**SENT_FULL, "resource": {**SENT_RESOURCE, "cpu": 9}}},
        "expert.head_config.resource.cpu",
    ),
    "arguments": (FULL, {"headConfig": {**SENT_FULL, "args": ["y"]}}, "expert.head_config.args[0]"),
    "label": (FULL, {"headConfig": {**SENT_FULL, "labels": {"a": "c"}}}, "expert.head_config.labels.a"),
    "variable": (
        FULL,
        {"headConfig": {**SENT_FULL, "env": {"A": "2", "TOKEN": "s3cret-value"}}},
        "expert.head_config.env.A",
    ),
    "variable removed": (
        FULL,
        {"headConfig": {**SENT_FULL, "env": {"TOKEN": "s3cret-value"}}},
        "expert.head_config.env: changed outside of the program: program {'A': '1'}, live {}",
    ),
    "secret variable": (
        FULL,
        {"headConfig": {**SENT_FULL, "env": {"A": "1", "TOKEN": "their-value"}}},
        "secret_env.head.TOKEN: changed outside of the program: program [secret], live [secret]",
    ),
    "workers": (FULL, {"workerConfig": {**SENT_WORKER, "workers": 5}}, "expert.worker_config.workers"),
    "engine": (quick_start(), {"backend": "sglang"}, "quick_start.backend: changed outside"),
    "version": (quick_start(), {"backendVersion": "1"}, "quick_start.backend_version: changed outside"),
    "arguments of the engine": (quick_start(), {"backendArgs": []}, "quick_start.backend_args"),
    "GPUs of the engine": (
        quick_start(),
        {"resource": {**SENT_RESOURCE, "gpu": {"gpuType": GPU, "count": 4}}},
        "quick_start.resource.gpu.count",
    ),
    "model of an adapter": (lora("BASE"), {"modelId": "other"}, "model_id"),
    "served name of an adapter": (lora("BASE"), {"servedName": ["x"]}, "served_name"),
}


@pytest.mark.parametrize(("program", "moved", "told"), DRIFTS.values(), ids=DRIFTS)
def test_what_somebody_has_changed_is_put_back_where_that_is_allowed(
    alaya: Alaya, program: Values, moved: Values, told: str
) -> None:
    if "lora" in program:
        base = alaya.create(quick_start())
        alaya.named(LORA_URN)
        program = {**program, "lora": {"base_service_id": base.id}}
    state = alaya.create(program)
    alaya.change(state, **moved)
    with pytest.raises(ConfigurationError, match="cannot change while the deployment runs"):
        alaya.world.diff(state, program)
    assert told in alaya.world.told[0]
    assert alaya.world.diff(state, {**program, "on_offline_change": "replace"}).replaces
    allowed = {**program, "on_offline_change": "restart"}
    found = alaya.world.diff(state, allowed)
    assert (found.changes, found.replaces) == (True, [])
    read = alaya.world.read(state)
    assert read is not None
    assert read != state
    done = alaya.world.update(read, allowed)
    assert [one.partition(" ")[0] for one in alaya.writes()] == ["POST", "PUT"]
    service = alaya.service(done)
    assert {name: service[name] for name in moved} != moved
    assert alaya.world.diff(done, allowed).changes is False
    assert alaya.world.told == []


@pytest.mark.parametrize("moved", [{"vksId": "vc0000000009"}, {"namespace": "other"}], ids=["cluster", "namespace"])
def test_what_no_update_puts_back_is_made_anew(alaya: Alaya, moved: Values) -> None:
    state = alaya.create(expert())
    alaya.change(state, **moved)
    found = alaya.world.diff(state, expert())
    assert found.replaces == ["vks_id" if "vksId" in moved else "namespace"]


def test_what_nobody_declared_stays(alaya: Alaya) -> None:
    """An update has the whole of a deployment: what somebody has added goes along."""
    state = alaya.create(expert())
    alaya.change(state, headConfig={**SENT_HEAD, "env": {"THEIRS": "their-value"}, "labels": {"x": "y"}})
    assert alaya.world.diff(state, expert()).changes is False
    assert alaya.world.told == [
        "not managed, because the program says nothing of it: expert.head_config.labels, expert.head_config.env"
    ]
    done = alaya.world.update(state, expert(model_id="other", on_offline_change="restart"))
    head_config = alaya.service(done)["headConfig"]
    assert (head_config["env"], head_config["labels"]) == ({"THEIRS": "their-value"}, {"x": "y"})


IGNORED: dict[str, tuple[Values, Values, str]] = {
    "model": (expert(), expert(model_id="other"), "model_id"),
    "image": (expert(), expert(head(image="i:2")), "expert.head_config.image"),
    "scale": (expert(), expert(scale={**SCALE, "max": 9}), "scale"),
    "most instances": (expert(), expert(scale={**SCALE, "max": 9}), "scale.max"),
    "all of the engine": (quick_start(), quick_start({"backend_args": ["--y"]}), "quick_start"),
    "secret": (FULL, {**FULL, "secret_env": {"head": {"TOKEN": "new-value"}}}, "secret_env"),
}


def recorded(before: Values, after: Values, path: str) -> Values:
    """The program after the engine has put the recorded value in place of what it ignores."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**after, name: before[name]}
    return {**after, name: recorded(before[name], after[name], rest)}


@pytest.mark.parametrize(("before", "after", "path"), IGNORED.values(), ids=IGNORED)
def test_what_is_ignored_stays(alaya: Alaya, before: Values, after: Values, path: str) -> None:
    state = alaya.create(before)
    program = recorded(before, after, path)
    assert alaya.world.diff(state, program, (path,)).changes is False
    alaya.world.update(state, program, (path,))
    assert alaya.writes() == []


def test_a_scale_that_is_ignored_goes_along_with_an_update(alaya: Alaya) -> None:
    state = alaya.create(expert())
    program = expert(model_id="other", on_offline_change="restart")
    done = alaya.world.update(state, program, ("scale",))
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert alaya.service(done)["scale"] == {"min": 1, "max": 3, "rpsValue": 10, "idleTime": 60}
    assert done.inputs["scale"] == SCALE


def test_drift_that_is_ignored_goes_along_with_an_update(alaya: Alaya) -> None:
    state = alaya.create(expert(head(env={"A": "1"})))
    alaya.change(state, headConfig={**SENT_HEAD, "image": "theirs:1", "env": {"A": "1"}})
    ignored = ("expert.head_config.image",)
    program = expert(head(env={"A": "1"}), on_offline_change="restart")
    assert alaya.world.diff(state, program, ignored).changes is False
    after = expert(head(env={"A": "2"}), on_offline_change="restart")
    done = alaya.world.update(state, after, ignored)
    assert alaya.service(done)["headConfig"]["image"] == "theirs:1"
    assert alaya.service(done)["headConfig"]["env"] == {"A": "2"}


@pytest.mark.parametrize("path", ["expert.head_config.args[1]", "expert.head_config.args[*]"])
def test_drift_at_an_ignored_position_of_a_list_is_left_alone(alaya: Alaya, path: str) -> None:
    state = alaya.create(expert(head(args=["a", "b"])))
    alaya.change(state, headConfig={**SENT_HEAD, "args": ["a", "theirs"]})
    assert alaya.world.diff(state, expert(head(args=["a", "b"])), (path,)).changes is False
    after = expert(head(args=["a", "b"], env={"A": "2"}), on_offline_change="restart")
    done = alaya.world.update(state, after, (path,))
    assert alaya.service(done)["headConfig"]["args"] == ["a", "theirs"]


def preview(alaya: Alaya, before: Values, after: Values) -> Difference:
    """What a preview says of a program in which something is not known yet."""
    state = alaya.create(before)
    alaya.world.next_operation()
    checked = alaya.world.lifecycle.check(alaya.world.context(), state.inputs, after)
    assert checked.problems == []
    return alaya.world.lifecycle.diff(alaya.world.context(), state.id, state, checked.inputs)


UNKNOWNS: dict[str, tuple[Values, Values]] = {
    "model": (expert(), expert(model_id=UNKNOWN)),
    "served names": (expert(), expert(served_name=UNKNOWN)),
    "a served name": (expert(), expert(served_name=[UNKNOWN])),
    "pods": (expert(), expert(expert=UNKNOWN)),
    "head": (expert(), expert(expert={"head_config": UNKNOWN})),
    "workers": (expert(head(), worker()), expert(head(), worker(workers=UNKNOWN))),
    "all workers": (expert(head(), worker()), expert(expert={"head_config": head(), "worker_config": UNKNOWN})),
    "GPUs": (expert(), expert(head(resource=resource(gpu=UNKNOWN)))),
    "variables": (expert(), expert(head(env=UNKNOWN))),
    "arguments": (expert(), expert(head(args=[UNKNOWN]))),
    "mounts": (expert(), expert(head(pvc_mounts=[{"pvc_name": UNKNOWN, "container_path": "/m"}]))),
    "scale": (expert(), expert(scale=UNKNOWN)),
    "most instances": (expert(), expert(scale={**SCALE, "max": UNKNOWN})),
    "secrets": (expert(), expert(secret_env=UNKNOWN)),
    "a secret": (FULL, {**FULL, "secret_env": {"head": {"TOKEN": UNKNOWN}}}),
    "passwords": (
        expert(head(image_pull_secret={"username": "u"}), image_pull_passwords={"head": "pass-word"}),
        expert(head(image_pull_secret={"username": "u"}), image_pull_passwords=UNKNOWN),
    ),
    "engine": (quick_start(), quick_start(quick_start=UNKNOWN)),
    "arguments of the engine": (quick_start(), quick_start({"backend_args": UNKNOWN})),
}


@pytest.mark.parametrize("policy", ["error", "restart"])
@pytest.mark.parametrize(("before", "after"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_a_change_and_nothing_is_refused(
    alaya: Alaya, before: Values, after: Values, policy: str
) -> None:
    found = preview(alaya, before, {**after, "on_offline_change": policy})
    assert (found.changes, found.replaces) == (None, [])
    assert not [one for one in alaya.world.told if "offline in between" in one]


@pytest.mark.parametrize(("before", "after"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_nothing_against_a_new_one(alaya: Alaya, before: Values, after: Values) -> None:
    alaya.world.next_operation()
    assert alaya.world.lifecycle.check(alaya.world.context(), None, after).problems == []


@pytest.mark.parametrize("field", ["vks_id", "namespace"])
def test_a_place_that_is_not_known_yet_is_another_one(alaya: Alaya, field: str) -> None:
    found = preview(alaya, expert(), {**expert(), field: UNKNOWN})
    assert found.replaces[:1] == [field]


def test_a_known_change_beside_an_unknown_one_is_refused(alaya: Alaya) -> None:
    with pytest.raises(ConfigurationError, match=r"^model_id"):
        preview(alaya, expert(), expert(head(image=UNKNOWN), model_id="other"))
