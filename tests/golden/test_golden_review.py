"""What a review looks like in every format, and that its JSON is what the published schema says.

`python -m tests.golden.test_golden_review` writes the texts anew; look at what has changed in them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pulumi_inference.review.settings import Noise, Prices, Settings
from tests.support.fleet import (
    CHAT,
    CHAT_KIND,
    DEPLOYMENT,
    DEPLOYMENT_KIND,
    FUNCTION,
    FUNCTION_KIND,
    SERVICE,
    SERVICE_KIND,
    changed,
)
from tests.support.previews import BUCKET, NOW, UNKNOWN_TEXT, Thing, as_events, as_json, every_format, report_of, said

HERE = Path(__file__).parent / "review"
SCHEMA: dict[str, Any] = json.loads((HERE.parents[2] / "schemas" / "review.json").read_text("utf-8"))
ENDINGS = {"markdown": "md", "text": "txt", "html": "html", "json": "json"}

SERVED = changed(SERVICE, ("secret_envs", "[secret]"), ("tags", {"team": "search"}))
CLASSIFIER = Thing(
    SERVICE_KIND,
    "classifier",
    "update",
    recorded=SERVED,
    live=changed(SERVED, ("config.0.instance_count", 5), ("description", "by hand"), ("config.0.envs.BATCH", "9")),
    program=changed(
        SERVED, ("config.0.weight", 30), ("config.1.weight", 70), ("description", "a|b @octocat #12 </details>")
    ),
    diff={
        "config[0].instance_count": "update",
        "config[0].weight": "update",
        "config[1].weight": "update",
        "config[0].envs.BATCH": "update",
        "description": "update",
        "secret_envs": "update",
    },
    outputs={"due_time": int(NOW.timestamp() * 1000) + 3_600_000},
)
THINGS = [
    CLASSIFIER,
    Thing(
        FUNCTION_KIND,
        "echo",
        "replace",
        FUNCTION,
        program=changed(FUNCTION, ("container_image", "e:2")),
        reasons=["container_image"],
    ),
    Thing(DEPLOYMENT_KIND, "echo", "update", DEPLOYMENT, program=changed(DEPLOYMENT, ("version_id", UNKNOWN_TEXT))),
    Thing(CHAT_KIND, "old", "delete", recorded=CHAT, more={"protect": True}),
    Thing(CHAT_KIND, "chat", "create", recorded=CHAT, live=None, program=CHAT),
    Thing(BUCKET, "logs", "update", {"tags": {"a": "1"}}, program={"tags": {"a": "2"}}),
    Thing(BUCKET, "same", recorded={"tags": {}}),
]
TOLD = [
    said("compared with the record only", CLASSIFIER, "warning"),
    said("stops, is updated and started again", CLASSIFIER),
]
SETTINGS = Settings(
    [Prices("EUR", {"H100": 3.0, "gpu_p4": 0.5}), Prices("CNY", {"nvidia.com/gpu-h800": 2.56}, "DCU", 18.0)],
    [Noise("config[*].envs", "set by the platform", "classifier")],
    time_zone="Europe/Berlin",
)


def written() -> dict[str, str]:
    """The report in every format."""
    return every_format(report_of(as_events(THINGS, *TOLD), SETTINGS))


@pytest.mark.parametrize("name", ENDINGS)
def test_a_report_looks_as_it_did(name: str) -> None:
    file = HERE / f"report.{ENDINGS[name]}"
    assert written()[name] == file.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        as_events(THINGS, *TOLD),
        as_json(THINGS, *TOLD),
        as_json([]),
        as_json([CLASSIFIER], said("it cannot be", CLASSIFIER, "error")),
        as_events([Thing(SERVICE_KIND, "new", "same", SERVED, program=SERVED, was="before", leftover=True)]),
        as_json([Thing(SERVICE_KIND, "ignoring", "same", SERVED, changed(SERVED, ("description", "x")), SERVED)]),
    ],
)
def test_the_json_is_what_the_schema_says(text: str) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(every_format(report_of(text, SETTINGS))["json"])
    assert [one.message for one in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert document["version"] == SCHEMA["properties"]["version"]["const"]


def test_the_schema_lets_nothing_else_through() -> None:
    document = json.loads(written()["json"])
    [stack] = document["stacks"]
    for wrong in (
        {**document, "more": 1},
        {"version": 2, "stacks": []},
        {**document, "stacks": [{**stack, "seen": 1}]},
    ):
        assert list(Draft202012Validator(SCHEMA).iter_errors(wrong))


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for kind, text in written().items():
        (HERE / f"report.{ENDINGS[kind]}").write_text(text, encoding="utf-8")
