"""What `pulumi-inference import` wrote: the program is carried out, and compared with what was imported."""

from __future__ import annotations

import json
from typing import Any

import pulumi

from pulumi_inference.cli.project import context_of, read_settings
from pulumi_inference.core.lifecycle import Inputs, Lifecycle
from pulumi_inference.engine.provider import unpack

SECRET_MARK = "4dabf18193072939515e22adb298388d"
"""What the engine marks a secret with."""


class Recorder(pulumi.runtime.Mocks):
    """What a program declares."""

    def __init__(self) -> None:
        self.inputs: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Keeps the arguments."""
        self.inputs[args.name] = {name: one for name, one in args.inputs.items() if one is not None}
        return args.name, dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        """There are no calls."""
        raise AssertionError(args.token)


def declared(text: str, **secrets: str) -> dict[str, Inputs]:
    """What the program declares, by the resources' names."""
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    pulumi.runtime.set_all_config({f"project:{key}": value for key, value in secrets.items()})
    pulumi.runtime.test(lambda: exec(text, {}))()
    pulumi.runtime.set_all_config({})
    return recorder.inputs


def changes(lifecycle: Lifecycle, entry: Any, program: Inputs) -> tuple[Any, list[str]]:
    """What a preview shows of the program against what was imported."""
    context = context_of(read_settings(None))
    known = {name: plain(one) for name, one in program.items() if not name.startswith("__")}
    inputs = {name: one for name, one in entry["inputs"].items() if name != "__provider"}
    state = unpack(lifecycle, plain(entry["outputs"]), entry["id"])
    checked = lifecycle.check(context, plain(inputs), known)
    assert [str(one) for one in checked.problems] == []
    found = lifecycle.diff(context, entry["id"], state, checked.inputs)
    return found.changes, found.replaces


def plain(value: Any) -> Any:
    """Without the engine's marks of what is secret."""
    if isinstance(value, dict) and SECRET_MARK in value:
        return json.loads(value["plaintext"]) if "plaintext" in value else value["value"]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value
