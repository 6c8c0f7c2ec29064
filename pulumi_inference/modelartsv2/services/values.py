"""Between a service's spec and the API's bodies, and what it takes to change a live one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.fields.compare import Verdict, compare
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.shape import fill_unmanaged, observe, remember
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_text, out_of_text
from pulumi_inference.huaweicloud.variables import SECRETS, without_empty_secrets
from pulumi_inference.modelartsv2 import groups
from pulumi_inference.modelartsv2.addresses import url_of, urls_of
from pulumi_inference.modelartsv2.conditions import alarm, broken, reason_in
from pulumi_inference.modelartsv2.groups import SERVICE_SECRET, VARIABLES
from pulumi_inference.modelartsv2.service_calls import tag_list
from pulumi_inference.modelartsv2.specs.parts import DESCRIPTION_LIMIT
from pulumi_inference.modelartsv2.specs.service import InlineDeployment, ServiceOutputs, ServiceSchedule, ServiceSpec
from pulumi_inference.modelartsv2.specs.states import AT_REST, BROKEN, CONCERNING, SERVING, STOPPED, STOPPING

INLINE = "deployment"
FIRST_VERSION = "1.0.0"
_LARGEST_PART = 99
_FACTS = facts_of(ServiceSpec)
_OF_VERSION = ("description", "runtime_config", "upgrade_config", "lts_strategy", "log_configs")
_CLEARED: Mapping[str, Any] = {"string": "", "array": []}
_ASKS = (Verdict.CHANGE, Verdict.DRIFT, Verdict.CONFLICT)


@dataclass(frozen=True)
class Plan:
    """What makes a live service what is wanted, call by call.

    Args:
        full: all values as they are to be, secrets merged: what nobody declares is as it is.
        service: the arguments that a new version of the settings brings.
        description: whether the description differs.
        schedule: whether the schedule differs.
        added, removed: the tags that are to come and go.
    """

    full: Inputs = field(default_factory=dict)
    service: Sequence[str] = ()
    description: bool = False
    schedule: bool = False
    added: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)


def complete(inputs: dict[str, Any]) -> dict[str, Any]:
    """The values as ModelArts means them."""
    inputs = without_empty_secrets(inputs)
    if isinstance(inputs.get(INLINE), Mapping):
        inputs = {**inputs, INLINE: groups.complete(inputs[INLINE], inputs.get(SECRETS))}
    return inputs


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the create call; `mark` ("" for none) goes behind the description."""
    body = to_wire(ServiceSpec, inputs)
    description = in_text(inputs.get("description") or "", mark, DESCRIPTION_LIMIT)
    if description:
        body["description"] = description
    body["version"] = FIRST_VERSION
    body["runtime_config"] = runtime_body(body["runtime_config"], inputs, {})
    inline = inputs.get(INLINE)
    body["group_configs"] = [groups.create_body(InlineDeployment, _merged(inputs))] if inline else []
    if inputs.get("tags"):
        body["tags"] = tag_list(inputs["tags"])
    if inputs.get("schedule"):
        body["schedule"] = schedule_body(inputs)
    return body


