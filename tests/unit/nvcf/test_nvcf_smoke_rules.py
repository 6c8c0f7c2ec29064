"""A smoke test without a path is a call by pexec."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from tests.support.nvcf import specification

IDS = {
    "function_id": "0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01",
    "version_id": "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10",
}


@pytest.mark.parametrize(
    ("test", "path"),
    [
        ({}, "smoke_test.body"),
        ({"method": "GET"}, "smoke_test.method"),
        ({"method": "POST"}, None),
        ({"body": {"x": 1}}, None),
        ({"path": "/health"}, None),
        ({"path": "/health", "method": "DELETE"}, None),
    ],
)
def test_a_smoke_test_goes_a_way_that_there_is(test: dict[str, Any], path: str | None) -> None:
    _, problems = DeploymentLifecycle().judge({**IDS, "specifications": [specification()], "smoke_test": test})
    assert [one.path for one in problems] == ([path] if path else [])
