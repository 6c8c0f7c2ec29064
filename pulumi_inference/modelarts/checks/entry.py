"""What the cloud's own lists say against a program, told in the preview (reference 8.12, 12.2 and 12.4).

Only what is new or has changed is asked about, so that a preview without changes asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.problems import Problem
from pulumi_inference.core.unknown import UNKNOWN
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.checks import flavours as flavour_checks
from pulumi_inference.modelarts.checks import models as model_checks
from pulumi_inference.modelarts.checks import runtimes as runtime_checks
from pulumi_inference.modelarts.checks.answers import PlanLookups, UnavailableError
from pulumi_inference.modelarts.places import where_of
from pulumi_inference.modelarts.settings import plan_checks

Finder: TypeAlias = Callable[[PlanLookups], Iterator[Problem]]

_ABOUT_A_RUNTIME = ("model_type", "runtime", "architecture", "accelerator")


def check_service(context: Context, client: ModelArtsClient, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether the flavours exist and can be had, and the models can be deployed in them.

    Args:
        context: where answers are kept and warnings go.
        client: of the project that the service is made in.
        old: the recorded inputs; None for a new service.
        values: the normalised inputs; what is unknown in them is not judged.
    """
    config = values.get("config")
    if not isinstance(config, list):
        return []
    known = {_identity(item, old) for item in old.get("config") or ()} if old else set()
    fresh = [
        (f"config[{index}]", item)
        for index, item in enumerate(config)
        if isinstance(item, Mapping) and _identity(item, values) not in known
    ]
    finders = [partial(check, path, item, values) for path, item in fresh for check in (_flavour, _model, _fit)]
    return _judged(context, client, values, finders) if finders else []


def check_model(context: Context, client: ModelArtsClient, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether the runtime of a model exists, can still be used, and is for what it has to be for.

    The arguments are those of `check_service`.
    """
    about = {name: values[name] for name in _ABOUT_A_RUNTIME if values.get(name) not in (None, UNKNOWN)}
    if (
        old
        and where_of(old) == where_of(values)
        and all(old.get(name) == values.get(name) for name in _ABOUT_A_RUNTIME)
    ):
        return []
    if not {"model_type", "runtime"} <= about.keys():
        return []
    return _judged(context, client, values, [partial(runtime_checks.check_runtime, about)])


def _judged(context: Context, client: ModelArtsClient, values: Inputs, finders: Iterable[Finder]) -> list[Problem]:
    """The problems that are found; none when the checks are switched off, nor of one for which a list is missing."""
    try:
        if not plan_checks(context.environment.configuration, context.environment.environ):
            return []
    except ConfigurationError as error:
        return [Problem("", str(error))]
    lookups = PlanLookups(context, client, values)
    return [problem for find in finders for problem in _found(lookups, find)]


def _found(lookups: PlanLookups, find: Finder) -> list[Problem]:
    try:
        return list(find(lookups))
    except UnavailableError:
        return []


def _identity(item: Any, service: Inputs) -> tuple[Any, ...]:
    """What has to be asked about anew when it changes."""
    if not isinstance(item, Mapping):
        return ()
    pools = tuple(_plain(item.get(name) or service.get(name)) for name in flavour_checks.POOLS)
    kind = _plain(service.get("infer_type"))
    return (_plain(item.get("model_id")), _plain(item.get("specification")), *pools, kind, *where_of(service).items())


def _plain(value: Any) -> Any:
    """A value that can be a member of a set."""
    return value if value is None or isinstance(value, str) else repr(value)


def _flavour(path: str, item: Inputs, service: Inputs, lookups: PlanLookups) -> Iterator[Problem]:
    wanted = flavour_checks.wanted(item, service)
    if wanted:
        yield from flavour_checks.check(f"{path}.specification", wanted, lookups)


def _model(path: str, item: Inputs, service: Inputs, lookups: PlanLookups) -> Iterator[Problem]:
    model_id, infer_type = item.get("model_id"), service.get("infer_type")
    if isinstance(model_id, str) and isinstance(infer_type, str):
        yield from model_checks.check(f"{path}.model_id", model_id, infer_type, lookups)


def _fit(path: str, item: Inputs, service: Inputs, lookups: PlanLookups) -> Iterator[Problem]:
    wanted, model_id = flavour_checks.wanted(item, service), item.get("model_id")
    if not wanted or not isinstance(model_id, str):
        return
    flavour, model = flavour_checks.find(wanted, lookups), lookups.model(model_id)
    if flavour and model:
        yield from runtime_checks.check_fit(f"{path}.specification", flavour, model, lookups)
