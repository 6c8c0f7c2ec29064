"""What makes the spec of a deployment wrong as a whole (alaya.md, sections 4 to 6 and 13.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.alaya.deployments.engines import parallel_size
from pulumi_inference.alaya.deployments.values import FORMS, PASSWORDS, PODS, SECRETS
from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.footprint import MOST
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.core.lifecycle.ownership import MARK_KEY

Values = Mapping[str, Any]

_OF_FORMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "expert": (("vks_id", "namespace"), ()),
    "quick_start": (("vks_id", "namespace"), ("extensions", SECRETS, PASSWORDS)),
    "lora": ((), ("vks_id", "namespace", "scale", "extensions", SECRETS, PASSWORDS)),
}
"""What each form needs besides, and what it does not take."""

_SLIP, _MEANT = "vidia.com/", "nvidia.com/"


@rule(*FORMS)
def one_form(values: Values) -> Iterator[Problem]:
    """A deployment has one of the three forms."""
    given = [name for name in FORMS if values.get(name) is not None]
    if not given:
        yield Problem("", f"needs one of {', '.join(FORMS)}: what is deployed")
    for name in given[1:]:
        yield Problem(name, f"cannot be combined with {given[0]}; remove one of the two")


@rule(*FORMS, "vks_id", "namespace", "scale", "extensions", SECRETS, PASSWORDS)
def form_is_whole(values: Values) -> Iterator[Problem]:
    """Each form has fields of its own."""
    given = [name for name in FORMS if values.get(name) is not None]
    if len(given) != 1:
        return
    needed, refused = _OF_FORMS[given[0]]
    for name in needed:
        if not values.get(name):
            yield Problem(name, f"is required with {given[0]}")
    for name in refused:
        if values.get(name):
            yield Problem(name, f"is not for {given[0]}; remove it")


@rule("served_name", "served_name[*]")
def names_differ(values: Values) -> Iterator[Problem]:
    """Callers choose by these names."""
    names = values.get("served_name") or []
    for index, name in enumerate(names):
        if not name.strip():
            yield Problem(f"served_name[{index}]", "must not be empty")
        elif name in names[:index]:
            yield Problem(f"served_name[{index}]", f'is "{name}" a second time; remove it')


@rule("scale", "scale.min", "scale.max")
def scale_is_a_range(values: Values) -> Iterator[Problem]:
    """The most is no less than the least."""
    scale = values.get("scale") or {}
    least, most = scale.get("min"), scale.get("max")
    if least is not None and most is not None and least > most:
        yield Problem("scale.max", f"is {most}, less than min, {least}")


@rule("expert", "quick_start")
def types_are_names(values: Values) -> Iterator[Problem]:
    """Alaya NeW's own samples have a GPU type with a letter missing."""
    for path, gpu in gpus_of(values):
        kind = gpu.get("gpu_type")
        if isinstance(kind, str) and kind.startswith(_SLIP):
            meant = _MEANT + kind.removeprefix(_SLIP)
            yield Problem(f"{path}.gpu_type", f'there is no GPU type "{kind}"; did you mean "{meant}"?')


def _is_some(count: Any) -> bool:
    """Whether it is known that there are GPUs."""
    return isinstance(count, int) and count > 0


@rule("expert", "quick_start")
def gpus_fit(values: Values) -> Iterator[Problem]:
    """An engine needs a GPU, all pods of an instance the same kind, and no engine more than there are."""
    count = gpus_per_instance(values)
    if count is None:
        return
    if count == 0:
        where = "expert.head_config" if values.get("expert") else "quick_start"
        yield Problem(f"{where}.resource.gpu.count", "an instance needs at least one GPU")
    kinds = {gpu.get("gpu_type"): path for path, gpu in gpus_of(values) if _is_some(gpu.get("count"))}
    if len(kinds) > 1 and not contains_unknown(list(kinds)):
        one, *others = kinds
        for other in others:
            yield Problem(
                f"{kinds[other]}.gpu_type", f'is "{other}", and the head has "{one}": all pods need the same kind'
            )
    for path, size in parallel_sizes(values):
        if size > count > 0:
            text = f"spreads the model over {size} GPUs, and an instance has {count}; lower it, or add GPUs"
            yield Problem(path, text)


@rule("expert")
def mounts_are_apart(values: Values) -> Iterator[Problem]:
    """Each mount has a path of its own, and stays inside its claim."""
    for path, config in pods_of(values):
        mounts = config.get("pvc_mounts")
        seen: set[str] = set()
        for index, mount in enumerate(mounts if isinstance(mounts, list) else ()):
            if not isinstance(mount, Mapping):
                continue
            place, below = mount.get("container_path"), mount.get("sub_path")
            if isinstance(place, str):
                plain = plain_path(mount)
                if plain in seen:
                    yield Problem(f"{path}.pvc_mounts[{index}].container_path", f'"{place}" is another mount\'s too')
                seen.add(plain)
            if isinstance(below, str) and (below.startswith("/") or ".." in below.split("/")):
                yield Problem(f"{path}.pvc_mounts[{index}].sub_path", "must be a relative path without ..")


@rule("extensions")
def mark_is_ours(values: Values) -> Iterator[Problem]:
    """One of the extensions says whose a deployment is."""
    if MARK_KEY in (values.get("extensions") or {}):
        yield Problem(f"extensions.{MARK_KEY}", "is the mark of this library, which it sets itself; remove it")


