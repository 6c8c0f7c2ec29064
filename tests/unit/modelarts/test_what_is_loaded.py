"""What a provider's process loads for one resource: each module costs time in every preview."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROOM = "pulumi_inference.modelarts"
CALLING = ("services.endpoint", "invocation")
LEFT_OUT = {
    "services": ("specs.model", "specs.records", "specs.monitor", "checks.entry", *CALLING),
    "schedules": ("specs.model", "specs.records", "specs.monitor", "checks.entry", *CALLING),
    "models": ("specs.monitor", "checks.entry", "services.lifecycle", *CALLING),
}


@pytest.mark.parametrize("resource", LEFT_OUT)
def test_a_lifecycle_loads_nothing_of_the_others(resource: str) -> None:
    code = f"import sys, {ROOM}.{resource}.lifecycle; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert f"{ROOM}.{resource}.lifecycle" in loaded
    assert [name for name in LEFT_OUT[resource] if f"{ROOM}.{name}" in loaded] == []
    assert not {"pulumi_inference.core.invocation.smoke_test", "pulumi_inference.core.invocation.calls"} & set(loaded)
    assert not {"jsonschema", "deepdiff", "tabulate", "pulumi"} & set(loaded)


@pytest.mark.parametrize("resource", LEFT_OUT)
def test_a_lifecycle_loads_and_makes_nothing_for_later(resource: str) -> None:
    code = (
        f"import sys, {ROOM}.{resource}.lifecycle as room; "
        "from pulumi_inference.core.fields.facts import Spec, walk; "
        "of = lambda model: [model, *(one for sub in model.__subclasses__() for one in of(sub))]; "
        "print(*(one.__name__ for one in of(Spec) if list(walk(one)) and one.__pydantic_complete__), sep=','); "
        "print(*sys.modules)"
    )
    made, loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert made == ""
    assert not {"importlib.metadata", "yaml"} & set(loaded.split())
