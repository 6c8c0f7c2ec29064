"""Whether a model exists, is published, and may be deployed as such a service (reference 5.2 and 12.2)."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.modelarts.checks.answers import PlanLookups
from pulumi_inference.modelarts.models.values import FAILED, ON_THE_WAY
from pulumi_inference.modelarts.specs.records import ModelDetail


def check(path: str, model_id: str, infer_type: str, lookups: PlanLookups) -> Iterator[Problem]:
    """What speaks against the model.

    Raises:
        UnavailableError: the model cannot be looked up.
    """
    model = lookups.model(model_id)
    if model is None:
        yield from _not_found(path, model_id, lookups)
        return
    name = f"{model.name} {model.version} ({model_id})"
    if model.status in ON_THE_WAY:
        yield Problem(path, f"{name} is still {model.status}; wait until it is published, then run again")
    elif model.status in FAILED:
        yield Problem(path, f"{name} is {model.status} and can never be deployed; make a new version")
    if model.install_type and infer_type not in model.install_type:
        kinds = " and ".join(model.install_type)
        yield Problem(path, f"{name} is for {kinds} services, not for {infer_type} ones (its install_type)")
    if infer_type == "batch":
        yield from _check_batch(path, name, model, lookups)


def _not_found(path: str, model_id: str, lookups: PlanLookups) -> Iterator[Problem]:
    models = lookups.models()
    if not models:
        return  # who sees no model at all may lack the permission to
    versions = [one for one in models if one.name == model_id]
    if versions:
        newest = max(versions, key=lambda one: (one.create_at or 0, one.version))
        hint = f"; it is the name of a model, whose newest version {newest.version} has the id {newest.model_id}"
    else:
        hint = did_you_mean(model_id, [one.model_id for one in models])
    yield Problem(path, f"there is no model {model_id} in this project{hint}")


def _check_batch(path: str, name: str, model: ModelDetail, lookups: PlanLookups) -> Iterator[Problem]:
    """The cloud refuses a batch service of a model without input_params (ModelArts.3514)."""
    if model.input_params == []:
        yield Problem(path, f"{name} has no input_params, which batch services need; make a version with apis")
    elif model.input_params is None and not model.apis:
        lookups.warn(f"{name} answers no input_params; the cloud refuses batch services of models without them")
