"""Between a deployment's spec and the API's bodies, and what it takes to change a live one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.shape import by_identity, identity
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.nvcf.specs.deployment import (
    PLACEMENT,
    AutoscalingConfiguration,
    DeploymentOutputs,
    DeploymentSpec,
    DeploymentSpecification,
)
from pulumi_inference.nvcf.specs.states import DEGRADED, DEGRADING, DEPLOYING, ERROR
from pulumi_inference.nvcf.spelling import as_known, canonical_duration, same_word, with_ids

SPECIFICATIONS = facts_of(DeploymentSpec)["specifications"]
_FIELDS = facts_of(DeploymentSpecification)
_WORDS = ("gpu", "instance_type")
_CHANGING = [name for name in _FIELDS if name not in PLACEMENT]
_SCALING = "autoscaling_configuration"


@dataclass
class Plan:
    """What makes a live deployment what is wanted.

    Args:
        patches: changes of instances and autoscaling, by the id of the specification.
        put: all specifications for the deprecated call, where the concurrency changes; else none.
        redeploys: the paths of what only another deployment can bring.
        grows: whether more instances have to run than before.
    """

    patches: dict[str, dict[str, Any]] = field(default_factory=dict)
    put: list[dict[str, Any]] = field(default_factory=list)
    redeploys: list[str] = field(default_factory=list)
    grows: bool = False


def complete(inputs: dict[str, Any]) -> dict[str, Any]:
    """Ids and durations as NVCF spells them; a cluster group without a name is none."""
    inputs = with_ids(inputs, "function_id", "version_id")
    specifications = inputs.get("specifications")
    if isinstance(specifications, list):
        inputs["specifications"] = [_completed(one) if isinstance(one, Mapping) else one for one in specifications]
    return inputs


def bodies(inputs: Inputs) -> list[dict[str, Any]]:
    """The specifications as the create call has them."""
    return [to_wire(DeploymentSpecification, one) for one in inputs["specifications"]]


def live_of(answer: Answer, *known: Inputs) -> Live:
    """A deployment in our names; the first of `known` says how GPUs and instance types are spelled."""
    values = from_wire(DeploymentSpec, answer)
    given = next(iter(known), {}).get("specifications")
    said = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    found = [normalise(DeploymentSpecification, one) for one in values.get("specifications", [])]
    values["specifications"] = [_as_spelled(one, said) for one in found]
    name, status = answer.get("functionName") or answer["functionVersionId"], answer["functionStatus"]
    reasons = reasons_of(answer)
    problem = f"{name} did not deploy: {reasons or 'NVCF gives no reason'}" if status == ERROR else None
    busy = f"{name} is being deployed" if status == DEPLOYING else None
    remark = shortage(name, answer)
    return Live(values, from_wire(DeploymentOutputs, answer), problem, busy, answer, remark)


def shortage(name: str, answer: Answer) -> str | None:
    """What is said of a deployment that runs with fewer instances than it should have; None of any other."""
    status, reasons = answer["functionStatus"], reasons_of(answer)
    if status not in (DEGRADING, DEGRADED):
        return None
    return f"{name} is {status}: fewer instances run than it should have" + (f" ({reasons})" if reasons else "")


def reasons_of(answer: Answer) -> str:
    """What NVCF says is wrong, each thing once."""
    told = [str(one["error"]).strip() for one in answer.get("healthInfo") or [] if one.get("error")]
    return "; ".join(dict.fromkeys(told))


def make_plan(wanted: Inputs, recorded: Inputs, answer: Answer, live: Inputs) -> Plan:
    """What it takes from the live deployment to the wanted one; what the program has taken away counts too."""
    plan = Plan(redeploys=find_redeploys(wanted, recorded, live))
    now = by_identity(SPECIFICATIONS, live["specifications"])
    raw = dict(zip(now, answer["deploymentSpecifications"], strict=False))
    target = by_identity(SPECIFICATIONS, wanted.get("specifications") or [])
    before = by_identity(SPECIFICATIONS, recorded.get("specifications") or [])
    for key in (one for one in now if one in target):
        moved = _moved(now[key], target[key], before.get(key, {}))
        plan.grows |= target[key].get("min_instances", 0) > now[key].get("min_instances", 0)
        plan.put += [{} for name in moved if _FIELDS[name].update == "put"]
        plan.patches[str(raw[key].get("gpuSpecificationId"))] = _patch(moved, target[key])
    if plan.put:
        plan.put = [_put_body(raw[key], target.get(key, {})) for key in now]
        for change in plan.patches.values():
            change.pop("minInstances", None)
            change.pop("maxInstances", None)
    plan.patches = {key: change for key, change in plan.patches.items() if change}
    return plan


def find_redeploys(wanted: Inputs, recorded: Inputs, live: Inputs) -> list[str]:
    """The paths of what only another deployment can bring; what is not known yet may be what is there."""
    items = wanted.get("specifications")
    if items is UNKNOWN or any(one is UNKNOWN or _is_anywhere(one) for one in items or []):
        return []
    now, target = (by_identity(SPECIFICATIONS, one or []) for one in (live["specifications"], items))
    before = by_identity(SPECIFICATIONS, recorded.get("specifications") or [])
    found = []
    for key in {**now, **target}:
        if key not in target:
            found.append(f"specifications ({_called(now[key])} goes)")
        elif key not in now:
            found.append(f"{_at(wanted, key)} ({_called(target[key])} comes)")
        else:
            moved = _moved(now[key], target[key], before.get(key, {}))
            needs = [
                one for one in moved if _FIELDS[one].update == "deploy" and not contains_unknown(target[key].get(one))
            ]
            found += [f"{_at(wanted, key)}.{name}" for name in needs]
    return found


def _is_anywhere(specification: Inputs) -> bool:
    """Whether it is not known yet where its instances are to be."""
    return any(contains_unknown(specification.get(name)) for name in PLACEMENT)


def _moved(now: Inputs, target: Inputs, before: Inputs) -> list[str]:
    return [name for name in _CHANGING if _differs(name, now, target, before)]


def _patch(moved: Sequence[str], target: Inputs) -> dict[str, Any]:
    """The body of the call that changes instances and autoscaling."""
    change = {_FIELDS[name].wire: target[name] for name in moved if name in ("min_instances", "max_instances")}
    return change | (_autoscaling(target.get(_SCALING)) if _SCALING in moved else {})


def _differs(name: str, now: Inputs, target: Inputs, before: Inputs) -> bool:
    """Whether a field has another value than it should; one that the program never named may have any."""
    fact = _FIELDS[name]
    if target.get(name) is None and (fact.server_default or before.get(name) is None):
        return False
    return bool(differences(DeploymentSpecification, _only(name, now), _only(name, target)))


def _only(name: str, values: Inputs) -> dict[str, Any]:
    return {name: values[name]} if values.get(name) is not None else {}


def _autoscaling(configuration: Inputs | None) -> dict[str, Any]:
    """The whole configuration, or NVCF's own where there is none."""
    if not configuration:
        return {"autoscalingConfigurationPolicy": "PLATFORM_CONFIGURATION"}
    return {"autoscalingConfiguration": to_wire(AutoscalingConfiguration, configuration)}


