"""Between a deployment's spec and the API's bodies, and what it takes to change a live one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.alaya.answers import EXPERT, LORA, QUICK_START, told_apart
from pulumi_inference.alaya.specs.deployment import DeploymentOutputs, DeploymentSpec
from pulumi_inference.alaya.specs.parts import Scale
from pulumi_inference.alaya.specs.states import FAILED, RUNNING, STOPPED
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.compare import Finding, Verdict, compare
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.shape import fill_unmanaged
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live, ownership
from pulumi_inference.core.lifecycle.memory import Answer

FORMS: Mapping[str, str] = {"expert": EXPERT, "quick_start": QUICK_START, "lora": LORA}
"""What the API calls each form."""

PODS: Mapping[str, str] = {"head": "head_config", "worker": "worker_config"}
"""The part of an Expert deployment that describes each kind of pod."""

SECRETS, PASSWORDS = "secret_env", "image_pull_passwords"

_ASKS = (Verdict.CHANGE, Verdict.DRIFT, Verdict.CONFLICT)


@dataclass(frozen=True)
class Plan:
    """What makes a live deployment what is wanted.

    Args:
        offline: what only a deployment takes that does not run.
        scale: whether the scaling differs.
        full: all values that an update is to have, in the spec's names: what nobody declares is as it is.
    """

    offline: Sequence[Finding] = ()
    scale: bool = False
    full: Inputs = field(default_factory=dict)

    @property
    def paths(self) -> str:
        """What takes a deployment that does not run, as messages say it; what is secret hides no name."""
        return ", ".join(one.text for one in self.offline)

    @property
    def is_drift(self) -> bool:
        """Whether somebody else has changed all of it, and the program nothing."""
        return all(one.verdict is Verdict.DRIFT for one in self.offline)

    @property
    def is_certain(self) -> bool:
        """Whether some of it is known already, in a preview."""
        return any(not contains_unknown(one.program) for one in self.offline)


def complete(inputs: dict[str, Any]) -> dict[str, Any]:
    """The form by the API's name; workers of which there are none, and pods without secrets, are left out."""
    forms = [mode for name, mode in FORMS.items() if inputs.get(name) is not None]
    done = {**inputs, "mode": forms[0]} if len(forms) == 1 else inputs
    if isinstance(done.get(SECRETS), Mapping):
        done = {**done, SECRETS: {pod: variables for pod, variables in done[SECRETS].items() if variables != {}}}
    if has_no_workers(done):
        expert = {name: one for name, one in done["expert"].items() if name != "worker_config"}
        done = {**done, "expert": expert}
    return done


def has_no_workers(inputs: Inputs) -> bool:
    """Whether workers are described of which there are none."""
    expert = inputs.get("expert")
    worker = expert.get("worker_config") if isinstance(expert, Mapping) else None
    count = worker.get("workers") if isinstance(worker, Mapping) else None
    return count == 0 and not isinstance(count, bool)


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the create call; the mark ("" for none) goes where the form has room for it."""
    body = _body(inputs)
    if inputs["mode"] == EXPERT:
        body["extensions"] = ownership.in_map(inputs.get("extensions") or {}, mark)
    return body


def update_body(values: Inputs) -> dict[str, Any]:
    """The body of the call that replaces a deployment which does not run."""
    return _body({name: one for name, one in values.items() if name != "extensions"})


def scale_body(scale: Inputs) -> dict[str, Any]:
    """The scaling as its own call has it."""
    return to_wire(Scale, scale)


def live_of(answer: Answer, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` are inputs that say which variables are secret."""
    values = split_secrets(from_wire(DeploymentSpec, answer), *known)
    values["mode"] = answer.get("mode") or (known[0].get("mode") if known else None) or ""
    if values["mode"] == LORA:
        # Where its base is, it is too: no program says that.
        values = {name: one for name, one in values.items() if name not in ("vks_id", "namespace")}
        if answer.get("baseServiceId"):
            values["lora"] = {"base_service_id": str(answer["baseServiceId"])}
    names = next((one["served_name"] for one in known if one.get("served_name")), None)
    if isinstance(names, list) and not contains_unknown(names):
        # Names with commas or outer blanks, where it answers one text.
        is_said = sorted(values.get("served_name") or ()) == sorted(told_apart(",".join(names)))
        values |= {"served_name": names} if is_said else {}
    if "extensions" in values:
        values["extensions"] = ownership.out_of_map(values["extensions"])
    facts = {name: one for name, one in from_wire(DeploymentOutputs, answer).items() if one != ""}
    name, status = answer.get("name"), str(answer.get("status"))
    problem = busy = None
    if status == FAILED:
        problem = f"{name} has failed, and Alaya NeW gives no reason; `pulumi up` updates it, which starts it again"
    elif status == STOPPED:
        problem = f"{name} is stopped; `pulumi up` starts it, by an update"
    elif status != RUNNING:
        busy = f"{name} is {status}; `pulumi up` waits for it"
    return Live(complete(values), facts, problem, busy, answer, _remark(answer) if status == RUNNING else None)


