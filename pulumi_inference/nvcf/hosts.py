"""Where a function is called: the ways that go straight to the container (reference 13.1, 13.10)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Body, Response, lower
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.invocation.bodies import bytes_of
from pulumi_inference.core.invocation.calls import Call
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.nvcf.answers import is_of_gateway, is_platforms_at_host
from pulumi_inference.nvcf.client import check_ids, is_uuid
from pulumi_inference.nvcf.connection import NvcfConnection

POLL_SECONDS: Final = 60
"""How long the server may hold a call, unless the caller says otherwise: its own default."""
LONGEST_HOLD: Final = 1200
"""How long it may be held where nothing can be polled; the server's own default for what is streamed."""
CHAT: Final = "/v1/chat/completions"
_STREAMABLE: Final = (CHAT, "/v1/responses", "/v1/completions")


class FunctionEndpoint(Endpoint):
    """One version of a function, or any version that can be called, and an account that calls it."""

    live_type = "text/event-stream"

    def __init__(self, context: Context, account: NvcfConnection, function_id: str, version_id: str = "") -> None:
        """Raises ConfigurationError for what is no id: it becomes a part of a host or a path."""
        check_ids(function_id, version_id)
        self.function_id, self.version_id, self.account = function_id, version_id, account
        name = f"function {function_id}" + (f", version {version_id}" if version_id else "")
        address = self._address()
        super().__init__(name, address, context.environment, home=address.base_url)
        self.poll_seconds: int | None = None
        self.assets: Sequence[str] = ()

    def _address(self) -> Address:
        raise NotImplementedError

    def http(self, timeout: float) -> HttpClient:
        """The account's client, whose connections are kept."""
        return self.account.calls_to(self.address.base_url, self.is_error, timeout)

    def _hold(self, seconds: float, *, polls: bool) -> str:
        """How long the server may hold a call of which so many seconds are left, so that its answer still comes.

        Where nothing can be polled, the request is lost when that is over.
        """
        most = self.poll_seconds or (POLL_SECONDS if polls else LONGEST_HOLD)
        return str(max(1, min(most, int(seconds) - 1)))

    def _no_assets(self, way: str) -> None:
        if self.assets:
            raise ConfigurationError(f"{way} takes no input assets", next_step="Call by pexec: without a path.")


class HostEndpoint(FunctionEndpoint):
    """A function called at its own host: method, path and query are the container's, and so is the answer."""

    def _address(self) -> Address:
        domain = self.account.function_domain
        if domain is None:
            return Address.of(self.account.invocation_url)
        version = f"{self.version_id}." if self.version_id else ""
        return Address(f"https://{version}{self.function_id}.{domain}", "")

    @contextmanager
    def prepared(self, call: Call, *, streamed: bool) -> Iterator[Call]:  # noqa: ARG002 - the hold is the same
        """The call with its hold, and the function's id where that is not in the name of the host."""
        self._no_assets("a function's own host")
        headers = {"nvcf-poll-seconds": self._hold(call.timeout, polls=False), **lower(call.headers)}
        if self.account.function_domain is None:
            headers["function-id"] = self.function_id
            if self.version_id:
                headers["function-version-id"] = self.version_id
        yield replace(call, headers=headers)

    def is_platforms(self, answer: Response) -> bool:
        """The container's answers come with a request id, the platform's errors without."""
        return is_platforms_at_host(answer)


class LlmEndpoint(FunctionEndpoint):
    """An LLM function called through the gateway, which finds it by what stands before the model's name."""

    def _address(self) -> Address:
        return Address.of(self.account.llm_url)

    @contextmanager
    def prepared(self, call: Call, *, streamed: bool) -> Iterator[Call]:
        """The call with the function's id before the model's name, and the wish for a stream."""
        self._no_assets("the LLM gateway")
        if self.version_id:
            raise ConfigurationError("the LLM gateway chooses the version itself: give the function's id alone")
        yield replace(call, path=call.path or CHAT, body=self._body(call, streamed=streamed))

    def _body(self, call: Call, *, streamed: bool) -> Body:
        try:
            body = parse_json(bytes_of(call.body))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise ConfigurationError("the LLM gateway takes a JSON object, as OpenAI's API has it")
        model = body.get("model")
        if model is None:
            model = self._only_model()
        if isinstance(model, str) and not is_uuid(model.partition("/")[0]):
            model = f"{self.function_id}/{model}"
        wish = {"stream": True} if streamed and call.path in ("", *_STREAMABLE) else {}
        return json.dumps({**wish, **body, "model": model}, ensure_ascii=False).encode()

    def _only_model(self) -> str:
        """The name of the function's model, where it has but one."""
        versions = self.account.client().list_versions(self.function_id)
        models = [one for version in versions for one in _list(version.get("models")) if isinstance(one, dict)]
        names: set[str] = {one["name"] for one in models if isinstance(one.get("name"), str)}
        if len(names) != 1:
            there_are = f": it has {', '.join(sorted(names))}" if names else ""
            raise ConfigurationError(f"say which model of {self.name} is meant{there_are}", next_step='Set "model".')
        return names.pop()

    def is_platforms(self, answer: Response) -> bool:
        """The gateway's errors have a message and nothing else."""
        return is_of_gateway(answer)


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