def live_of(answer: Answer, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` say which variables are secret, and what a status cannot."""
    first = known[0] if known else {}
    values = _split(merged_of(answer), *known)
    wanted = _desired_status(answer, first)
    if wanted:
        values["desired_status"] = wanted
    has_inline = INLINE in values
    return Live(
        values, _facts(answer), _problem(answer, has_inline), _busy(answer, has_inline), answer, _remark(answer)
    )


def merged_of(answer: Answer) -> dict[str, Any]:
    """The values in an answer, secret variables among the others."""
    version = answer["version"]
    told = {**answer, **{name: version.get(name) for name in _OF_VERSION}}
    values = from_wire(ServiceSpec, told)
    values["description"] = out_of_text(values.get("description", ""))
    logs = _one_of_each(values.pop("log_configs", ()))
    if logs or version.get("instance_groups"):
        values["log_configs"] = logs  # which are those of the deployments: a service without any says nothing of them
    values["tags"] = {str(one["key"]): str(one.get("value") or "") for one in answer.get("tags") or ()}
    schedule = [one for one in answer.get("schedule") or () if one.get("duration")]
    if schedule:
        values["schedule"] = from_wire(ServiceSchedule, schedule[0])
    inline = inline_of(answer)
    if inline is not None:
        values[INLINE] = groups.values_of(InlineDeployment, inline)
    return values


def inline_of(answer: Answer) -> Answer | None:
    """The deployment on the public pool that has no life of its own; None where there is none."""
    found = [one for one in answer["version"].get("instance_groups") or () if not one.get("pool_id")]
    return found[0] if found and found[0].get("unit_configs") and found[0].get("advanced_config") else None


def make_plan(program: Inputs, recorded: Inputs, answer: Answer, live: Live) -> Plan:
    """Compares the program with the live service, and with the record where the cloud never answers."""
    wanted, known = ({name: one for name, one in side.items() if name in _FACTS} for side in (program, recorded))
    findings = [one for one in compare(ServiceSpec, wanted, known, live.values) if one.verdict in _ASKS]
    names = list(dict.fromkeys(str(one.path[0]) for one in findings))
    calls = {_FACTS[name].update for name in names}
    full = fill_unmanaged(ServiceSpec, _with_merged(wanted), _with_merged(known), merged_of(answer))
    tags, have = wanted.get("tags") or {}, live.values.get("tags") or {}
    before = known.get("tags") or {}
    return Plan(
        full=full,
        service=[name for name in names if _FACTS[name].update == "service"],
        description="description" in calls,
        schedule="schedule" in calls,
        added={key: value for key, value in tags.items() if have.get(key) != value} if "tags" in calls else {},
        removed={key: value for key, value in have.items() if key in before and key not in tags}
        if "tags" in calls
        else {},
    )


def moves_priority(program: Inputs, live: Live) -> bool:
    """Whether the priority of the deployment that stands in the service is to change."""
    wanted, found = program.get(INLINE), live.values.get(INLINE)
    if not isinstance(wanted, Mapping) or not isinstance(found, Mapping):
        return False
    return isinstance(wanted.get("priority"), int) and wanted["priority"] != found.get("priority")


def service_body(plan: Plan, answer: Answer, inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the update call that makes a new version of the settings."""
    body = to_wire(ServiceSpec, plan.full)
    sent: dict[str, Any] = {"version": next_version(answer)}
    for name in plan.service:
        fact = _FACTS[name]
        if not fact.local:
            sent[fact.wire] = body.get(fact.wire, _CLEARED.get(fact.type))
    if "runtime_config" in sent or SERVICE_SECRET in plan.service:
        sent["runtime_config"] = runtime_body(body["runtime_config"], inputs, answer)
    inline = plan.full.get(INLINE)
    if inline and {INLINE, SECRETS} & set(plan.service):
        sent["group_configs"] = [_inline_body(inline, inline_of(answer) or {})]
    if plan.description:
        sent["description"] = description_of(plan, mark)
    return sent


def description_of(plan: Plan, mark: str) -> str:
    """The description as it is sent."""
    return in_text(plan.full.get("description") or "", mark, DESCRIPTION_LIMIT)


def schedule_body(inputs: Inputs) -> list[dict[str, Any]]:
    """When it stops by itself, as the API has it."""
    return [to_wire(ServiceSchedule, inputs["schedule"])] if inputs.get("schedule") else []


def runtime_body(runtime: Mapping[str, Any], inputs: Inputs, answer: Answer) -> dict[str, Any]:
    """How it is called, with the mounted secrets: those of the program, else those that there are."""
    secret = inputs.get(SERVICE_SECRET)
    told = ((answer.get("version") or {}).get("runtime_config") or {}).get(SERVICE_SECRET)
    found = groups.secret_body(secret) if secret is not None else told
    return {**runtime, SERVICE_SECRET: found} if found else dict(runtime)


def next_version(answer: Answer) -> str:
    """The number behind the present one: a number cannot be used twice."""
    return number_behind(str(answer["version"]["version"]))


def number_behind(number: str) -> str:
    """The next number of a version: its parts go to 99."""
    found = number.split(".")
    parts = [int(one) if one.isdecimal() else 0 for one in found][:3] or [1, 0, 0]
    for index in reversed(range(len(parts))):
        if parts[index] < _LARGEST_PART:
            parts[index] += 1
            break
        parts[index] = 0
    return ".".join(map(str, parts))


def has_all(answer: Answer, full: Inputs, names: Sequence[str]) -> bool:
    """Whether a service has these arguments of `full`, secrets merged, as far as it is answered."""
    wanted = {name: one for name, one in full.items() if name in names}
    live = remember(ServiceSpec, merged_of(answer), wanted)
    return not differences(ServiceSpec, observe(ServiceSpec, live, wanted), wanted)


def is_as_asked(answer: Answer, inputs: Inputs) -> bool:
    """Whether a service has all that a create call carries."""
    merged = _with_merged(inputs)
    names = [name for name in merged if name in _FACTS and _is_carried(name)]
    return has_all(answer, merged, names)


def stopped_by_schedule(answer: Answer) -> bool:
    """Whether its schedule has stopped it."""
    fired = any(one.get("processed") is True for one in answer.get("schedule") or ())
    return answer.get("status") in (STOPPED, STOPPING) and fired


def restarts(program: Inputs, answer: Answer) -> bool:
    """Whether the program wants to have started again what its schedule has stopped."""
    is_wanted = program.get("restart_after_schedule") is True and program.get("desired_status") != "stopped"
    return is_wanted and stopped_by_schedule(answer)


def _is_carried(name: str) -> bool:
    fact = _FACTS[name]
    return not fact.resolved and (not fact.local or name in (INLINE, "tags", "schedule"))


def _merged(values: Inputs) -> dict[str, Any]:
    """The inline deployment, with secret variables among the others."""
    return VARIABLES.merge({**values[INLINE], SECRETS: values.get(SECRETS)})


def _with_merged(values: Inputs) -> dict[str, Any]:
    if not isinstance(values.get(INLINE), Mapping):
        return dict(values)
    return {**{name: one for name, one in values.items() if name != SECRETS}, INLINE: _merged(values)}


def _split(values: dict[str, Any], *known: Inputs) -> dict[str, Any]:
    if INLINE not in values:
        return values
    sides = [{**(one.get(INLINE) or {}), SECRETS: one.get(SECRETS)} for one in known]
    inline = VARIABLES.split(values[INLINE], *sides)
    secrets = inline.pop(SECRETS, None)
    return {**values, INLINE: inline, **({SECRETS: secrets} if secrets is not None else {})}


def _inline_body(inline: Inputs, answer: Answer) -> dict[str, Any]:
    body = groups.create_body(InlineDeployment, inline)
    body["unit_configs"] = groups.with_unit_ids(body["unit_configs"], answer)
    return {**body, "id": answer["id"]} if answer.get("id") else body


def _one_of_each(configs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """ModelArts answers the logs of each deployment; which kinds there are is the service's."""
    found: dict[Any, Mapping[str, Any]] = {}
    for one in configs:
        found.setdefault(one.get("type"), one)
    return list(found.values())


def _facts(answer: Answer) -> dict[str, Any]:
    facts = from_wire(ServiceOutputs, {name: one for name, one in answer.items() if name != "version"})
    facts["version"] = str(answer["version"]["version"])
    addresses = urls_of(answer)
    if addresses:
        facts["predict_urls"] = addresses
    url = url_of(addresses)
    if url:
        facts["url"] = url
    due = next((whole_number(one.get("due_time")) for one in answer.get("schedule") or ()), None)
    if isinstance(due, int) and not stopped_by_schedule(answer):
        facts["due_time"] = due
    return {name: one for name, one in facts.items() if one != ""}


def _desired_status(answer: Answer, known: Inputs) -> Any:
    status, recorded = answer.get("status"), known.get("desired_status")
    if status in SERVING:
        return "running"
    if status not in (STOPPED, STOPPING):
        return recorded
    # That its schedule stops it is what the program asked for, so it contradicts no wanted status.
    is_meant = stopped_by_schedule(answer) and not known.get("restart_after_schedule")
    return recorded if is_meant and recorded else "stopped"


def _problem(answer: Answer, has_inline: bool) -> str | None:
    """A service says how its deployments are, and those with a life of their own say so themselves."""
    if not has_inline or answer.get("status") not in BROKEN:
        return None
    return broken(answer, reason_in(answer))


def _busy(answer: Answer, has_inline: bool) -> str | None:
    status = answer.get("status")
    is_busy = status not in AT_REST and (has_inline or status == STOPPING)
    return f"{answer['name']} is {status}; `pulumi up` waits for it" if is_busy else None


def _remark(answer: Answer) -> str | None:
    return alarm(answer["name"]) if answer.get("status") == CONCERNING else None
