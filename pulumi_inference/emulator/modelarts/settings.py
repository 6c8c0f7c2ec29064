"""What can be set of ModelArts, and what follows from it."""

from dataclasses import dataclass
from typing import Literal

from ..routing import Call


@dataclass(frozen=True, slots=True)
class ModelArtsSettings:
    """Settings with their defaults; times in seconds.

    Args:
        publish_seconds: how long publishing a model takes; None is as long as a deployment.
        build_seconds: how long a new model's image is built before it is published.
        strict_models: whether an unknown model is an error instead of counting as a published one; None is an error as
            soon as there is any model.
        strict_pools: an unknown pool, old cluster, security group, edge node or application is an error.
        strict_flavours: a flavour whose ``is_open`` is false is refused.
        strict_descriptions: refuse every character that any of the documents forbids.
        models_as_in_samples: models are answered as the documented samples show them: ``realtime`` in
            ``install_type``, and ``apis`` as JSON text.
        authorised: the account has let ModelArts act for it; otherwise it has to do so by ``/authorizations``.
        balance: ``arrears`` and ``suspended`` refuse deployments.
        sold_out: flavours that have no resources left.
        over_quota: flavours of which this account may have no more.
        not_open: flavours that this account has to apply for.
        max_instance_count: ceiling of ``instance_count``.
        max_services: most real-time services of a project; None is no limit (the manual says 20).
        max_batch_services: most batch services of a project; None is no limit (the manual says 1000).
        max_free_services: most services of the free flavour; None is no limit.
        max_free_instances: most instances of the free flavour; None is no limit.
        max_running_services: most real-time services that are not stopped, failed or finished; None is no limit.
        max_page_size: largest page of a list.
    """

    publish_seconds: float | None = None
    build_seconds: float = 0.0
    strict_models: bool | None = None
    strict_pools: bool = False
    strict_flavours: bool = False
    strict_descriptions: bool = False
    models_as_in_samples: bool = False
    authorised: bool = True
    balance: Literal["normal", "arrears", "suspended"] = "normal"
    sold_out: tuple[str, ...] = ()
    over_quota: tuple[str, ...] = ()
    not_open: tuple[str, ...] = ()
    max_instance_count: int = 128
    max_services: int | None = None
    max_batch_services: int | None = None
    max_free_services: int | None = None
    max_free_instances: int | None = None
    max_running_services: int | None = None
    max_page_size: int = 1000


def settings_of(call: Call) -> ModelArtsSettings:
    """Those in force."""
    return call.settings.of(ModelArtsSettings)


def seconds_to_publish(call: Call) -> float:
    """How long publishing a model takes."""
    publish = settings_of(call).publish_seconds
    return call.settings.deploy_seconds if publish is None else publish
