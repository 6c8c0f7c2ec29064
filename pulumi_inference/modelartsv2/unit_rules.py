"""What makes the units of a deployment wrong as a whole (modelarts-v2.md, sections 4.3 and 4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown

Values = Mapping[str, Any]
Problems = Iterator[Problem]

_ENV_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]{0,63}")
_ENV_VALUE = re.compile(r"[^<>^]*")
_OTHER = {"HTTP": "EXEC", "EXEC": "HTTP"}
_HEALTH = ("readiness_health", "startup_health", "liveness_health")


def group_problems(group: Values, at: str = "") -> Problems:
    """What is wrong with the values of a deployment; paths begin with `at`."""
    units = group.get("unit_configs")
    if not isinstance(units, list) or UNKNOWN in units:
        return
    yield from _numbers_fit(group, units, at)
    names: dict[str, int] = {}
    for index, unit in enumerate(units):
        if not isinstance(unit, Mapping):
            continue
        path, name = f"{at}unit_configs[{index}]", unit.get("name")
        if isinstance(name, str) and name in names:
            yield Problem(f"{path}.name", f'"{name}" is the name of unit_configs[{names[name]}] too; give each its own')
        elif isinstance(name, str):
            names[name] = index
        yield from (Problem(f"{path}.{one.path}", one.message) for one in _unit_problems(group, unit))


def secret_problems(group: Values, secrets: Any, at: str = "") -> Problems:
    """Secret variables belong to a unit that there is, and no variable is given twice."""
    units = group.get("unit_configs")
    if not isinstance(secrets, Mapping) or not isinstance(units, list) or contains_unknown(units):
        return
    envs = {unit.get("name"): unit.get("envs") or {} for unit in units if isinstance(unit, Mapping)}
    for name, variables in secrets.items():
        if name not in envs:
            known = ", ".join(map(str, envs))
            yield Problem(
                render(("secret_envs", name)), f"there is no unit of this name in {at}unit_configs, which has: {known}"
            )
        for variable in variables if isinstance(variables, Mapping) else ():
            path = render(("secret_envs", name, variable))
            if variable in envs.get(name, {}):
                yield Problem(path, "stands in the unit's envs too; remove one of the two")
            elif not _ENV_NAME.fullmatch(variable):
                yield Problem(path, _NAME_HINT)


_NAME_HINT = 'names of variables are 1 to 64 letters, digits, "_", "-" or ".", not beginning with a digit'


def _numbers_fit(group: Values, units: list[Any], at: str) -> Problems:
    if group.get("deploy_type") == "SINGLE" and len(units) > 1:
        yield Problem(
            f"{at}unit_configs",
            f'must have one unit with deploy_type "SINGLE", not {len(units)}; several take "MULTI"',
        )
    if group.get("secret_type") == "dew" and "secret_name" not in group:
        yield Problem(f"{at}secret_name", 'is required with secret_type "dew"')
    model = group.get("model")
    if isinstance(model, Mapping):
        yield from (Problem(f"{at}model.{one.path}", one.message) for one in _files_problems(model))


def _unit_problems(group: Values, unit: Values) -> Problems:
    yield from _resources(unit)
    yield from _variables(unit)
    for name in _HEALTH:
        yield from (Problem(f"{name}.{one.path}", one.message) for one in _probe(unit.get(name)))
    files = unit.get("files")
    for index, one in enumerate(files if isinstance(files, list) else ()):
        if isinstance(one, Mapping):
            yield from (Problem(f"files[{index}].{found.path}", found.message) for found in _files_problems(one))
    if group.get("workload_type") == "DEPLOYMENT":
        for name in ("group_policy", "group_count"):
            if unit.get(name) not in (None, 1, UNKNOWN):
                yield Problem(name, 'needs workload_type "LWS"')


def _variables(unit: Values) -> Problems:
    image = unit.get("image")
    if isinstance(image, Mapping) and image.get("id") not in (None, UNKNOWN) and image.get("source") == "SWR":
        yield Problem("image.id", 'has a meaning with source "IMAGE" only; set that, or remove the id')
    envs = unit.get("envs")
    for name, value in envs.items() if isinstance(envs, Mapping) else ():
        path = render(("envs", name))
        if not _ENV_NAME.fullmatch(name):
            yield Problem(path, _NAME_HINT)
        elif isinstance(value, str) and not _ENV_VALUE.fullmatch(value):
            yield Problem(path, "must not contain any of < > ^")


def _resources(unit: Values) -> Problems:
    flavor, custom_spec = unit.get("flavor"), unit.get("custom_spec")
    if UNKNOWN in (flavor, custom_spec):
        return
    if flavor == "custom" and not custom_spec:
        yield Problem("custom_spec", 'is required, with cpu and memory, when flavor is "custom"')
    if flavor not in (None, "custom") and custom_spec:
        yield Problem("custom_spec", f'has no effect with flavor "{flavor}"; remove it, or choose "custom"')
    if flavor is None and not custom_spec:
        yield Problem("flavor", "is required, unless there is a custom_spec")
    if isinstance(custom_spec, Mapping):
        both = [custom_spec.get("gpu"), custom_spec.get("ascend")]
        if all(both) and UNKNOWN not in both:
            yield Problem("custom_spec.ascend", "cannot be combined with gpu; remove one of the two")


def _probe(probe: Any) -> Problems:
    if not isinstance(probe, Mapping):
        return
    method = probe.get("check_method")
    needed, other = ("url", "cmd") if method == "HTTP" else ("cmd", "url")
    if method not in ("HTTP", "EXEC"):
        return
    if needed in probe and other in probe:
        yield Problem(other, f'has no effect with check_method "{method}"; remove it')
    elif other in probe:
        text = f'goes with check_method "{_OTHER[method]}"; set that, or give {needed} in place of it'
        yield Problem(other, text)
    elif needed not in probe:
        yield Problem(needed, f'is required with check_method "{method}"')


def _files_problems(files: Values) -> Problems:
    if files.get("os_warm_up") is True and "source_name" not in files:
        yield Problem("source_name", "is required with os_warm_up")
    if files.get("source") in ("OBS", "OBSFS") and "address" not in files:
        yield Problem("address", f'is required with source "{files["source"]}"')
