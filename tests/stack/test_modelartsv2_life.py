"""ModelArts v2 on the real engine: a service, two deployments and a key in one program, from `up` to `destroy`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewProject
from tests.support.cloud import DEPLOY_SECONDS, OUTSIDER, Cloud
from tests.support.modelartsv2 import POOL
from tests.support.modelartsv2_calls import OPEN, seeded
from tests.support.programs import NO_SERVICE
from tests.support.projects import STACK, Project, Result

SECRET, MOUNTED = "hunter2/token", "aHVudGVyMi9tb3VudGVk"
MOST_ASKED = 2000
"""So many requests an `up` is watched by at most."""
BETWEEN = 0.02
"""Seconds between two of them, so that the engine gets its share of the machine."""

PROGRAM = f"""
    import os

    import pulumi
    from pulumi_inference import modelartsv2

    def unit(tag):
        return modelartsv2.UnitConfigArgs(
            image=modelartsv2.ImageArgs(swr_path=f"swr.example.test/demo/echo:{{tag}}"),
            custom_spec=modelartsv2.CustomSpecArgs(cpu=2, memory=4096),
            port=8080,
        )

    chat = modelartsv2.Service(
        "chat",
        runtime_config=modelartsv2.RuntimeConfigArgs(
            service_invoke=modelartsv2.ServiceInvokeArgs(port=8080, auth_type="API_KEY", internet_access_enable=True),
            service_limit=modelartsv2.ServiceLimitArgs(
                rate_limit=modelartsv2.RateLimitArgs(num=10000), request_size_limit=10, request_timeout=90
            ),
        ),
    )
    place = {{
        "service_id": chat.service_id,
        "pool_id": "{POOL}",
        "advanced_config": modelartsv2.AdvancedConfigArgs(
            port=8080,
        ),
        "secret_envs": {{"main": {{"TOKEN": os.environ["TOKEN_OF_THE_TEST"]}}}},
    }}
    blue = modelartsv2.Deployment(
        "blue",
        **place,
        weight=90,
        count=1,
        unit_configs=[unit(1)],
    )
    green = modelartsv2.Deployment("green", **place, weight=10, unit_configs=[unit(2)])
    key = modelartsv2.ApiKey("clients", scope="SERVICE")
    modelartsv2.ApiKeyBinding("bound", service_id=chat.service_id, key_id=key.key_id)
    pulumi.export("url", chat.url)
    pulumi.export("api_key", key.api_key)
"""


def service(cloud: Cloud) -> Any:
    """The one service with everything about it."""
    [found] = cloud.admin("GET", "/modelartsv2/services")["services"]
    return found


def deployment(cloud: Cloud, name: str) -> Any:
    """A deployment with everything about it, by its name without the hash."""
    [found] = [one for one in service(cloud)["deployments"] if one["name"].startswith(f"{name}-")]
    return found


def writes(cloud: Cloud) -> list[str]:
    """The program's writes since they were forgotten, with names instead of ids."""
    known = service(cloud)
    names = {known["id"]: "chat", **{one["id"]: one["name"] for one in known["deployments"]}}
    found = []
    for one in cloud.sent("POST", "PUT", "PATCH", "DELETE"):
        parts = one.path.partition("/services/")[2].split("/")
        told = [names.get(part, part).rpartition("-")[0] or names.get(part, part) for part in parts]
        found.append(f"{one.method} {'/'.join(told)}")
    return found


@pytest.fixture
def project(cloud: Cloud, new_project: NewProject) -> Project:
    """A stack that has not been deployed."""
    return new_project(PROGRAM, environment={"TOKEN_OF_THE_TEST": SECRET})


def watched(cloud: Cloud, url: str, key: str, up: Callable[[], Result]) -> tuple[Result, dict[str, set[str]]]:
    """An `up`, and the versions by which callers are answered while it runs; it is they who let the time pass."""
    cloud.admin("PATCH", "/settings", {"seconds_per_request": DEPLOY_SECONDS / 60})
    headers = {"Authorization": f"Bearer {key}", "User-Agent": OUTSIDER}
    answers: dict[str, set[str]] = {}
    asked = 0
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(up)
        while not running.done() and asked < MOST_ASKED:
            answer = cloud.client.post(url, json={"x": 1}, headers=headers)
            assert answer.is_success, answer.text
            found = answer.json()
            answers.setdefault(found["deployment_id"], set()).add(found["version"])
            asked += 1
            wait([running], BETWEEN)
        cloud.move_with_requests()
        result = running.result()
    return result, answers


