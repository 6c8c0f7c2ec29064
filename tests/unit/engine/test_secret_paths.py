"""Which values of a program are secret, told from the resource class to the provider."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

from pulumi_inference import modelarts
from pulumi_inference.core.fields.paths import parse, texts_at
from pulumi_inference.engine.secrets import secret_paths


def found(inputs: dict[str, Any]) -> list[str] | None:
    async def ask() -> list[str] | None:
        output = secret_paths(inputs)
        return None if output is None else await output.future()

    return asyncio.run(ask())


def test_without_outputs_nobody_waits() -> None:
    assert secret_paths({"a": 1, "b": [{"c": "d"}], "e": modelarts.SmokeTestArgs(body={"x": 1})}) is None


def test_secret_outputs_are_found_at_every_depth() -> None:
    async def program() -> list[str] | None:
        secret = pulumi.Output.secret
        plain = pulumi.Output.from_input("open")
        item = modelarts.ServiceConfigArgs(model_id=plain, specification="s", envs={"K": secret("k"), "P": plain})
        output = secret_paths({"config": [item], "tags": secret({"a": "b"}), "smoke_test": {"body": {"k": secret(1)}}})
        assert output is not None
        return await output.future()

    assert asyncio.run(program()) == ["config[0].envs.K", "tags", "smoke_test.body.k"]


def test_only_open_outputs_are_none() -> None:
    async def program() -> list[str] | None:
        output = secret_paths({"a": pulumi.Output.from_input("open")})
        assert output is not None
        return await output.future()

    assert asyncio.run(program()) is None


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("config[0].envs.K", ["k"]),
        ("config[0].envs", ["k", "p"]),
        ("tags", ["b"]),
        ("config[1].envs", []),
        ("missing.name", []),
        ("count", []),
        ("config[0].envs.K.deeper", []),
    ],
)
def test_texts_at_a_path(path: str, texts: list[str]) -> None:
    values = {"config": [{"envs": {"K": "k", "P": "p"}}], "tags": {"a": "b"}, "count": 3}
    assert list(texts_at(values, parse(path))) == texts
