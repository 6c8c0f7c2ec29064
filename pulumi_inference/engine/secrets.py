"""What a program marks as secret: the dynamic host hands values to a provider in clear and does not say which are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from pulumi_inference.core.fields import paths


def secret_paths(inputs: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
    """The paths of the secret outputs in a resource's inputs; None, without any waiting, where there are no outputs."""
    outputs = list(_outputs(inputs, ()))
    return pulumi.Output.from_input(_secret(outputs)) if outputs else None


async def _secret(outputs: Sequence[tuple[paths.Path, pulumi.Output[Any]]]) -> list[str] | None:
    try:
        found = [paths.render(path) for path, output in outputs if await output.is_secret()]
    except Exception:  # an output that failed is told where that happened
        return None
    return found or None


def _outputs(value: Any, path: paths.Path) -> Iterator[tuple[paths.Path, pulumi.Output[Any]]]:
    if value is None or isinstance(value, str | int | float):  # most are plain, and nothing more is asked of these
        return
    if isinstance(value, pulumi.Output):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _outputs(one, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _outputs(one, (*path, index))
    else:
        arguments = getattr(type(value), "__annotations__", {})  # of the typed arguments in `inputs.py`
        yield from _outputs({name: getattr(value, name) for name in arguments}, path)
