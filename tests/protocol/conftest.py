"""The true dynamic host, with the newest and the oldest SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.conftest import ENDPOINT
from tests.protocol.host import DynamicHost
from tests.support.cloud import Cloud
from tests.support.oldest import oldest_sdk

NewHost = Callable[..., DynamicHost]


@pytest.fixture(params=["newest", "oldest"])
def sdk(request: pytest.FixtureRequest) -> dict[str, str]:
    """Environment variables that choose the SDK."""
    return {"PYTHONPATH": str(oldest_sdk())} if request.param == "oldest" else {}


@pytest.fixture
def new_host(cloud: Cloud, sdk: Mapping[str, str]) -> Iterator[NewHost]:
    """Starts hosts that are configured for the cloud, with more environment variables where given."""
    with ExitStack() as stack:

        def start(environment: Mapping[str, str] | None = None) -> DynamicHost:
            host = DynamicHost({**sdk, **cloud.credentials, **(environment or {})})
            stack.callback(host.close)
            host.configure({ENDPOINT: cloud.endpoint})
            return host

        yield start


@pytest.fixture
def host(new_host: NewHost) -> DynamicHost:
    """A host that is configured for the cloud."""
    return new_host()
