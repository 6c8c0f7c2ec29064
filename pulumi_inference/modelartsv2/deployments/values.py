"""Between a deployment's spec and the API's bodies, and what it takes to change a live one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_inference.core.errors import BadRequestError, NotFoundError
from pulumi_inference.core.fields.compare import Finding, Verdict, compare
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.shape import fill_unmanaged, observe, remember
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_text
from pulumi_inference.huaweicloud.variables import SECRETS, without_empty_secrets
from pulumi_inference.modelartsv2 import groups
from pulumi_inference.modelartsv2.addresses import url_of, urls_of
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.conditions import alarm, broken, reason_in
from pulumi_inference.modelartsv2.groups import SERVICE_SECRET, VARIABLES
from pulumi_inference.modelartsv2.schedules.values import active_rules
from pulumi_inference.modelartsv2.specs.deployment import DeploymentOutputs, DeploymentSpec
from pulumi_inference.modelartsv2.specs.parts import DESCRIPTION_LIMIT
from pulumi_inference.modelartsv2.specs.states import (
    BROKEN,
    CONCERNING,
    RUNNING,
    SERVING,
    STOPPED,
    STOPPING,
)

SERVICE = "service"
"""Where a deployment's answer has that of its service, which tells what the own one does not."""

PIN = "pinned_version"
FIRST_VERSION = "1.0.0"
_FACTS = facts_of(DeploymentSpec)
_CONTENT = frozenset(name for name, one in _FACTS.items() if one.update in ("roll_out", "update") and name != "weight")
"""What belongs to a version: a former one has its own."""

_CLEARED: Mapping[str, Any] = {"string": "", "array": []}
_ASKS = (Verdict.CHANGE, Verdict.DRIFT, Verdict.CONFLICT)


@dataclass(frozen=True)
class Plan:
    """What makes a live deployment what is wanted.

    Args:
        full: all values of the deployment as they are to be, secrets merged: what nobody declares is as it is.
        update: the members of the update call that differ, besides what every one of them needs.
        rolls_out: whether these make a new version.
        weight: the weight that it is to have.
        grows: whether that is larger than before.
        count: how many replicas it is to have, where that is another number.
        switch: whether the version is another one than the program pins.
    """

    full: Inputs = field(default_factory=dict)
    update: Sequence[str] = ()
    rolls_out: bool = False
    weight: int = 0
    grows: bool = False
    count: int | None = None
    switch: bool = False


def complete(inputs: dict[str, Any]) -> dict[str, Any]:
    """The values as ModelArts means them."""
    inputs = without_empty_secrets(inputs)
    return groups.complete(inputs, inputs.get(SECRETS))


