"""What each change of a service sends: the smallest call, with the version that it needs."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from tests.support.modelartsv2 import ModelArtsV2, deployment, group, inline, invoke, limit, runtime, service, unit
from tests.support.modelartsv2_service_changes import ADD, REMOVE, UPDATE, is_settled, sent
from tests.support.world import Values

RUNTIME = {
    "service_invoke": {"port": 8080, "protocol": "HTTP", "auth_type": "API_KEY", "internet_access_enable": True},
    "service_limit": {
        "rate_limit": {"num": 50, "unit": "SECONDS"},
        "request_size_limit": 10,
        "request_timeout": 90,
    },
}
"""How it is called, as the API has it; what is filled in beside is left out of the comparison."""

HOURS = {"time_unit": "HOURS", "duration": 2}
SENT_HOURS = [{"type": "STOP", "time_unit": "HOURS", "duration": 2}]
SHORTER = runtime(service_limit=limit(request_timeout=60))
SENT_SHORTER = {**RUNTIME, "service_limit": {**RUNTIME["service_limit"], "request_timeout": 60}}
MOUNTED = {"mount_path": "/s/", "secret_key": "key", "secret_value": "czNjcmV0"}
LOGS = [{"type": "STDOUT"}, {"type": "FILE", "files": [{"log_path": "/var/log", "file_pattern": "*.log"}]}]

CHANGES: dict[str, tuple[Values, Values, list[tuple[str, Values]]]] = {
    "description": (
        service(name="a"),
        service(name="a", description="for chats"),
        [(UPDATE, {"version": "1.0.0", "description": "for chats [MARK]"})],
    ),
    "no description": (
        service(description="for chats"),
        service(),
        [(UPDATE, {"version": "1.0.0", "description": ""})],
    ),
    "limit": (
        service(),
        service(runtime_config=SHORTER),
        [(UPDATE, {"version": "1.0.1", "runtime_config": SENT_SHORTER})],
    ),
    "who may call": (
        service(),
        service(runtime_config=runtime(invoke(auth_type="NONE"))),
        [
            (
                UPDATE,
                {
                    "version": "1.0.1",
                    "runtime_config": {**RUNTIME, "service_invoke": {**RUNTIME["service_invoke"], "auth_type": "NONE"}},
                },
            )
        ],
    ),
    "description and limit": (
        service(),
        service(runtime_config=SHORTER, description="for chats"),
        [(UPDATE, {"version": "1.0.1", "runtime_config": SENT_SHORTER, "description": "for chats"})],
    ),
    "schedule": (service(), service(schedule=HOURS), [(UPDATE, {"version": "1.0.1", "schedule": SENT_HOURS})]),
    "another schedule": (
        service(schedule={"time_unit": "DAYS", "duration": 1}),
        service(schedule=HOURS),
        [(UPDATE, {"version": "1.0.1", "schedule": SENT_HOURS})],
    ),
    "no schedule": (
        service(schedule=HOURS, description="for chats"),
        service(description="for chats"),
        [(UPDATE, {"version": "1.0.1", "schedule": []})],
    ),
    "schedule and description": (
        service(),
        service(schedule=HOURS, description="for chats"),
        [
            (UPDATE, {"version": "1.0.0", "description": "for chats"}),
            (UPDATE, {"version": "1.0.1", "schedule": SENT_HOURS}),
        ],
    ),
    "schedule, description and limit": (
        service(),
        service(schedule=HOURS, description="for chats", runtime_config=SHORTER),
        [
            (UPDATE, {"version": "1.0.1", "runtime_config": SENT_SHORTER, "description": "for chats"}),
            (UPDATE, {"version": "1.0.2", "schedule": SENT_HOURS}),
        ],
    ),
    "first tags": (
        service(),
        service(tags={"team": "ml", "stage": ""}),
        [(ADD, {"tags": [{"key": "stage", "value": ""}, {"key": "team", "value": "ml"}]})],
    ),
    "tags": (
        service(tags={"team": "ml", "old": "x", "same": "1"}),
        service(tags={"team": "search", "new": "y", "same": "1"}),
        [
            (REMOVE, {"tags": [{"key": "old", "value": "x"}]}),
            (ADD, {"tags": [{"key": "new", "value": "y"}, {"key": "team", "value": "search"}]}),
        ],
    ),
    "no tags": (
        service(tags={"team": "ml"}),
        service(tags={}),
        [(REMOVE, {"tags": [{"key": "team", "value": "ml"}]})],
    ),
    "tags and description": (
        service(),
        service(tags={"team": "ml"}, description="for chats"),
        [
            (ADD, {"tags": [{"key": "team", "value": "ml"}]}),
            (UPDATE, {"version": "1.0.0", "description": "for chats"}),
        ],
    ),
    "name": (service(name="a"), service(name="b"), [(UPDATE, {"version": "1.0.1", "name": "b"})]),
    "name and limit": (
        service(name="a"),
        service(name="b", runtime_config=SHORTER),
        [(UPDATE, {"version": "1.0.1", "name": "b", "runtime_config": SENT_SHORTER})],
    ),
    "task": (service(), service(task_type="RERANK"), [(UPDATE, {"version": "1.0.1", "task_type": "RERANK"})]),
    "metrics": (
        service(),
        service(custom_metrics_path="http,9100,metrics"),
        [(UPDATE, {"version": "1.0.1", "custom_metrics_path": "http,9100,metrics"})],
    ),
    "time to deploy": (
        service(),
        service(deploy_timeout_minutes=60),
        [(UPDATE, {"version": "1.0.1", "deploy_timeout_minutes": 60})],
    ),
    "mounted secret": (
        service(),
        service(service_secret={"secret_volumes": [MOUNTED]}),
        [
            (
                UPDATE,
                {
                    "version": "1.0.1",
                    "runtime_config": {
                        **RUNTIME,
                        "service_secret": {
                            "secret_enable": True,
                            "secret_type": "custom",
                            "secret_volumes": [
                                {"mount_path": "/s/", "secret_key": "[redacted]", "secret_value": "[redacted]"}
                            ],
                        },
                    },
                },
            )
        ],
    ),
    "logs": (
        inline(),
        inline(log_configs=LOGS),
        [
            (
                UPDATE,
                {
                    "version": "1.0.1",
                    "log_configs": [
                        {"type": "STDOUT", "status": "ON"},
                        {
                            "type": "FILE",
                            "status": "ON",
                            "files": [{"log_path": "/var/log", "file_pattern": "*.log"}],
                        },
                    ],
                },
            )
        ],
    ),
    "stop": (inline(), inline(desired_status="stopped"), [("POST ID/stop", {})]),
    "start": (inline(desired_status="stopped"), inline(desired_status="running"), [("POST ID/start", {})]),
    "stop of what has none to stop": (service(), service(desired_status="stopped"), []),
    "description and stop": (
        inline(),
        inline(description="for chats", desired_status="stopped"),
        [(UPDATE, {"version": "1.0.0", "description": "for chats"}), ("POST ID/stop", {})],
    ),
}


def mark_of(cloud: ModelArtsV2) -> str:
    """The mark of the world's resource."""
    return cloud.world.lifecycle.mark(cloud.world.context(), {})  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(("before", "after", "calls"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_the_smallest_call(
    cloud: ModelArtsV2, before: Values, after: Values, calls: list[tuple[str, Values]]
) -> None:
    state = cloud.service(before)
    found = cloud.world.diff(state, after)
    assert (found.changes, found.replaces) == (None, [])
    assert cloud.writes() == []
    done = cloud.world.update(state, after)
    marked = [
        (
            call,
            {
                **body,
                **({"description": told.replace("MARK", mark_of(cloud))} if (told := body.get("description")) else {}),
            },
        )
        for call, body in calls
    ]
    assert sent(cloud) == marked
    assert done.id == state.id
    assert done.facts["version"] == cloud.services()[0]["version"]
    is_settled(cloud, done, after)


def test_a_rename_keeps_the_id_and_frees_the_name(cloud: ModelArtsV2) -> None:
    state = cloud.service(service(name="a"))
    done = cloud.world.update(state, service(name="b"))
    assert (done.id, cloud.services()[0]["name"]) == (state.id, "b")


REPLACED: dict[str, tuple[Values, Values, str]] = {
    "type": (service(), service(type="ASYNC_REAL_TIME"), "type"),
    "deploy type": (service(), service(deploy_type="MULTI"), "deploy_type"),
    "workload": (service(), service(workload_type="LWS"), "workload_type"),
    "workspace": (service(), service(workspace_id="a" * 32), "workspace_id"),
    "first deployment": (service(), inline(), "deployment"),
    "no deployment": (inline(), service(), "deployment"),
    "name of the deployment": (inline(), service(deployment=group(name="other")), "deployment"),
    "role": (inline(unit(role="PREFILL")), inline(unit(role="DECODE")), "deployment"),
}


@pytest.mark.parametrize("name", [None, "chat"], ids=["automatic", "given"])
@pytest.mark.parametrize(("before", "after", "field"), REPLACED.values(), ids=REPLACED)
def test_what_cannot_change_replaces(
    cloud: ModelArtsV2, before: Values, after: Values, field: str, name: str | None
) -> None:
    given = {"name": name} if name else {}
    state = cloud.service({**before, **given})
    found = cloud.world.diff(state, {**after, **given})
    assert found.replaces[:1] == [field]
    assert cloud.writes() == []
    is_first = not found.delete_before_replace
    if not is_first:
        cloud.world.delete(state)
        new = cloud.world.create({**after, **given})
    else:
        new = cloud.world.recorded(
            cloud.world.lifecycle.create(
                cloud.world.context(), cloud.world.known(cloud.world.valid({**after, **given}, None))
            )
        )
        cloud.world.delete(state)
    assert [one["id"] for one in cloud.services()] == [new.id]
    is_settled(cloud, new, {**after, **given})


NUMBERS = {
    "1.0.98": "1.0.99",
    "1.0.99": "1.1.0",
    "1.99.99": "2.0.0",
    "0.0.1": "0.0.2",
    "99.99.98": "99.99.99",
}


@pytest.mark.parametrize(("number", "following"), NUMBERS.items(), ids=NUMBERS)
def test_the_number_of_a_version_follows_the_present_one(cloud: ModelArtsV2, number: str, following: str) -> None:
    state = cloud.service()
    somebody(cloud, state).update_service(state.id, {"version": number, "custom_metrics_path": "http,1,m"})
    done = cloud.world.update(state, service(runtime_config=SHORTER))
    assert [body["version"] for _, body in sent(cloud)] == [following]
    assert done.facts["version"] == following


def test_a_description_alone_has_the_present_number(cloud: ModelArtsV2) -> None:
    state = cloud.service()
    somebody(cloud, state).update_service(state.id, {"version": "2.3.99", "custom_metrics_path": "http,1,m"})
    cloud.world.update(state, service(description="for chats"))
    assert sent(cloud) == [(UPDATE, {"version": "2.3.99", "description": "for chats"})]


def somebody(cloud: ModelArtsV2, state: State) -> Any:
    """A client of somebody else."""
    cloud.world.next_operation()
    return cloud.world.lifecycle.connect(cloud.world.context(), state.inputs).client()  # type: ignore[attr-defined]


def test_a_service_stops_and_starts_with_all_its_deployments(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    blue = cloud.deployment(deployment(made, name="blue"))
    cloud.serving()
    state = cloud.world.update(made, service(desired_status="stopped"))
    assert cloud.writes() == ["POST ID/stop"]
    assert [one["status"] for one in cloud.services()[0]["deployments"]] == ["STOPPED"]
    is_settled(cloud, state, service(desired_status="stopped"))
    state = cloud.world.update(state, service(desired_status="running"))
    assert cloud.writes() == ["POST ID/start"]
    is_settled(cloud, state, service(desired_status="running"))
    cloud.deploying()
    assert cloud.world.read(blue) is not None


NOTHING: dict[str, tuple[Values, Values]] = {
    "a variable becomes a secret": (
        inline(unit(envs={"A": "1", "T": "s3cret"})),
        inline(unit(envs={"A": "1"}), secret_envs={"main": {"T": "s3cret"}}),
    ),
    "a secret becomes a variable": (inline(secret_envs={"main": {"T": "s3cret"}}), inline(unit(envs={"T": "s3cret"}))),
    "the name of the only unit": (inline(), inline(unit(name="main"))),
    "no accelerators": (inline(), inline(unit(custom_spec={"cpu": 2, "memory": 4096, "gpu": 0, "ascend": 0}))),
    "what is the default": (inline(), service(deployment=group(count=1, weight=100, framework="COMMON"))),
    "nothing in maps": (inline(), inline(secret_envs={}, tags={})),
    "our own ways": (inline(), inline(wait=False, timeouts={"create": "2h"})),
}


@pytest.mark.parametrize(("before", "after"), NOTHING.values(), ids=NOTHING)
def test_what_means_the_same_sends_nothing(cloud: ModelArtsV2, before: Values, after: Values) -> None:
    state = cloud.service(before)
    assert cloud.world.diff(state, after).replaces == []
    done = cloud.world.update(state, after)
    assert cloud.writes() == []
    is_settled(cloud, done, after)
