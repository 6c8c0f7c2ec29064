"""Where the comments of a pull or merge request are, and who writes them: as a build server's environment says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.exchange import quote_segment
from pulumi_inference.core.http.proxies import is_loopback

PLACES = ("github", "gitlab")


@dataclass(frozen=True)
class Forge:
    """The comments of one pull or merge request.

    Args:
        base_url: the REST API.
        token: what says who writes.
        header: name and value of the header that has the token.
        comments: path of the list.
        one: path of one comment, with its id in it.
        method: the verb that edits.
        author: what the author is called in a comment.
        rights: what the token needs, as a sentence.
        order: parameters that put the oldest first, where that is not so by itself.
        headers: go with every request.
        bots_may_not_ask: whether the token of a build may be refused its own name, and its comments are a bot's.
    """

    base_url: str
    token: str = field(repr=False)
    header: tuple[str, str] = field(repr=False)
    comments: str
    one: str
    method: str
    author: str
    rights: str
    order: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    bots_may_not_ask: bool = False


def forge_of(place: str, environ: Mapping[str, str]) -> Forge:
    """Where a build on this place comments.

    Raises:
        ConfigurationError: the environment does not say where, or as whom, or where is no place for a token.
    """
    return _github(environ) if place == "github" else _gitlab(environ)


def _github(environ: Mapping[str, str]) -> Forge:
    token = _needed(environ, "GITHUB_TOKEN", "Give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`.")
    owner, _, name = _needed(environ, "GITHUB_REPOSITORY", "It is the repository as OWNER/NAME.").partition("/")
    if not owner or not name or "/" in name:
        raise ConfigurationError("GITHUB_REPOSITORY: must be OWNER/NAME")
    root = f"/repos/{quote_segment(owner)}/{quote_segment(name)}/issues"
    return Forge(
        _url(environ, "GITHUB_API_URL", "https://api.github.com"),
        token,
        ("authorization", f"Bearer {token}"),
        f"{root}/{_number_of_github(environ)}/comments",
        root + "/comments/{id}",
        "PATCH",
        "user",
        "The job needs `permissions: {pull-requests: write}`; forks and Dependabot do not get that.",
        headers={"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"},
        bots_may_not_ask=True,
    )


def _gitlab(environ: Mapping[str, str]) -> Forge:
    advice = (
        "Set GITLAB_TOKEN to a project access token with the scope api and the role Reporter, as a masked variable."
    )
    if environ.get("CI_JOB_TOKEN") and not environ.get("GITLAB_TOKEN", "").strip():
        raise ConfigurationError("GITLAB_TOKEN is not set, and CI_JOB_TOKEN may not write comments", next_step=advice)
    token = _needed(environ, "GITLAB_TOKEN", advice)
    number = _needed(
        environ,
        "CI_MERGE_REQUEST_IID",
        'Run the job in pipelines of merge requests: rules, if: $CI_PIPELINE_SOURCE == "merge_request_event".',
    )
    # The pipeline of a fork runs in the fork; the merge request is in the project that it goes to.
    where = "CI_MERGE_REQUEST_PROJECT_ID" if environ.get("CI_MERGE_REQUEST_PROJECT_ID", "").strip() else "CI_PROJECT_ID"
    project = _needed(environ, where, "It is the id of the project.")
    notes = f"/projects/{quote_segment(project)}/merge_requests/{_number(number, 'CI_MERGE_REQUEST_IID')}/notes"
    return Forge(
        _url(environ, "CI_API_V4_URL", "https://gitlab.com/api/v4"),
        token,
        ("private-token", token),
        notes,
        notes + "/{id}",
        "PUT",
        "author",
        "GITLAB_TOKEN needs the scope api and the role Reporter in the project of the merge request.",
        order=(("order_by", "created_at"), ("sort", "asc")),
    )


def _number_of_github(environ: Mapping[str, str]) -> int:
    """The number of the pull request: the one given, or that of the event that the workflow runs for."""
    given = environ.get("PULL_REQUEST_NUMBER", "").strip()
    if given:
        return _number(given, "PULL_REQUEST_NUMBER")
    file = _needed(environ, "GITHUB_EVENT_PATH", "Set PULL_REQUEST_NUMBER where there is no event.")
    try:
        event = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise ConfigurationError("GITHUB_EVENT_PATH: the file is not there, or is no JSON") from None
    found = _numbers_in(event if isinstance(event, dict) else {})
    if len(found) == 1:
        return found[0]
    raise ConfigurationError(
        f"the workflow runs for {'several pull requests' if found else 'no pull request'}",
        next_step="Run it on pull_request, or set PULL_REQUEST_NUMBER.",
    )


def _numbers_in(event: Mapping[str, Any]) -> list[int]:
    """The pull requests of an event, each of which says it in a way of its own."""
    issue, run = event.get("issue"), event.get("workflow_run")
    found: list[Any] = [event.get("pull_request")]
    if isinstance(issue, dict) and issue.get("pull_request"):
        found.append(issue)
    if isinstance(run, dict) and isinstance(run.get("pull_requests"), list):
        found += run["pull_requests"]  # of a fork there is none
    numbers = [one.get("number") for one in found if isinstance(one, dict)]
    return [one for one in numbers if isinstance(one, int) and not isinstance(one, bool) and one > 0]


def _number(text: str, name: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 20 and int(text)):
        raise ConfigurationError(f"{name}: must be a number such as 12")
    return int(text)


def _needed(environ: Mapping[str, str], name: str, advice: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"{name} is not set, so no comment can be written", next_step=advice)
    return value


def _url(environ: Mapping[str, str], name: str, usual: str) -> str:
    """The address of the API, which gets the token."""
    url = environ.get(name, "").strip() or usual
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ConfigurationError(f"{name}: is no URL") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ConfigurationError(f"{name}: must begin with https://; nothing else gets the token")
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError(f"{name}: must be the address of the API and nothing more, such as {usual}")
    return url.rstrip("/")