def live_of(answer: Answer, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` say which variables are secret, and what waits behind a pin."""
    values = VARIABLES.split(groups.values_of(DeploymentSpec, answer), *known)
    values["service_id"] = answer["service_id"]
    first = known[0] if known else {}
    if first.get(PIN):
        values = {**_without_content(values), **_content(first), PIN: answer.get("version")}
    wanted = _desired_status(answer, first)
    if wanted:
        values["desired_status"] = wanted
    group = group_of(answer)
    facts = {**from_wire(DeploymentOutputs, {**group, **answer}), "service_id": answer["service_id"]}
    url = url_of(urls_of(answer.get(SERVICE) or {}))
    if url:
        facts["url"] = url
    return Live(values, facts, _problem(answer), _busy(answer), answer, _remark(answer))


def merged_of(answer: Answer) -> dict[str, Any]:
    """The values in an answer, secret variables among the others."""
    return groups.values_of(DeploymentSpec, answer)


def rules_of(client: ModelArtsV2Client, thing: str) -> Sequence[Mapping[str, Any]]:
    """The rules that set the number of replicas of a deployment by the clock."""
    service_id, _, deployment_id = thing.partition(",")
    try:
        return active_rules(client.get_hpa(service_id, deployment_id))
    except (NotFoundError, BadRequestError):  # which of them says that there are none is not documented
        return []


def as_far_as_known(program: Inputs, live: Live) -> dict[str, Any]:
    """The program's values, and the live ones of what it does not know yet."""
    sides = {name: live.values.get(name) if contains_unknown(one) else one for name, one in program.items()}
    return {name: one for name, one in sides.items() if one is not None}


def as_scheduled(live: Live, program: Inputs, recorded: Inputs, rules: Callable[[], Sequence[Any]]) -> Live:
    """The live deployment, whose number of replicas is as recorded where a replica schedule sets it."""
    known, count = recorded.get("count", program.get("count")), live.values.get("count")
    if known is None or count in (None, known) or not rules():
        return live
    remark = f"{live.raw['name']} has {count} replicas, as its replica schedule says"
    return replace(live, values={**live.values, "count": known}, remark=live.remark or remark)


def groups_of(answer: Answer) -> list[Mapping[str, Any]]:
    """The deployments of its service, as a deployment's answer has them; none where they are not known."""
    version = (answer.get(SERVICE) or {}).get("version")
    items = version.get("instance_groups") if isinstance(version, Mapping) else None
    return [one for one in items or () if isinstance(one, Mapping)]


def group_of(answer: Answer) -> Mapping[str, Any]:
    """The deployment as its service's answer has it; empty where that is not known."""
    for one in groups_of(answer):
        if answer["id"] in (one.get("id"), one.get("infer_name")):
            return {"running_count": one.get("running_count"), "traffic_ratio": one.get("traffic_ratio")}
    return {}


def reason_of(answer: Answer) -> str | None:
    """Why it has failed, as its service says."""
    return reason_in(answer.get(SERVICE) or {})


def make_plan(program: Inputs, recorded: Inputs, answer: Answer, live: Live) -> Plan:
    """Compares the program with the live deployment, and with the record where the cloud never answers."""
    is_pinned = bool(program.get(PIN))
    wanted, known = ({name: one for name, one in side.items() if name in _FACTS} for side in (program, recorded))
    findings = [one for one in compare(DeploymentSpec, wanted, known, live.values) if one.verdict in _ASKS]
    calls: dict[str, list[Finding]] = {}
    for one in findings:
        calls.setdefault(_FACTS[str(one.path[0])].update, []).append(one)
    own, before = (_without_content(side) if is_pinned else VARIABLES.merge(side) for side in (wanted, known))
    full = fill_unmanaged(DeploymentSpec, own, before, merged_of(answer))
    changed = [] if is_pinned else _names([*calls.get("update", ()), *calls.get("roll_out", ())])
    weighs, weight = live.values.get("weight"), wanted.get("weight", live.values.get("weight"))
    is_weighed = bool(calls.get("update")) and weighs != weight
    return Plan(
        full=full,
        update=[name for name in changed if name != "weight"],
        rolls_out=not is_pinned and bool(calls.get("roll_out")),
        weight=int(weight or 0) if is_weighed else int(weighs or 0),
        grows=is_weighed and int(weight or 0) > int(weighs or 0),
        count=wanted.get("count") if calls.get("scale") else None,
        switch=is_pinned and wanted[PIN] != answer.get("version"),
    )


def pin_problem(inputs: Inputs) -> str | None:
    """Why a new deployment cannot be pinned to a version; None when it can."""
    if inputs.get(PIN) in (None, UNKNOWN, FIRST_VERSION):
        return None
    return f"a new deployment has version {FIRST_VERSION} only; leave it out until there is another one"


def update_body(
    plan: Plan, answer: Answer, inputs: Inputs, mark: str, *, names: Sequence[str], weight: int
) -> dict[str, Any]:
    """The body of the update call: what it cannot do without, and the members `names`."""
    body = to_wire(DeploymentSpec, plan.full)
    told = (answer.get("advanced_config") or {}).get(SERVICE_SECRET)
    secret = None if inputs.get(PIN) and _is_told(told) else inputs.get(SERVICE_SECRET)
    advanced = groups.advanced_body(body["advanced_config"], secret)
    if secret is None and told:
        advanced[SERVICE_SECRET] = told
    sent: dict[str, Any] = {"name": answer["name"], "weight": weight, "advanced_config": advanced}
    if answer.get("priority") is not None:
        sent["priority"] = answer["priority"]
    for name in names:
        fact = _FACTS[name]
        if not fact.local and name != "advanced_config":
            sent[fact.wire] = body.get(fact.wire, _CLEARED.get(fact.type))
    if SECRETS in names or "unit_configs" in names:
        sent["unit_configs"] = groups.with_unit_ids(body["unit_configs"], answer)
    if "description" in sent:
        sent["description"] = in_text(sent["description"], mark, DESCRIPTION_LIMIT)
    return sent


def has_content(answer: Answer, full: Inputs) -> bool:
    """Whether a deployment, or one of its versions, has these values, secrets merged, as far as it is answered."""
    wanted = {name: one for name, one in full.items() if name in _CONTENT}
    live = remember(DeploymentSpec, merged_of(answer), wanted)
    return not differences(DeploymentSpec, observe(DeploymentSpec, live, wanted), wanted)


def is_as_asked(answer: Answer, inputs: Inputs) -> bool:
    """Whether a deployment has all that a create call carries."""
    merged = {name: one for name, one in VARIABLES.merge(inputs).items() if not _FACTS.get(name) or not _later(name)}
    return not differences(DeploymentSpec, observe(DeploymentSpec, merged_of(answer), merged), merged)


def _later(name: str) -> bool:
    fact = _FACTS[name]
    return fact.local or fact.resolved or name == "deployment_task_limit"


def _content(inputs: Inputs) -> dict[str, Any]:
    return {name: one for name, one in inputs.items() if name in _CONTENT}


def _without_content(inputs: Inputs) -> dict[str, Any]:
    """What is not a version's own."""
    return {name: one for name, one in inputs.items() if name not in _CONTENT}


def _is_told(secret: Any) -> bool:
    """Whether mounted secrets are answered with their values, or there are none."""
    volumes = secret.get("secret_volumes") if isinstance(secret, Mapping) else None
    return all("secret_value" in one or "secret_key" not in one for one in volumes or ())


def _names(findings: Sequence[Finding]) -> list[str]:
    return list(dict.fromkeys(str(one.path[0]) for one in findings))


def _desired_status(answer: Answer, known: Inputs) -> Any:
    status = answer.get("status")
    if status in SERVING:
        return "running"
    return "stopped" if status in (STOPPED, STOPPING) else known.get("desired_status")


def _problem(answer: Answer) -> str | None:
    if answer.get("status") not in BROKEN:
        return None
    return broken(answer, reason_of(answer))


def _busy(answer: Answer) -> str | None:
    status = answer.get("status")
    if status in (RUNNING, CONCERNING, STOPPED, *BROKEN):
        return None
    return f"{answer['name']} is {status}; `pulumi up` waits for it"


def _remark(answer: Answer) -> str | None:
    if answer.get("status") == CONCERNING:
        return alarm(answer["name"])
    weights = [one.get("weight") for one in groups_of(answer)]
    return "all weights of its service are 0: no deployment gets requests" if weights and not any(weights) else None