def test_a_service_two_deployments_and_a_key(cloud: Cloud, project: Project, tmp_path: Path) -> None:
    shown = project.up()
    assert shown.ok, shown
    made = service(cloud)
    assert sorted(one["status"] for one in made["deployments"]) == ["RUNNING", "RUNNING"]
    blue, versions = deployment(cloud, "blue")["id"], len(deployment(cloud, "blue")["versions"])

    cloud.forget_requests()
    assert project.up("--expect-no-changes").ok
    assert writes(cloud) == []
    # A service is reached only when it has a deployment, so it is the second run that knows its address.
    outputs = project.outputs()
    url, key = outputs["url"], outputs["api_key"]

    # Scaling is one call, and no version.
    project.edit("count=1", "count=3")
    scaled = project.up()
    assert scaled.ok, scaled
    assert writes(cloud) == ["PUT chat/deployments/blue/scale"]
    assert len(deployment(cloud, "blue")["versions"]) == versions

    # A roll-out that fails is an error with the reason; the former version answers all the time.
    project.edit("unit(1)", "unit(3)")
    cloud.fault(**{"modelartsv2.deploy": {"outcome": "rollback", "phase": "update", "reason": "no image like that"}})
    failed, answers = watched(cloud, url, key, project.up)
    assert not failed.ok
    assert failed.lines("no image like that"), failed
    assert "Traceback" not in failed.text
    assert answers[blue] == {"1.0.0"}
    assert deployment(cloud, "blue")["version"] == "1.0.0"
    cloud.forget_requests()
    mended, answers = watched(cloud, url, key, project.up)
    assert mended.ok, mended
    assert writes(cloud) == ["PUT chat/deployments/blue"]
    newest = deployment(cloud, "blue")["version"]
    assert newest != "1.0.0"
    assert answers[blue] == {"1.0.0", newest}
    assert project.planned() == []

    # A former version, and back.
    project.edit("count=3,", 'count=3,\n        pinned_version="1.0.0",')
    preview = project.preview()
    assert preview.lines(f"switches from version {newest} to 1.0.0"), preview
    cloud.forget_requests()
    pinned, answers = watched(cloud, url, key, project.up)
    assert pinned.ok, pinned
    assert writes(cloud) == ["POST chat/deployments/blue/versions/1.0.0/switch"]
    assert answers[blue] == {"1.0.0", newest}
    project.edit('\n        pinned_version="1.0.0",', "")
    cloud.forget_requests()
    back, answers = watched(cloud, url, key, project.up)
    assert back.ok, back
    assert writes(cloud) == [f"POST chat/deployments/blue/versions/{newest}/switch"]
    assert answers[blue] == {"1.0.0", newest}

    # Traffic moves, and the preview says how.
    project.edit("weight=90", "weight=30")
    preview = project.preview()
    assert preview.lines("90", "75"), preview
    cloud.forget_requests()
    moved, answers = watched(cloud, url, key, project.up)
    assert moved.ok, moved
    assert writes(cloud) == ["PUT chat/deployments/blue"]
    assert answers[blue] == {newest}
    assert deployment(cloud, "blue")["version"] == newest

    # Drift is shown, and put back.
    path = f"/modelartsv2/services/{made['id']}/deployments/{deployment(cloud, 'green')['id']}"
    cloud.admin("PATCH", path, {"weight": 77})
    [step] = project.planned()
    assert (step.op, step.name, step.paths) == ("update", "green", {"weight"})
    assert project.up().ok
    assert deployment(cloud, "green")["weight"] == 10

    texts = [one.text for one in (shown, scaled, failed, mended, preview, pinned, back, moved)]
    texts += [file.read_text(encoding="utf-8") for file in (tmp_path / "state" / "stacks").rglob("*.json*")]
    assert not [one for one in (SECRET, key) if any(one in text for text in texts)]

    cloud.forget_requests()
    gone = project.destroy()
    assert gone.ok, gone.text
    assert cloud.admin("GET", "/modelartsv2/services")["services"] == []
    assert cloud.admin("GET", "/modelartsv2/keys")["keys"] == []
    order = [one.path.partition("/services/")[2] for one in cloud.sent("POST", "DELETE")]
    deleted = [index for index, one in enumerate(order) if "/deployments/" in one]
    assert len(deleted) == 2
    unbound = next(index for index, one in enumerate(order) if "unbind" in one)
    assert order.index("delete") > max(*deleted, unbound)
    assert unbound < next(index for index, one in enumerate(order) if one.startswith("api-keys/") and index > unbound)


def test_what_was_there_is_imported_and_a_preview_shows_nothing(cloud: Cloud, new_project: NewProject) -> None:
    """Services with a deployment of each, what stands in them left alone."""
    found = seeded(cloud.project_id)
    cloud.admin("POST", "/seed", found)
    project = new_project(NO_SERVICE)
    texts = []
    for words in (("service", OPEN), ("deployment", "--all", "--filter", f"service_id={OPEN}")):
        command = [sys.executable, "-m", "pulumi_inference", "import", "modelartsv2", *words, "--stack", STACK]
        done = subprocess.run(
            [*command, "--file", f"{words[0]}.json"],
            cwd=project.folder,
            env=project.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        imported = project.import_(project.folder / f"{words[0]}.json")
        assert imported.ok, imported
        texts.append(done.stdout)
    project.write("\n".join(texts))
    cloud.forget_requests()
    shown = project.preview("--expect-no-changes", "--diff")
    assert shown.ok, shown
    assert project.up("--expect-no-changes").ok
    assert cloud.sent("POST", "PUT", "PATCH", "DELETE") == []
    logged = json.dumps(cloud.admin("GET", "/requests"))
    assert "key-value-of-the-tests" not in logged
