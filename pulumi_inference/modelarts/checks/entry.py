"""What the cloud's own lists say against a program, told in the preview (reference 8.12, 12.2 and 12.4).

Only what is new is asked about, so that a preview without changes asks nothing. More of what a service has already is a
warning at most: only the cloud knows whether it gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.plan_checks import Finder, find_problems
from pulumi_inference.modelarts.checks import flavours as flavour_checks
from pulumi_inference.modelarts.checks import models as model_checks
from pulumi_inference.modelarts.checks import runtimes as runtime_checks
from pulumi_inference.modelarts.checks.answers import PlanLookups
from pulumi_inference.modelarts.checks.flavours import Wanted
from pulumi_inference.modelarts.connection import CONNECTIONS

_ABOUT_A_RUNTIME = ("model_type", "runtime", "architecture", "accelerator")


@dataclass(frozen=True)
class _Recorded:
    """What a service has already: models, flavours, and how many instances of a model in a flavour."""

    models: frozenset[str]
    flavours: frozenset[Wanted]
    counts: Mapping[tuple[Wanted, str], float]

    @classmethod
    def of(cls, old: Inputs | None, values: Inputs) -> _Recorded:
        """What counts for `values`: nothing when these make a service of another kind or elsewhere."""
        if (
            not old
            or CONNECTIONS.where(old) != CONNECTIONS.where(values)
            or old.get("infer_type") != values.get("infer_type")
        ):
            return cls(frozenset(), frozenset(), {})
        items = [(item.get("model_id"), flavour_checks.wanted(item, old), item) for item in old.get("config") or ()]
        counts = {(flavour, model_id): _count(item) for model_id, flavour, item in items if flavour}
        return cls(frozenset(one for one, _, _ in items), frozenset(flavour for flavour, _ in counts), counts)


def check_service(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether the flavours exist and can be had, and the models can be deployed in them.

    Args:
        context: where answers are kept and warnings go.
        old: the recorded inputs; None for a new service.
        values: the normalised inputs; what is unknown in them is not judged.
    """
    config = values.get("config")
    if not isinstance(config, list):
        return []
    recorded = _Recorded.of(old, values)
    finders = [
        finder
        for index, item in enumerate(config)
        if isinstance(item, Mapping)
        for finder in _finders(f"config[{index}]", item, values, recorded)
    ]
    return _judged(context, values, finders) if finders else []


def check_model(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether the runtime of a model exists, can still be used, and is for what it has to be for.

    The arguments are those of `check_service`.
    """
    about = {name: values[name] for name in _ABOUT_A_RUNTIME if values.get(name) not in (None, UNKNOWN)}
    if (
        old
        and CONNECTIONS.where(old) == CONNECTIONS.where(values)
        and all(old.get(name) == values.get(name) for name in _ABOUT_A_RUNTIME)
    ):
        return []
    if not {"model_type", "runtime"} <= about.keys():
        return []
    return _judged(context, values, [partial(runtime_checks.check_runtime, about)])


def _judged(context: Context, values: Inputs, finders: Iterable[Finder[PlanLookups]]) -> list[Problem]:
    return find_problems(CONNECTIONS, context, lambda: PlanLookups(context, values), finders)


def _count(item: Inputs) -> float:
    """The instances of an item of `config`, perhaps as the engine's kind of number; none when that is not known."""
    count = item.get("instance_count")
    return count if isinstance(count, int | float) else 0


def _finders(path: str, item: Inputs, service: Inputs, recorded: _Recorded) -> Iterator[Finder[PlanLookups]]:
    """What has to be asked about an item of `config`."""
    model_id, infer_type = item.get("model_id"), service.get("infer_type")
    flavour = flavour_checks.wanted(item, service)
    if flavour:
        yield from _flavour_finders(f"{path}.specification", flavour, item, recorded)
    if isinstance(model_id, str) and isinstance(infer_type, str):
        if model_id not in recorded.models:
            yield partial(model_checks.check, f"{path}.model_id", model_id, infer_type)
        if flavour and (flavour, model_id) not in recorded.counts:
            yield partial(_fit, f"{path}.specification", flavour, model_id)


def _flavour_finders(path: str, flavour: Wanted, item: Inputs, recorded: _Recorded) -> Iterator[Finder[PlanLookups]]:
    if flavour not in recorded.flavours:
        yield partial(flavour_checks.check, path, flavour)
    elif _count(item) > recorded.counts.get((flavour, item["model_id"]), -1):
        yield partial(_warn_of_flavour, path, flavour)


def _warn_of_flavour(path: str, flavour: Wanted, lookups: PlanLookups) -> Iterable[Problem]:
    for problem in flavour_checks.check(path, flavour, lookups):
        lookups.warn(str(problem))
    return ()


def _fit(path: str, asked: Wanted, model_id: str, lookups: PlanLookups) -> Iterator[Problem]:
    flavour, model = flavour_checks.find(asked, lookups), lookups.model(model_id)
    if flavour and model:
        yield from runtime_checks.check_fit(path, flavour, model, lookups)
