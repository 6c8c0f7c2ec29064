"""What may be meant otherwise in a program, and what Alaya NeW's own lists say against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pulumi_inference.alaya.answers import EXPERT, LORA
from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.deployments import rules
from pulumi_inference.alaya.deployments.engines import holds_two_words
from pulumi_inference.alaya.deployments.values import find_missing
from pulumi_inference.alaya.specs.deployment import DeploymentSpec
from pulumi_inference.alaya.specs.records import Cluster, DeploymentDetail, GpuUse
from pulumi_inference.alaya.specs.states import RUNNING
from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.difference import replaced_by
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems

Values = Mapping[str, Any]

_ON_GPUS = ("vks_id", "expert", "quick_start", "scale")

LORA_VARIABLE = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"
"""Without it, vLLM loads no adapter while it runs."""


def check_deployment(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """The problems of what is new or has changed; what may be meant all the same is a warning."""
    is_made = old is None or bool(replaced_by(DeploymentSpec, old, values))
    missing = list(find_missing(values)) if is_made else []
    for text in doubts(values):
        context.warn(text)
    before, finders = old or {}, []
    if before.get("lora") != values.get("lora"):
        finders.append(partial(_base, context, values))
    if any(before.get(name) != values.get(name) for name in _ON_GPUS):
        finders.append(partial(_cluster, context, {} if is_made else before, values))
    found = find_problems(CONNECTIONS, context, lambda: Advice[AlayaClient](CONNECTIONS, context, values), finders)
    return [*missing, *found]


def doubts(values: Values) -> Iterator[str]:
    """What is allowed and seldom meant."""
    yield from _sizes(values)
    yield from _glued(values)
    yield from _written(values)
    pods = rules.pods_of(values)
    if len(pods) < 2:
        return
    [(_, head), (worker_path, worker)] = pods
    if not contains_unknown([head, worker]):
        yield from _unlike(head, worker_path, worker)


def _sizes(values: Values) -> Iterator[str]:
    count, gpus = rules.gpus_per_instance(values), rules.gpus_of(values)
    if count is None:
        return
    if len(gpus) == 2 and gpus[0][1]["count"] == 0:
        yield f"{gpus[0][0]}.count: the head has no GPU, so that only workers compute"
    for path, size in rules.parallel_sizes(values):
        if size < count:
            yield f"{path}: spreads the model over {size} GPUs, and an instance has {count}; the others stay idle"


def _glued(values: Values) -> Iterator[str]:
    """Flags that stand together with their values: the engine does not know them and ends at once."""
    quick = values.get("quick_start")
    holders = [(f"{path}.{name}", one.get(name)) for path, one in rules.pods_of(values) for name in ("cmd", "args")]
    if isinstance(quick, Mapping):
        holders.append(("quick_start.backend_args", quick.get("backend_args")))
    for path, words in holders:
        for index, word in enumerate(words if isinstance(words, list) else ()):
            if isinstance(word, str) and holds_two_words(word):
                flag = word.split()[0]
                yield f"{path}[{index}]: {flag} and its value are one argument; write them as two items of the list"


def _unlike(head: Values, worker_path: str, worker: Values) -> Iterator[str]:
    """Where head and workers differ in what engines want to be the same on every node."""
    if head.get("image") != worker.get("image"):
        yield f"{worker_path}.image: is another one than the head's; engines want the same environment on every node"
    counts = [one["resource"]["gpu"]["count"] for one in (head, worker)]
    if 0 not in counts and counts[0] != counts[1]:
        yield (
            f"{worker_path}.resource.gpu.count: is {counts[1]}, and {counts[0]} on the head; engines want the same "
            "number on every node"
        )
    there, here = ([rules.plain_path(mount) for mount in one.get("pvc_mounts") or ()] for one in (worker, head))
    for place in here:
        if place not in there:
            yield f"{worker_path}.pvc_mounts: {place} is on the head only; every node needs the model"
    if not worker.get("cmd") and not worker.get("args"):
        yield (
            f"{worker_path}: has neither cmd nor args; the image's own command would start a second server and not "
            "join the head"
        )


def _written(values: Values) -> Iterator[str]:
    """Mounts that several pods write to: workers, or the heads of several instances."""
    pods, scale = rules.pods_of(values), values.get("scale")
    most = scale.get("max") if isinstance(scale, Mapping) else 1
    if len(pods) < 2 and (contains_unknown(most) or most == 1):
        return
    for path, config in pods:
        mounts = config.get("pvc_mounts")
        for index, mount in enumerate(mounts if isinstance(mounts, list) else ()):
            if isinstance(mount, Mapping) and mount.get("read_only") is False:
                yield f"{path}.pvc_mounts[{index}].read_only: several pods write there, which not every volume takes"


def _cluster(context: Context, there: Inputs, values: Inputs, advice: Advice[AlayaClient]) -> Iterator[Problem]:
    vks_id = values.get("vks_id")
    gpus = rules.gpus_of(values)
    if vks_id in (None, UNKNOWN) or not gpus:
        return
    cluster: Cluster | None = advice.ask("cluster", ("cluster", vks_id), lambda client: _read(client, str(vks_id)))
    if cluster is None:
        yield Problem("vks_id", f'there is no cluster "{vks_id}" for this account; the console lists them')
        return
    known = {one.name: one for one in cluster.utilization_rate.gpu}
    for path, gpu in gpus:
        kind = gpu.get("gpu_type")
        if known and isinstance(kind, str) and kind not in known:
            near = did_you_mean(kind, known) or f"; it has {', '.join(sorted(known))}"
            context.warn(f'{path}.gpu_type: the cluster {vks_id} does not name "{kind}" among its GPUs{near}')
    for text in _short_of(there, values, known):
        context.warn(text)


def _read(client: AlayaClient, vks_id: str) -> Cluster | None:
    found = unless_gone(client.get_cluster, vks_id)
    return None if found is None else Cluster.read(found, f"the cluster {vks_id}")


def _short_of(there: Inputs, values: Inputs, known: Mapping[str, GpuUse]) -> Iterator[str]:
    """Whether the quota is too small for all instances that there may be; without `scale`, for one.

    What is `there` already, under the same id, gives its own back: at least that of its least instances.
    """
    count, scale = rules.gpus_per_instance(values), values.get("scale")
    kind = _kind_of(values)
    quota = known.get(kind) if kind else None
    if count is None or quota is None or quota.hard is None:
        return
    if contains_unknown(scale):
        return
    most = scale["max"] if scale else 1
    own = (there.get("scale") or {"min": 1})["min"] * (rules.gpus_per_instance(there) or 0)
    others = max(0, (quota.used or 0) - (own if kind == _kind_of(there) else 0))
    needed, free = most * count, max(0, quota.hard - others)
    if needed > free:
        first = rules.gpus_of(values)[0][0]
        what = f"scale.max: {most} instances need" if scale else f"{first}.count: an instance needs"
        yield (
            f"{what} {needed} GPUs of {quota.name}, and {free} of {quota.hard} are free in cluster {values['vks_id']}"
        )


def _kind_of(values: Inputs) -> str | None:
    """The kind of its GPUs."""
    kinds = {gpu.get("gpu_type") for _, gpu in rules.gpus_of(values) if gpu.get("count")}
    return str(kinds.pop()) if len(kinds) == 1 else None


def _base(context: Context, values: Inputs, advice: Advice[AlayaClient]) -> Iterator[Problem]:
    lora = values.get("lora")
    thing = lora.get("base_service_id") if isinstance(lora, Mapping) else None
    if not isinstance(thing, str):
        return
    base: Answer | None = advice.ask("base deployment", ("base", thing), lambda client: _detail(client, thing))
    path = "lora.base_service_id"
    if base is None:
        yield Problem(path, f"there is no deployment {thing} in this account")
    elif base.get("mode") == LORA:
        yield Problem(
            path, f"{base.get('name')} ({thing}) is a LoRA deployment itself; give the one that it is loaded on"
        )
    elif base.get("status") != RUNNING:
        context.warn(
            f"{path}: {base.get('name')} ({thing}) is {base.get('status')}; an adapter needs one that runs. Let "
            "`pulumi up` of its program start it first; in the same program, take the id from its output service_id"
        )
    elif base.get("mode") == EXPERT and LORA_VARIABLE not in _env(base):
        context.warn(
            f"{path}: {base.get('name')} ({thing}) does not set {LORA_VARIABLE} in its head's env, without which vLLM "
            "loads no adapters"
        )


def _detail(client: AlayaClient, thing: str) -> Answer | None:
    found = unless_gone(client.get_deployment, thing)
    return None if found is None else DeploymentDetail.recognise(found, f"the deployment {thing}")


def _env(base: Answer) -> Mapping[str, Any]:
    head = (base.get("expert") or {}).get("headConfig") or {}
    return head.get("env") or {}
