"""API keys, a binding and an intranet connection of ModelArts v2 on the real engine, from `up` to `destroy`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.modelartsv2_keys import SERVICE_ID, SUBNET, VPC
from tests.support.projects import STACK
from tests.support.secrets import Planted

PROGRAM = f"""
    import pulumi
    from pulumi_inference import modelartsv2

    key = modelartsv2.ApiKey("clients", scope="SERVICE", description="For the search team.")
    modelartsv2.ApiKeyBinding("clients-of-chat", service_id="{SERVICE_ID}", key_id=key.key_id)
    modelartsv2.IntranetConnection(
        "office", scene="VPC", vpc_id="{VPC}", subnet_id="{SUBNET}", service_id="{SERVICE_ID}"
    )
    pulumi.export("key", key.api_key)
    pulumi.export("made", key.created_at_iso)
"""


def serve(cloud: Cloud) -> None:
    """Puts a service there."""
    called = {"port": 8080, "protocol": "HTTP", "auth_type": "API_KEY", "internet_access_enable": True}
    limit = {"rate_limit": {"num": 50, "unit": "SECONDS"}, "request_size_limit": 10, "request_timeout": 90}
    service = {
        "id": SERVICE_ID,
        "name": "chat",
        "type": "REAL_TIME",
        "deploy_type": "SINGLE",
        "version": "1.0.0",
        "workspace_id": "0",
        "group_configs": [],
        "runtime_config": {"service_invoke": called, "service_limit": limit},
        "project_id": cloud.project_id,
    }
    cloud.admin("POST", "/seed", {"modelartsv2.services": [service]})


def keys(cloud: Cloud) -> list[Any]:
    """All that the emulator knows of all keys."""
    found: list[Any] = cloud.admin("GET", "/modelartsv2/keys")["keys"]
    return found


def test_a_key_lives_and_its_value_stands_nowhere_in_clear(
    cloud: Cloud, new_project: NewProject, tmp_path: Path
) -> None:
    serve(cloud)
    cloud.move_with_requests()
    trace, log = tmp_path / "trace.jsonl", tmp_path / "events.jsonl"
    logged = {"PULUMI_INFERENCE_TRACE": str(trace), "PULUMI_DEBUG_COMMANDS": "true"}
    project = new_project(PROGRAM, environment=logged)
    shown = project.up("--diff", "--event-log", str(log))
    assert shown.ok, shown
    [key] = keys(cloud)
    assert key["services"] == [SERVICE_ID]
    value = project.run("stack", "output", "key", "--show-secrets", "--stack", STACK).stdout.strip()
    assert value.startswith("ak-")

    planted = Planted(value=value)
    again = project.up("--diff")
    assert again.ok, again
    assert project.planned() == []
    exported = project.run("stack", "export", "--stack", STACK)
    plain = project.run("stack", "output", "--stack", STACK)
    previewed = project.preview("--diff", "--refresh")
    for result in (shown, again, exported, plain, previewed):
        assert planted.found_in(result.text) == []
    files = [one for one in tmp_path.rglob("*") if one.is_file() and one.suffix not in (".db", ".pyc")]
    assert {trace, log} <= set(files)
    for file in files:
        assert planted.found_in(file.read_bytes().decode(errors="replace")) == [], file

    # Another description makes another key; the binding goes over to it before the old one goes.
    project.edit("For the search team.", "For all teams.")
    cloud.forget_requests()
    replaced = project.up()
    assert replaced.ok, replaced
    [other] = keys(cloud)
    assert (other["key_id"] != key["key_id"], other["services"]) == (True, [SERVICE_ID])
    written = [one.path.rpartition("/services/")[2] for one in cloud.sent("POST", "DELETE")]
    assert written == [
        "api-keys",
        f"{SERVICE_ID}/api-keys/{other['key_id']}/bind",
        f"{SERVICE_ID}/api-keys/{key['key_id']}/unbind",
        f"api-keys/{key['key_id']}",
    ]
    assert project.planned() == []

    destroyed = project.destroy()
    assert destroyed.ok, destroyed
    assert keys(cloud) == []