def make_plan(wanted: Inputs, recorded: Inputs, live: Live) -> Plan:
    """Compares the program with the live deployment, and with the record where Alaya NeW does not answer."""
    facts = facts_of(DeploymentSpec)
    program, known = ({name: one for name, one in side.items() if name in facts} for side in (wanted, recorded))
    findings = [(facts[str(one.path[0])].update, one) for one in compare(DeploymentSpec, program, known, live.values)]
    calls = {call for call, one in findings if one.verdict in _ASKS}
    # Quick Start is scaled by a call of its own, behind an update: a run may have been killed between the two.
    is_renewed = wanted.get("mode") == QUICK_START and any(call == "offline" for call, _ in findings)
    return Plan(
        offline=[one for call, one in findings if call == "offline" and one.verdict in _ASKS],
        scale=bool(wanted.get("scale")) and ("scale" in calls or is_renewed),
        full=fill_unmanaged(DeploymentSpec, program, known, live.values),
    )


def find_missing(values: Inputs) -> Iterator[Problem]:
    """What a create call, and an update of what does not run, cannot do without; other calls can."""
    expert = values.get("expert")
    if not isinstance(expert, Mapping):
        return
    if values.get("scale") is None:
        yield Problem(
            "scale", "is required to make an Expert deployment, and to update it while it is stopped, also by a restart"
        )
    given = values.get(PASSWORDS)
    for pod, name in PODS.items():
        config = expert.get(name)
        secret = config.get("image_pull_secret") if isinstance(config, Mapping) else None
        needs_one = isinstance(secret, Mapping) and secret.get("username")
        if needs_one and (given is None or (isinstance(given, Mapping) and pod not in given)):
            yield Problem(
                f"{PASSWORDS}.{pod}",
                f"is required with expert.{name}.image_pull_secret.username, to make the deployment and to update it "
                "while it is stopped, also by a restart",
            )


def refuse_missing(values: Inputs) -> None:
    """Raises ConfigurationError for what cannot be left out of a whole update."""
    problems = list(find_missing(values))
    if problems:
        raise ConfigurationError("; ".join(map(str, problems)))


def merge_secrets(values: Inputs) -> dict[str, Any]:
    """The values with secret variables and passwords where the API has them."""
    expert = values.get("expert")
    merged = {name: one for name, one in values.items() if name not in (SECRETS, PASSWORDS)}
    if not isinstance(expert, Mapping):
        return merged
    secrets, pods = values.get(SECRETS) or {}, dict(expert)
    for pod, name in PODS.items():
        if name in pods and secrets.get(pod):
            pods[name] = {**pods[name], "env": {**(pods[name].get("env") or {}), **secrets[pod]}}
    return {**merged, "expert": pods}


def split_secrets(values: Inputs, *known: Inputs) -> dict[str, Any]:
    """The reverse, of what is answered: variables that `known` keeps as secrets go back there.

    The first of `known` that names a variable of a pod decides; a name that is secret in any other pod stays so.
    """
    names = {name for one in known for pod in PODS for name in _secrets_of(one, pod)}
    expert = values.get("expert")
    if not names or not isinstance(expert, Mapping):
        return dict(values)
    pods, secrets = dict(expert), {}
    for pod, part in PODS.items():
        env = _inside(expert, part, "env")
        hidden = {name: one for name, one in env.items() if name in names and _is_secret(name, pod, part, known)}
        if hidden:
            secrets[pod] = hidden
            pods[part] = {**pods[part], "env": {name: one for name, one in env.items() if name not in hidden}}
    return {**values, "expert": pods, SECRETS: secrets}


def _is_secret(name: str, pod: str, part: str, known: Sequence[Inputs]) -> bool:
    for one in known:
        if name in _secrets_of(one, pod):
            return True
        if name in _inside(one, "expert", part, "env"):
            return False
    return True


def _secrets_of(inputs: Inputs, pod: str) -> Mapping[str, Any]:
    return _inside(inputs, SECRETS, pod)


def _inside(values: Any, *path: str) -> Mapping[str, Any]:
    """The object at a path; an empty one where there is none, or nobody knows yet."""
    for name in path:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def count_ready(answer: Answer) -> tuple[int, int]:
    """How many instances have their model, and how many there are; none of either where the answer does not say."""
    instances = instances_of(answer)
    return sum(bool(one.get("baseModelReady")) for one in instances), len(instances)


def instances_of(answer: Answer) -> list[Mapping[str, Any]]:
    """The instances that an answer tells of."""
    return [one for one in answer.get("instance") or () if isinstance(one, Mapping)]


def adapters_of(answer: Answer) -> list[str]:
    """The LoRA adapters that some instance has loaded."""
    return sorted({str(name) for one in instances_of(answer) for name in one.get("loraModels") or ()})


def _remark(answer: Answer) -> str | None:
    ready, count = count_ready(answer)
    return f"{answer.get('name')}: {count - ready} of {count} instances are not ready" if ready < count else None


def _body(inputs: Inputs) -> dict[str, Any]:
    """What create and update calls share: flat, whatever the form."""
    mode = inputs["mode"]
    body = to_wire(DeploymentSpec, merge_secrets(inputs))
    parts = {name: body.pop(name, None) or {} for name in ("expert", "quickStart", "lora")}
    body |= parts[mode]
    if mode != EXPERT:
        body.pop("scale", None)
    passwords = inputs.get(PASSWORDS) or {}
    for pod, wire in (("head", "headConfig"), ("worker", "workerConfig")):
        secret = (body.get(wire) or {}).get("imagePullSecret")
        if secret is not None and passwords.get(pod) is not None:
            body[wire] = {**body[wire], "imagePullSecret": {**secret, "password": passwords[pod]}}
    return body
