"""The runtimes in the cloud's answer (ShowModelEngineAndRuntime), which has a list per field instead of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.modelarts.specs.records import Runtime

_LISTS = {
    "runtime": "runtimes",
    "request_mode": "request_mode",
    "accelerator": "accelerators",
    "arch": "arch",
    "status": "status_list",
    "image_source": "image_source",
}
"""The member of one runtime, and the list of an engine's entry that has it."""


def runtimes_of(entry: Mapping[str, Any]) -> Iterator[Runtime]:
    """The runtimes of an engine's entry: what stands at one place in all of its lists is one.

    An engine without runtimes, such as Custom, has none.

    Raises:
        ResponseError: the lists have unequal lengths, so that nobody can say what belongs together.
    """
    engine = entry.get("ai_engine")
    lists = {wire: entry.get(wire) or [] for wire in _LISTS.values()}
    odd = [wire for wire, values in lists.items() if not isinstance(values, list)]
    if odd:
        raise ResponseError(f"the runtimes of the engine {engine}: {', '.join(odd)} should be a list")
    if len({len(values) for values in lists.values()}) > 1:
        lengths = ", ".join(f"{wire} {len(values)}" for wire, values in lists.items())
        raise ResponseError(
            f"the runtimes of the engine {engine} cannot be told apart: its lists have unequal lengths ({lengths})"
        )
    for index, name in enumerate(lists["runtimes"]):
        one = {member: lists[wire][index] for member, wire in _LISTS.items()}
        yield Runtime.read({"ai_engine": engine, **one}, f"the runtime {name} of {engine}")