@rule("expert", SECRETS)
def secrets_belong_somewhere(values: Values) -> Iterator[Problem]:
    """Secret variables are those of a pod that there is, and stand in one place only."""
    for pod, variables in (values.get(SECRETS) or {}).items():
        if pod not in PODS:
            yield Problem(f"{SECRETS}.{pod}", f"must be one of {', '.join(PODS)}")
            continue
        config = (values.get("expert") or {}).get(PODS[pod])
        if not isinstance(config, Mapping):
            yield from _without_pod(values, f"{SECRETS}.{pod}", pod, config)
            continue
        env = config.get("env")
        both = (
            sorted(variables.keys() & env.keys()) if isinstance(env, Mapping) and isinstance(variables, Mapping) else ()
        )
        for name in both:
            yield Problem(f"{SECRETS}.{pod}.{name}", f"stands in expert.{PODS[pod]}.env too; remove one of the two")


@rule("expert", PASSWORDS)
def passwords_belong_somewhere(values: Values) -> Iterator[Problem]:
    """A password is that of a pull secret."""
    for pod in values.get(PASSWORDS) or {}:
        path = f"{PASSWORDS}.{pod}"
        if pod not in PODS:
            yield Problem(path, f"must be one of {', '.join(PODS)}")
            continue
        config = (values.get("expert") or {}).get(PODS[pod])
        if not isinstance(config, Mapping):
            yield from _without_pod(values, path, pod, config)
        elif config.get("image_pull_secret") is None:
            yield Problem(path, f"goes with expert.{PODS[pod]}.image_pull_secret, which is not there")


@rule("smoke_test", "smoke_test.path")
def tests_have_a_path(values: Values) -> Iterator[Problem]:
    """The base URL itself answers nothing."""
    test = values.get("smoke_test")
    if isinstance(test, Mapping) and not test.get("path"):
        yield Problem("smoke_test.path", 'is required, such as "/v1/chat/completions" or "/v1/models"')


def _without_pod(values: Values, path: str, pod: str, config: Any) -> Iterator[Problem]:
    if config is None and values.get("expert") is not None:
        yield Problem(path, f"there are no {pod} pods: expert has no {PODS[pod]}")


def plain_path(mount: Values) -> str:
    """Where a claim is mounted, in one spelling."""
    return str(mount.get("container_path")).rstrip("/") or "/"


def pods_of(values: Values) -> list[tuple[str, Values]]:
    """The configurations of an Expert deployment, by their paths, the head first."""
    expert = values.get("expert")
    found = [(f"expert.{name}", expert.get(name)) for name in PODS.values()] if isinstance(expert, Mapping) else []
    return [(path, one) for path, one in found if isinstance(one, Mapping)]


def gpus_of(values: Values) -> list[tuple[str, Values]]:
    """The GPUs of each kind of pod, by their paths."""
    quick = values.get("quick_start")
    holders = [*pods_of(values), *([("quick_start", quick)] if isinstance(quick, Mapping) else [])]
    found = [(f"{path}.resource.gpu", _gpu(one)) for path, one in holders]
    return [(path, gpu) for path, gpu in found if gpu is not None]


def gpus_per_instance(values: Values) -> int | None:
    """How many GPUs one instance has: those of the head and of all workers, or of all nodes; None if not known."""
    quick = values.get("quick_start")
    if isinstance(quick, Mapping):
        nodes = _inside(quick, "resource", "workers")
        pods = [(quick, max(1, nodes or 1) if nodes is None or _is_number(nodes) else nodes)]
    else:
        expert = values.get("expert")
        worker = _inside(expert, "worker_config")
        pods = [(_inside(expert, "head_config"), 1)]
        pods += [] if worker is None else [(worker, _inside(worker, "workers"))]
    counts = [(_inside(pod, "resource", "gpu", "count"), number) for pod, number in pods]
    if not all(_is_number(one) for pair in counts for one in pair):
        return None
    return sum(int(count * number) for count, number in counts)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST


def parallel_sizes(values: Values) -> Iterator[tuple[str, int]]:
    """Over how many GPUs the arguments spread the model, where they say so, by the path of the arguments."""
    quick = values.get("quick_start")
    commands = [(f"{path}.args", [one.get("cmd") or [], one.get("args") or []]) for path, one in pods_of(values)]
    if isinstance(quick, Mapping):
        commands.append(("quick_start.backend_args", [quick.get("backend_args") or []]))
    for path, arguments in commands:
        size = None if contains_unknown(arguments) else parallel_size(*arguments)
        if size is not None:
            yield path, size


def _gpu(holder: Values) -> Values | None:
    resource = holder.get("resource")
    gpu = resource.get("gpu") if isinstance(resource, Mapping) else None
    return gpu if isinstance(gpu, Mapping) else None


def _inside(values: Any, *path: str) -> Any:
    """What stands at a path; None where nothing does, unknown where something on the way is."""
    for name in path:
        values = values if values is UNKNOWN else values.get(name) if isinstance(values, Mapping) else None
    return values


RULES: tuple[Rule, ...] = (
    one_form,
    form_is_whole,
    names_differ,
    scale_is_a_range,
    types_are_names,
    gpus_fit,
    mounts_are_apart,
    mark_is_ours,
    secrets_belong_somewhere,
    passwords_belong_somewhere,
    *SMOKE_RULES,
    tests_have_a_path,
    timeouts_last,
)
