"""Hundreds of random functions and deployments through the real engine: nothing to do, and one edit is one call."""

from __future__ import annotations

import json
from collections import Counter

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.functions import ENDPOINT
from tests.support.nvcf_programs import KINDS, PLACED, TELEMETRIES, deployments, functions
from tests.support.patience import PATIENCE
from tests.support.specs import Values, sample

FUNCTIONS, DEPLOYMENTS, EDITED = 63, 125, 10

# The engine writes its whole state after each step, which for that many resources takes longer than all the rest.
ONE_CHECKPOINT = {"PULUMI_EXPERIMENTAL": "1", "PULUMI_SKIP_CHECKPOINTS": "true"}

PROGRAM = """
    import json
    from pathlib import Path

    from pulumi_inference import nvcf

    stack = json.loads(Path("stack.json").read_text(encoding="utf-8"))
    functions = {name: nvcf.Function(name, **values) for name, values in stack["functions"].items()}
    charts = {
        "container": {"container_image": "nvcr.io/acme/echo:1"},
        "chart": {"helm_chart": "oci://helm.example/acme/echo", "helm_chart_service_name": "entry"},
    }
    for name, values in stack["deployments"].items():
        of = nvcf.Function(f"of-{name}", inference_url="/echo", **charts[values.pop("kind")])
        nvcf.Deployment(name, function_id=of.function_id, version_id=of.version_id, **values)
"""


def programs() -> dict[str, dict[str, Values]]:
    """Functions of each kind, and deployments of container and chart functions, by the names of their resources."""
    made = {kind: sample(functions(kind), FUNCTIONS) for kind in KINDS}
    placed = {kind: sample(deployments(kind), DEPLOYMENTS) for kind in PLACED}
    return {
        "functions": {f"{kind}-{index}": one for kind in KINDS for index, one in enumerate(made[kind])},
        "deployments": {
            f"{kind}-{index}": {"kind": kind, **one} for kind in PLACED for index, one in enumerate(placed[kind])
        },
    }


def edit(stack: dict[str, dict[str, Values]]) -> tuple[set[str], set[str]]:
    """Other tags of some functions, and more instances of some deployments; answers their names."""
    tagged, scaled = list(stack["functions"])[:EDITED], list(stack["deployments"])[:EDITED]
    for name in tagged:
        stack["functions"][name]["tags"] = ["edited"]
    for name in scaled:
        stack["deployments"][name]["specifications"][0]["max_instances"] = 10
    return set(tagged), set(scaled)


def test_what_is_made_is_previewed_without_a_change_and_one_edit_is_one_call(
    cloud: Cloud, new_project: NewProject
) -> None:
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 0, "seconds_per_request": 0})
    cloud.admin("PATCH", "/settings", {"nvcf.complete_artifact_uris": True, "nvcf.period_seconds": 0})
    body = {"endpoint": "https://t.example", "protocol": "HTTP", "provider": "GRAFANA_CLOUD"}
    cloud.admin(
        "POST",
        "/seed",
        {
            "nvcf.telemetries": [
                {**body, "types": [kind], "telemetryId": one, "secret": {"name": f"{kind}-{number}", "value": "x"}}
                for kind, ids in TELEMETRIES.items()
                for number, one in enumerate(ids)
            ]
        },
    )
    stack = programs()
    project = new_project(PROGRAM, config={ENDPOINT: cloud.endpoint}, environment=ONE_CHECKPOINT)
    file = project.folder / "stack.json"
    file.write_text(json.dumps(stack), encoding="utf-8")
    up = project.start_up("--parallel", "64").wait(PATIENCE)
    assert up.ok, up
    assert project.planned("--parallel", "64") == []

    tagged, scaled = edit(stack)
    file.write_text(json.dumps(stack), encoding="utf-8")
    planned = project.planned("--parallel", "64")
    assert {one.name for one in planned} == tagged | scaled
    assert {one.op for one in planned} == {"update"}
    cloud.forget_requests()
    up = project.start_up("--parallel", "64").wait(PATIENCE)
    assert up.ok, up
    assert Counter(one.method for one in cloud.sent("POST", "PUT", "PATCH", "DELETE")) == {
        "PUT": len(tagged),
        "PATCH": len(scaled),
    }
