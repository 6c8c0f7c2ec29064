"""Where, and as whom, a deployed thing is called: what a cloud's room says of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from urllib.parse import urljoin, urlsplit

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.invocation.address import Address, check_way, is_same_origin
from pulumi_inference.core.lifecycle.context import Context, Environment

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.calls import Call

FETCH_SECONDS = 10.0
"""Seconds that the fetching of a result is tried again: unlike a call, it may be repeated."""


@dataclass(frozen=True)
class Limit:
    """How many bytes a body may have at most, the sentence that refuses more, and the way out."""

    most: int
    refusal: str
    way_out: str


class Line(ABC):
    """Where one deployed thing is called that does not speak HTTP. `name` stands for it in messages."""

    def __init__(self, name: str, environment: Environment) -> None:
        self.name, self.environment = name, environment

    @abstractmethod
    def open(self, call: Call) -> StreamedResponse:
        """Sends a call once, and answers as soon as the thing begins to answer.

        Raises:
            InferenceError: it did not get through to the thing; what that says itself is an answer.
        """


class Endpoint(ABC):
    """Where, and as whom, one deployed thing is called. `name` stands for it in messages.

    `home` is the base URL of the account's API: what the user has set there gets the credentials, whatever it is. To
    any other machine they go by https only, whoever says the address.
    """

    largest: Limit | None = None
    """The limit of a body. What has one is read as a whole before it is sent, as signatures need."""
    elsewhere: ClassVar[frozenset[int]] = frozenset()
    """The statuses that say that an answer is still to come, or is at another place: `follow` goes after it."""
    is_live: ClassVar[bool] = True
    """Whether an answer can be read while it arrives; else it is read as a whole first."""
    live_type: ClassVar[str] = "*/*"
    """What is accepted as an answer that is read while it arrives."""

    def __init__(self, name: str, address: Address, environment: Environment, *, home: str = "") -> None:
        self.name, self.address, self.environment, self.home = name, address, environment, home

    @abstractmethod
    def http(self, timeout: float) -> HttpClient:
        """A client for the address that says who calls, and to which an error is what `is_error` says."""

    @abstractmethod
    def is_platforms(self, answer: Response) -> bool:
        """Whether an answer that is no success comes from the platform, and not from the model behind it."""

    @contextmanager
    def prepared(self, call: Call, *, streamed: bool) -> Iterator[Call]:  # noqa: ARG002 - for others
        """What is sent for a call; what had to be made for it is taken away when it has been answered.

        Raises:
            ConfigurationError: a thing is not called like that.
        """
        yield call

    def received(self, answer: Response) -> Response:
        """What the model answered, taken out of what the platform puts around it."""
        return answer

    def follow(
        self,
        http: HttpClient,  # noqa: ARG002 - for `elsewhere`, as the others
        answer: Response,
        tell: Callable[[str], None],  # noqa: ARG002
        *,
        streamed: bool,  # noqa: ARG002
    ) -> Response | StreamedResponse:
        """Asks once for what an answer with a status of `elsewhere` stands for; `tell` shows how far it is.

        It is asked again, once a second at most, as long as the status is one of those. What is `streamed` may be
        answered before it has been read.
        """
        return answer

    def is_elsewhere(self, answer: Response) -> bool:
        """Whether an answer is still to come, or is at another place."""
        return answer.status in self.elsewhere

    def is_error(self, answer: Response) -> bool:
        """Whether an answer is an error of the platform's."""
        return answer.status >= 300 and answer.status not in self.elsewhere and self.is_platforms(answer)

    def http_at(self, base_url: str, timeout: float) -> HttpClient | None:  # noqa: ARG002 - there are no others
        """A client that says who calls, for another host to which the credentials belong; None where they do not."""
        return None

    def fetch(self, http: HttpClient, url: str) -> Response:
        """What is at a URL that an answer points to; the credentials go to hosts of their own only.

        Raises:
            ConfigurationError: it is on another machine, and not by https.
        """
        with self.reach(http, url) as (client, target):
            return client.request("GET", target, retry_seconds=FETCH_SECONDS)

    @contextmanager
    def reach(self, http: HttpClient, url: str) -> Iterator[tuple[HttpClient, str]]:
        """The client for such a URL, and its path and query.

        Raises:
            ResponseError: it is no URL.
            ConfigurationError: it is on another machine, and not by https.
        """
        try:
            parts = urlsplit(urljoin(self.address.base_url, url))
            base_url, target = f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="", fragment="")
            is_here = is_same_origin(base_url, self.address.base_url)
        except ValueError:
            raise ResponseError(f"{self.name} says that the answer is at an address that is none") from None
        if is_here:
            yield http, target.geturl()
            return
        self.environment.redactor.add(parts.query)  # whoever has a signed address may read what is there
        check_way(base_url, self.home)
        with closing(self.http_at(base_url, http.timeout) or http.elsewhere(base_url)) as one:
            yield one, target.geturl()


Called: TypeAlias = Endpoint | Line
"""One deployed thing, as it is called."""


class Calling(ABC):
    """How what a cloud deploys is called: its room has one."""

    thing: ClassVar[str]
    """What is called, in a word, such as `service`."""
    kinds: ClassVar[tuple[str, ...]] = ()
    """The resource classes of what is called, such as `Service`: users may name it as their program does."""
    about: ClassVar[str]
    """How a user names it, and who calls: what the command's help says."""
    usual_path: ClassVar[str] = ""
    """What follows the address where the caller does not say it."""
    usual_timeout: ClassVar[float] = 60.0
    """Seconds that an answer may take where the caller does not say it."""
    options: ClassVar[type[Spec]]
    """What a caller may say besides: texts and switches, which are options of the command too."""

    @abstractmethod
    def endpoint(
        self, context: Context, thing: str, options: Mapping[str, Any], connection: str | None, *, path: str = ""
    ) -> Called:
        """Where and as whom a thing is called, given as a user names it.

        `options` are those that are given; `path` is the call's, where that decides on the way.

        Raises:
            ConfigurationError: it cannot be called, or the credentials must not go there.
        """
