"""GitHub's and GitLab's REST APIs for comments, as far as their documentation says: a stand-in on the loopback.

GitHub: docs.github.com/rest/issues/comments, /rest/using-the-rest-api (pagination, rate limits, best practices).
GitLab: docs.gitlab.com/api/notes, /api/rest (pagination), /api/rest/authentication.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Comment = dict[str, Any]
Answer = tuple[int, Mapping[str, str], bytes]

GITHUB_MOST, GITLAB_MOST = 65_536, 1_000_000
TOKEN = "ghs_canary/Token+1234567890=="
BOT, PERSON = 41898282, 7

_GITHUB = re.compile(r"/repos/acme/fleet/issues/(?:(?P<number>\d+)/comments|comments/(?P<id>\d+))")
_GITLAB = re.compile(r"/api/v4/projects/(?P<project>[^/]+)/merge_requests/(?P<number>\d+)/notes(?:/(?P<id>\d+))?")


def answer(status: int, body: Any, **headers: str) -> Answer:
    """An answer with a JSON body, or with bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}, raw


@dataclass
class Request:
    """What was asked for; `headers` in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class StandIn:
    """The comments of pull requests on one server, and what it was asked.

    `instead` is asked before each request: another answer than the usual one, or None. `me` is who has the token; None
    for the token of a workflow, which may not ask that of GitHub. `hidden` are ids that the list leaves out after it
    has counted its pages, as GitLab does with notes that one may not see.
    """

    kind: str
    url: str = ""
    me: int | None = None
    comments: dict[int, list[Comment]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    instead: Callable[[Request], Answer | None] = lambda _request: None
    hidden: set[int] = field(default_factory=set)
    may_write: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def author(self) -> str:
        """What the author of a comment is called."""
        return "user" if self.kind == "github" else "author"

    def add(self, body: str, number: int = 12, by: int = PERSON) -> Comment:
        """A comment that is there already."""
        with self.lock:
            return self._add(body, number, by)

    def _add(self, body: str, number: int, by: int) -> Comment:
        listed = self.comments.setdefault(number, [])
        taken = [one["id"] for many in self.comments.values() for one in many]
        name = "github-actions[bot]" if by == BOT else "octocat"
        author = {"id": by, "login": name, "username": name, "type": "Bot" if by == BOT else "User"}
        listed.append({"id": max(taken, default=1000) + 1, "body": body, self.author: author})
        return listed[-1]

    def bodies(self, number: int = 12, by: int | None = None) -> list[str]:
        """What the comments say, all or those of one author."""
        found = self.comments.get(number, [])
        return [one["body"] for one in found if by is None or one[self.author]["id"] == by]

    def count(self, method: str) -> int:
        """How often it was asked so."""
        return sum(one.method == method for one in self.requests)

    def respond(self, request: Request) -> Answer:
        """What the server says."""
        with self.lock:
            self.requests.append(request)
            other = self.instead(request)
            if other is not None:
                return other
            return self._github(request) if self.kind == "github" else self._gitlab(request)

    def _github(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return answer(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
        if request.path == "/user":
            if self.me is None:
                return answer(403, {"message": "Resource not accessible by integration"})
            return answer(200, {"id": self.me, "login": "octocat", "type": "User"})
        found = _GITHUB.fullmatch(request.path)
        if not found:
            return answer(404, {"message": "Not Found"})
        if request.method != "GET" and not self.may_write:
            return answer(403, {"message": "Resource not accessible by integration"})
        if request.method in ("POST", "PATCH") and len(request.body["body"]) > GITHUB_MOST:
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
            error["message"] = f"Body is too long (maximum is {GITHUB_MOST} characters)"
            return answer(422, {"message": "Validation Failed", "errors": [error]})
        return self._comments(request, found, "PATCH")

    def _gitlab(self, request: Request) -> Answer:
        if request.headers.get("private-token") != TOKEN:
            return answer(401, {"message": "401 Unauthorized"})
        if request.path == "/api/v4/user":
            return answer(200, {"id": self.me or BOT, "username": "project_1_bot"})
        found = _GITLAB.fullmatch(request.path)
        if not found or found["project"] != "4711":
            return answer(404, {"message": "404 Project Not Found"})
        if request.method != "GET" and not self.may_write:
            description = "The request requires higher privileges than provided by the access token."
            return answer(403, {"error": "insufficient_scope", "error_description": description, "scope": "api"})
        if request.method in ("POST", "PUT") and len(request.body["body"]) > GITLAB_MOST:
            return answer(400, {"message": {"note": [f"is too long (maximum is {GITLAB_MOST} characters)"]}})
        return self._comments(request, found, "PUT")

    def _comments(self, request: Request, found: re.Match[str], edit: str) -> Answer:
        if found["id"] is None:
            if request.method == "POST":
                me = self.me or BOT
                return answer(201, self._add(request.body["body"], int(found["number"]), me))
            return self._page(request, int(found["number"]))
        for many in self.comments.values():
            for one in many:
                if one["id"] == int(found["id"]):
                    if request.method == "DELETE":
                        many.remove(one)
                        return 204, {}, b""
                    assert request.method == edit
                    one["body"] = request.body["body"]
                    return answer(200, one)
        return answer(404, {"message": "Not Found" if edit == "PATCH" else "404 Not found"})

    def _page(self, request: Request, number: int) -> Answer:
        listed = self.comments.get(number, [])
        if self.kind == "gitlab":
            newest_first = request.query.get("sort", "desc") == "desc"
            listed = sorted(listed, key=lambda one: one["id"], reverse=newest_first)
        size = min(int(request.query.get("per_page", "20" if self.kind == "gitlab" else "30")), 100)
        page = int(request.query.get("page", "1"))
        shown = [one for one in listed[(page - 1) * size : page * size] if one["id"] not in self.hidden]
        places = {"first": 1, **({"next": page + 1} if page * size < len(listed) else {})}
        link = ", ".join(
            f'<{self.url}{request.path}?page={at}&per_page={size}>; rel="{rel}"' for rel, at in places.items()
        )
        return answer(200, shown, link=link)


@contextmanager
def stand_in(kind: str) -> Iterator[StandIn]:
    """A server as long as the block lasts."""
    here = StandIn(kind)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, given, body = here.respond(
                Request(self.command, parts.path, query, headers, json.loads(raw) if raw else None)
            )
            self.send_response(status)
            for name, value in given.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