def _put_body(raw: Answer, target: Inputs) -> dict[str, Any]:
    stored = ("gpuSpecificationId", "gpu", "instanceType", "backend", "clusters", "minInstances", "maxInstances")
    body = {name: raw[name] for name in (*stored, "maxRequestConcurrency") if raw.get(name) is not None}
    names = ("min_instances", "max_instances", "max_request_concurrency")
    return body | {_FIELDS[name].wire: target[name] for name in names if target.get(name) is not None}


def _called(specification: Inputs) -> str:
    """What a specification is called in messages: where its instances are."""
    places = [specification.get(name) for name in PLACEMENT[2:]]
    words = [" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in places if one]
    return ", ".join([f"{specification.get('gpu')} as {specification.get('instance_type')}", *words])


def _at(values: Inputs, key: str | None) -> str:
    keys = list(by_identity(SPECIFICATIONS, values.get("specifications") or []))
    return render(("specifications", keys.index(key))) if key in keys else "specifications"


def _completed(specification: Mapping[str, Any]) -> dict[str, Any]:
    done = {name: one for name, one in specification.items() if not (name == "backend" and one == "")}
    scaling = done.get(_SCALING)
    if isinstance(scaling, Mapping):
        done[_SCALING] = {name: _scaling(one) for name, one in scaling.items()}
    return done


def _scaling(details: Any) -> Any:
    sticky = details.get("stickiness") if isinstance(details, Mapping) else None
    if not isinstance(sticky, Mapping):
        return details
    spelled: Callable[[Any], Any] = lambda one: canonical_duration(one) if isinstance(one, str) else one  # noqa: E731
    return {**details, "stickiness": {name: spelled(one) for name, one in sticky.items()}}


def _as_spelled(live: dict[str, Any], said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A live specification with GPU and instance type as the program spells them."""
    match = _key(live)
    known = next((one for one in said if _key(one) == match), None)
    for name in _WORDS:
        live = as_known(live, known, name, same_word)
    return live


def _key(specification: Mapping[str, Any]) -> str:
    return (identity(SPECIFICATIONS, specification) or "").casefold()
