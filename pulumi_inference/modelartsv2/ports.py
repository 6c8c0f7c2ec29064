"""Where requests go: the port and protocol that a service, its deployments and their units say.

A service and its deployments both have them, and which of them counts is not documented: they should be the same
(modelarts-v2.md, sections 4.5 and 13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer, Thing

KIND = "modelartsv2.Service"

_OF_DEPLOYMENTS_ONLY = ("TCP", "NA")
"""Protocols of deployments that no service has."""


def plan(context: Context, inputs: Inputs) -> None:
    """Keeps what the program wants of a service, for its deployments."""
    context.environment.memory.planned[Thing(KIND, (), context.urn)] = inputs


def has_moved(old: Inputs, values: Inputs) -> bool:
    """Whether a deployment belongs to another service than before, or is reached at another port."""
    return any(old.get(name) != values.get(name) for name in ("service_id", "advanced_config"))


def unlike_service(context: Context, values: Inputs, detail: Answer | None) -> Iterator[str]:
    """Where a deployment is reached otherwise than its service says; `detail` is None where that is not there yet."""
    services = _invokes(context, detail)
    advanced = _member(values, "advanced_config")
    for name in ("port", "protocol"):
        mine, theirs = advanced.get(name), {one.get(name) for one in services}
        if mine in (None, UNKNOWN, *_OF_DEPLOYMENTS_ONLY) or not theirs or theirs & {mine, None, UNKNOWN}:
            continue
        told = " or ".join(map(str, sorted(theirs, key=str)))
        yield (
            f"advanced_config.{name} is {mine}, and runtime_config.service_invoke.{name} of its service is {told}: "
            "which of the two counts is not documented, so set both to the same"
        )


def left_behind(program: Inputs, detail: Answer) -> Iterator[str]:
    """Where a service is to be called otherwise than its deployments are, which the program may change later."""
    invoke = _member(program, "runtime_config", "service_invoke")
    before = _member(detail, "version", "runtime_config", "service_invoke")
    for name in ("port", "protocol"):
        wanted = invoke.get(name)
        if wanted in (None, UNKNOWN, before.get(name)):
            continue
        groups = [one for one in detail["version"].get("instance_groups") or () if one.get("pool_id")]
        others = [one for one in groups if _member(one, "advanced_config").get(name) not in (None, wanted)]
        if others:
            names = ", ".join(str(one.get("name")) for one in others)
            yield f"{name} becomes {wanted}: set advanced_config.{name} of its deployments to the same ({names})"


def unheard(old: Inputs, values: Inputs, at: str) -> Iterator[str]:
    """Where requests go to a port that no unit of a deployment has; paths begin with `at`."""
    port, units = _ports(values)
    if _ports(old) == (port, units) or port in (None, UNKNOWN) or not units or {port, None, UNKNOWN} & {*units}:
        return
    told = f"the port of its unit is {units[0]}" if len(units) == 1 else f"its units have {', '.join(map(str, units))}"
    yield f"{at}advanced_config.port is {port}, and {told}: nothing may listen where the requests go"


def _ports(group: Inputs) -> tuple[Any, list[Any]]:
    units = group.get("unit_configs")
    found = (
        [one.get("port") if isinstance(one, Mapping) else UNKNOWN for one in units] if isinstance(units, list) else []
    )
    return _member(group, "advanced_config").get("port"), found


def _invokes(context: Context, detail: Answer | None) -> list[Mapping[str, Any]]:
    """How the service is called: as the program says, else as the cloud does.

    Of a service without an id yet, nobody knows which one of the program's it is.
    """
    wanted = [one for key, one in context.environment.memory.planned.items() if key.kind == KIND]
    if detail is not None:
        wanted = [one for one in wanted if one.get("name") == detail.get("name")]
    found = [_member(one, "runtime_config", "service_invoke") for one in wanted]
    return found or ([_member(detail, "version", "runtime_config", "service_invoke")] if detail is not None else [])


def _member(value: Any, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
