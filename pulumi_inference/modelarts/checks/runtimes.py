"""Whether a runtime exists, can still be used, and fits what it is to run on (reference 12.4)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.modelarts.checks.answers import PlanLookups
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, Runtime

_UNLISTED = ("Image", "Custom", "Template")
"""Types of models that the list has no runtimes of."""

_NORMAL = "normal"
_MOST_NAMED = 3
_ARCHITECTURES = {"x86": "x86_64", "x86_64": "x86_64", "arm": "aarch64", "arm64": "aarch64", "aarch64": "aarch64"}


def check_runtime(model: Inputs, lookups: PlanLookups) -> Iterator[Problem]:
    """What speaks against the runtime of a model that is to be made.

    Raises:
        UnavailableError: the list cannot be had.
    """
    engine, name = str(model["model_type"]), str(model["runtime"])
    if engine in _UNLISTED:
        return
    listed = lookups.runtimes()
    if not listed:
        return  # a list without any runtime says nothing of this one
    of_engine = [one for one in listed if one.engine == engine]
    if not of_engine:
        engines = ", ".join(dict.fromkeys(one.engine for one in listed))
        yield Problem("model_type", f"there are no runtimes of {engine} here; there are some of {engines}")
        return
    runtime = next((one for one in of_engine if one.runtime == name), None)
    nearest = _nearest(name, of_engine, model)
    if runtime is None:
        yield Problem("runtime", f'there is no runtime "{name}" of {engine}{nearest}')
    elif runtime.status != _NORMAL:
        yield Problem("runtime", f'"{name}" of {engine} is {runtime.status} and can no longer be used{nearest}')
    else:
        yield from _check_purpose(runtime, model, nearest)


def _check_purpose(runtime: Runtime, model: Inputs, nearest: str) -> Iterator[Problem]:
    """Whether the list says of the runtime what the program says it has to be for; its name counts for nothing."""
    architecture, accelerator = model.get("architecture"), model.get("accelerator")
    if isinstance(architecture, str) and runtime.architecture != architecture:
        is_for = f'the runtime "{runtime.runtime}" is for {runtime.architecture}, not for {architecture}'
        yield Problem("architecture", f"{is_for}{nearest}")
    if isinstance(accelerator, str) and runtime.accelerator.type != accelerator:
        is_for = f'the runtimes list says {runtime.accelerator.type} for "{runtime.runtime}", not {accelerator}'
        yield Problem("accelerator", f"{is_for}{nearest}")


def _nearest(name: str, of_engine: list[Runtime], model: Inputs) -> str:
    """The usable runtimes that are for the same, and of these the ones whose names are most alike."""
    wanted = {"architecture": model.get("architecture"), "accelerator": model.get("accelerator")}
    named = next((one for one in of_engine if one.runtime == name), None)
    usable = [
        one
        for one in of_engine
        if one.status == _NORMAL
        and one.runtime != name
        and all(wanted[part] in (None, said) for part, said in _purpose(one).items() if part in wanted)
    ]

    def likeness(other: Runtime) -> tuple[int, float]:
        shared = set(_purpose(other).items()) & set(_purpose(named).items()) if named else set()
        return len(shared), SequenceMatcher(None, name, other.runtime).ratio()

    usable.sort(key=likeness, reverse=True)
    names = ", ".join(one.runtime for one in usable[:_MOST_NAMED])
    return f"; nearest: {names}" if names else "; there is no other that would do"


def _purpose(runtime: Runtime) -> dict[str, str]:
    return {
        "architecture": runtime.architecture,
        "accelerator": runtime.accelerator.type,
        "request_mode": runtime.request_mode,
    }


def check_fit(path: str, flavour: Flavour, model: ModelDetail, lookups: PlanLookups) -> Iterator[Problem]:
    """Whether the model's runtime can run in the flavour.

    Raises:
        UnavailableError: the list cannot be had.
    """
    if model.type in (None, *_UNLISTED) or not model.runtime:
        return
    runtimes = lookups.runtimes()
    runtime = next((one for one in runtimes if (one.engine, one.runtime) == (model.type, model.runtime)), None)
    if runtime is None:
        return
    arch = flavour.cpu_info.arch if flavour.cpu_info else None
    if _ARCHITECTURES.get(arch or "", runtime.architecture) != runtime.architecture:
        yield Problem(
            path,
            f'"{flavour.specification}" is {arch}, and the runtime "{runtime.runtime}" of the model '
            f"{model.name} {model.version} is for {runtime.architecture}",
        )
    needed = runtime.accelerator.type
    if needed != "none" and flavour.category and flavour.category.lower() != needed:
        # What the list says of accelerators is not always so: many runtimes for GPUs are listed with none.
        lookups.warn(
            f'{path}: the runtime "{runtime.runtime}" of the model {model.name} {model.version} is listed for '
            f'{needed}, and the flavour "{flavour.specification}" is of the category {flavour.category}'
        )
