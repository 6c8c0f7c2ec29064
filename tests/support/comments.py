"""Reviews that comment: what a build server sets, previews, and what comes of them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from pulumi_inference.cli.forges import forge_of
from pulumi_inference.cli.posting import post
from pulumi_inference.core.clock import ManualClock
from tests.support.forges import TOKEN, Request, StandIn

Review = Callable[..., Result]

MARKER = "<!-- pulumi-inference review: fleet/dev -->"
KINDS = ("github", "gitlab")
FOREIGN = ("GITHUB_", "GITLAB_", "CI_", "PULL_REQUEST_")
TEXT, SHORTER = f"{MARKER}\nthe report\n", f"{MARKER}\nshort\n"


def environment(here: StandIn, folder: Path) -> dict[str, str]:
    """What a build server sets."""
    if here.kind == "gitlab":
        places = {"CI_API_V4_URL": f"{here.url}/api/v4", "CI_PROJECT_ID": "4711", "CI_MERGE_REQUEST_IID": "12"}
        return {"GITLAB_TOKEN": TOKEN, "CI_JOB_TOKEN": "64_job", **places}
    event = folder / "event.json"
    event.write_text(json.dumps({"action": "synchronize", "pull_request": {"number": 12}}))
    places = {"GITHUB_API_URL": here.url, "GITHUB_REPOSITORY": "acme/fleet", "GITHUB_EVENT_PATH": str(event)}
    return {"GITHUB_TOKEN": TOKEN, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **places}


def preview(value: str = "b", stack: str = "dev", *, error: str = "") -> str:
    """What `pulumi preview --json` writes of a stack with one thing in it."""
    urn = f"urn:pulumi:{stack}::fleet::random:index/randomId:RandomId::thing"
    old = {"urn": urn, "id": "x", "type": "random:index/randomId:RandomId", "inputs": {"value": "a"}}
    op = "same" if value == "a" else "update"
    step = {"op": op, "urn": urn, "oldState": old, "newState": {**old, "inputs": {"value": value}}}
    if op == "update":
        step["detailedDiff"] = {"value": {"kind": "update", "inputDiff": True}}
    said = [{"urn": urn, "message": f"error: {error}", "severity": "error"}] if error else []
    return json.dumps({"steps": [step], "diagnostics": said, "changeSummary": {op: 1}})


def said(result: Result) -> str:
    return result.output


def summary_of(folder: Path) -> str:
    file = folder / "summary.md"
    return file.read_text() if file.is_file() else ""


def posted(server: StandIn, *texts: str, clock: ManualClock | None = None) -> str:
    """Posts texts on a clock that does not sleep."""
    return post(forge_of(server.kind, os.environ), MARKER, texts or (TEXT,), clock or ManualClock())


def times(server: StandIn, number: int, reply: Any, *methods: str) -> None:
    """Answers so many requests with these verbs otherwise."""
    left = [number]

    def instead(request: Request) -> Any:
        if request.method in methods and left[0]:
            left[0] -= 1
            return reply
        return None

    server.instead = instead


def assert_hidden(text: str) -> None:
    """The token is not there, in no spelling."""
    for spelling in (TOKEN, json.dumps(TOKEN)[1:-1], base64.b64encode(TOKEN.encode()).decode()[:20]):
        assert spelling not in text
