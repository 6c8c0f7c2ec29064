"""One comment a stack in a pull or merge request: found again by its marker, and edited in place."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_inference.core.clock import SystemClock
from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, api_error_class
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, FixedHeader, Response, quote_segment
from pulumi_inference.core.redact import Redactor

PAGE = 100
MOST_PAGES = 100


class RefusedError(InferenceError):
    """The token may not write there, as that of a fork."""


@dataclass(frozen=True)
class _Place:
    """Where the comments of one request are: `edit` has the comment's id in it."""

    base_url: str
    header: tuple[str, str]
    comments: str
    edit: str
    method: str
    token: str


def post(place: str, marker: str, text: str, environ: Mapping[str, str]) -> str:
    """Writes the comment with this marker, or edits the one that is there; answers what was done.

    Raises:
        RefusedError: the token may not.
        ConfigurationError: the environment does not say where, or as whom.
        InferenceError: the server does not answer as it should.
    """
    where = _github(environ) if place == "github" else _gitlab(environ)
    client = HttpClient(
        where.base_url,
        clock=SystemClock(),
        cancelled=threading.Event(),
        redactor=Redactor([where.token]),
        parse_error=_parse_error,
        authenticator=FixedHeader(*where.header),
    ).taking(Due.ANYTHING, 64 * 2**20)
    try:
        found = _find(client, where, marker)
        if found is None:
            client.request("POST", where.comments, json={"body": text})
            return "the comment was written"
        client.request(where.method, where.edit.format(id=found), json={"body": text}, idempotent=True)
        return "the comment was edited"
    except ApiError as error:
        if error.status in (401, 403, 404):
            raise RefusedError(str(error)) from None
        raise
    finally:
        client.close()


def _find(client: HttpClient, where: _Place, marker: str) -> int | None:
    """The id of the comment that begins with the marker."""
    for page in range(1, MOST_PAGES + 1):
        answer = client.request("GET", where.comments, params=[("per_page", str(PAGE)), ("page", str(page))])
        items = answer.json()
        if not isinstance(items, list):
            return None
        for one in items:
            body = one.get("body") if isinstance(one, dict) else None
            if isinstance(body, str) and body.startswith(marker) and isinstance(one.get("id"), int):
                return int(one["id"])
        if len(items) < PAGE:
            return None
    return None


def _github(environ: Mapping[str, str]) -> _Place:
    token = _needed(environ, "GITHUB_TOKEN")
    base_url = environ.get("GITHUB_API_URL", "https://api.github.com")
    repository = _needed(environ, "GITHUB_REPOSITORY")
    owner, _, name = repository.partition("/")
    root = f"/repos/{quote_segment(owner)}/{quote_segment(name)}/issues"
    return _Place(
        base_url,
        ("authorization", f"Bearer {token}"),
        f"{root}/{_github_number(environ)}/comments",
        root + "/comments/{id}",
        "PATCH",
        token,
    )


def _github_number(environ: Mapping[str, str]) -> int:
    """The number of the pull request: of the event that the workflow runs for, or given."""
    given = environ.get("PULL_REQUEST_NUMBER", "").strip()
    if given.isdecimal():
        return int(given)
    try:
        event = json.loads(Path(_needed(environ, "GITHUB_EVENT_PATH")).read_text(encoding="utf-8"))
        return int(event["pull_request"]["number"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            "the workflow does not run for a pull request",
            next_step="Run it on pull_request, or set PULL_REQUEST_NUMBER.",
        ) from None


def _gitlab(environ: Mapping[str, str]) -> _Place:
    token = _needed(environ, "GITLAB_TOKEN")
    project, number = _needed(environ, "CI_PROJECT_ID"), _needed(environ, "CI_MERGE_REQUEST_IID")
    base_url = environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4")
    notes = f"/projects/{quote_segment(project)}/merge_requests/{quote_segment(number)}/notes"
    return _Place(base_url, ("private-token", token), notes, notes + "/{id}", "PUT", token)


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"{name} is not set, so it is not known where the comment belongs, or who writes it")
    return value


def _parse_error(answer: Response, method: str, path: str) -> ApiError:
    try:
        body = answer.json()
    except InferenceError:
        body = None
    message = body.get("message") if isinstance(body, dict) else None
    return api_error_class(answer.status)(
        status=answer.status,
        code=None,
        message=message if isinstance(message, str) else "the server gave no reason",
        request_id=answer.request_id,
        method=method,
        path=path,
    )
