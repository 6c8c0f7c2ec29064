"""Where, and as whom, a deployed thing is called: what a cloud's room says of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.invocation.address import Address, check_way, is_same_origin
from pulumi_inference.core.lifecycle.context import Context, Environment

FETCH_SECONDS = 10.0
"""Seconds that the fetching of a result is tried again: unlike a call, it may be repeated."""


@dataclass(frozen=True)
class Limit:
    """How many bytes a body may have at most, the sentence that refuses more, and the way out."""

    most: int
    refusal: str
    way_out: str


class Endpoint(ABC):
    """Where, and as whom, one deployed thing is called. `name` stands for it in messages.

    `home` is the base URL of the account's API: what the user has set there gets the credentials, whatever it is. To
    any other machine they go by https only, whoever says the address.
    """

    largest: Limit | None = None
    """The limit of a body. What has one is read as a whole before it is sent, as signatures need."""
    elsewhere: ClassVar[frozenset[int]] = frozenset()
    """The statuses that say that an answer is still to come, or is at another place: `follow` goes after it."""

    def __init__(self, name: str, address: Address, environment: Environment, *, home: str = "") -> None:
        self.name, self.address, self.environment, self.home = name, address, environment, home

    @abstractmethod
    def http(self, timeout: float) -> HttpClient:
        """A client for the address that says who calls, and to which an error is what `is_error` says."""

    @abstractmethod
    def is_platforms(self, answer: Response) -> bool:
        """Whether an answer that is no success comes from the platform, and not from the model behind it."""

    def follow(self, http: HttpClient, answer: Response, tell: Callable[[str], None]) -> Response:  # noqa: ARG002 - for `elsewhere`
        """Asks once for what an answer with a status of `elsewhere` stands for; `tell` shows how far it is.

        It is asked again, once a second at most, as long as the status is one of those.
        """
        return answer

    def is_error(self, answer: Response) -> bool:
        """Whether an answer is an error of the platform's."""
        return answer.status >= 300 and answer.status not in self.elsewhere and self.is_platforms(answer)

    def fetch(self, http: HttpClient, url: str) -> Response:
        """What is at a URL that an answer points to; the credentials go to the address's own host only.

        Raises:
            ConfigurationError: it is on another machine, and not by https.
        """
        whole = urljoin(self.address.base_url, url)
        parts = urlsplit(whole)
        base_url, target = f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="", fragment="")
        if is_same_origin(base_url, self.address.base_url):
            return http.request("GET", target.geturl(), retry_seconds=FETCH_SECONDS)
        self.environment.redactor.add(parts.query)  # whoever has a signed address may read what is there
        check_way(base_url, self.home)
        with closing(http.elsewhere(base_url)) as other:
            return other.request("GET", target.geturl(), retry_seconds=FETCH_SECONDS)


class Calling(ABC):
    """How what a cloud deploys is called: its room has one."""

    thing: ClassVar[str]
    """What is called, in a word, such as `service`."""
    kind: ClassVar[str] = ""
    """The resource class of what is called, such as `Service`: users may name it as their program does."""
    about: ClassVar[str]
    """How a user names it, and who calls: what the command's help says."""
    options: ClassVar[type[Spec]]
    """What a caller may say besides: texts and switches, which are options of the command too."""

    @abstractmethod
    def endpoint(self, context: Context, thing: str, options: Mapping[str, Any], connection: str | None) -> Endpoint:
        """Where and as whom a thing is called, given as a user names it; `options` are those that are given.

        Raises:
            ConfigurationError: it cannot be called, or the credentials must not go there.
        """
