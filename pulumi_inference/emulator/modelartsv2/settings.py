"""What can be set of ModelArts v2."""

from dataclasses import dataclass
from typing import Literal

from ..huaweicloud.settings import settle_seconds
from ..routing import Call


@dataclass(frozen=True, slots=True)
class ModelArtsV2Settings:
    """Settings with their defaults; times in seconds.

    The first ones are about what happens, those from ``not_found_as_400`` on about how it is told.

    Args:
        upgrade_seconds: how long a roll-out, a switch and an update of a service take; None is as a deployment.
        scale_seconds: how long new instances take to come up; None is as a deployment.
        stop_seconds: how long stopping and interrupting take; None is a third of a deployment, at most a second.
        delete_seconds: how long deleting takes; None is as for stopping.
        connect_seconds: how long an intranet connection takes; None is as for stopping.
        list_seconds: how long a new service is missing from the list.
        strict_names: ids only where the reference has ids in a path, and names where it has names.
        put_starts: a deployment that has stopped is started by a ``PUT``.
        put_from_failed: a deployment that has failed takes a ``PUT``, which deploys it.
        every_put_adds_version: a ``PUT`` of a deployment makes a version whatever it changes.
        scale_shows_upgrading: a deployment is ``UPGRADING`` while it is scaled.
        busy_delete: what is deploying or upgrading can be deleted.
        delete_bound_keys: a key that is bound to services can be deleted.
        hpa_delete: rules of replicas can be deleted by ``DELETE``.
        hpa_update_id: whose id a change of the rules has to name.
        cron_time_zone: in which time zone the rules of replicas are.
        intranet_approval: which intranet connections have to be approved: those to a service that wants it, all, none.
        public_pool: the region has a public pool.
        check_pools: a pool that there is not is refused.
        custom_metrics_required: a service needs ``custom_metrics_path``.
        layer_a: the paths of the first release of the API are there: versions of services, switch, interrupt.
        sold_out: flavours without resources.
        max_services: most services of a project.
        max_keys: most API keys of a project.
        max_versions: most versions of a deployment.
        not_found_as_400: what is not there is 400.
        no_deployment_state: the state of a service without deployment.
        early_version: a deployment shows the new version from the beginning of a roll-out.
        secret_in_answer: whether values of secrets come back.
        key_answer: how a new key is answered: as a file of comma-separated values, perhaps with a byte order mark, or
            as JSON.
        key_id_form: how ids of keys are written.
        null_weights: instances have no weight.
        fuzzy_names: the list's filter ``name`` wants a part of the name, else the whole.
    """

    upgrade_seconds: float | None = None
    scale_seconds: float | None = None
    stop_seconds: float | None = None
    delete_seconds: float | None = None
    connect_seconds: float | None = None
    list_seconds: float = 0.0
    strict_names: bool = True
    put_starts: bool = False
    put_from_failed: bool = False
    every_put_adds_version: bool = False
    scale_shows_upgrading: bool = True
    busy_delete: bool = True
    delete_bound_keys: bool = False
    hpa_delete: bool = False
    hpa_update_id: Literal["policy", "deployment", "any"] = "policy"
    cron_time_zone: Literal["UTC", "Asia/Shanghai"] = "UTC"
    intranet_approval: Literal["service", "always", "never"] = "service"
    public_pool: bool = True
    check_pools: bool = True
    custom_metrics_required: bool = False
    layer_a: bool = False
    sold_out: tuple[str, ...] = ()
    max_services: int | None = 20
    max_keys: int | None = 100
    max_versions: int = 20
    not_found_as_400: bool = False
    no_deployment_state: Literal["INIT", "STOPPED"] = "INIT"
    early_version: bool = False
    secret_in_answer: Literal["plain", "missing"] = "plain"  # noqa: S105 - no secret
    key_answer: Literal["csv", "csv_bom", "json"] = "csv"
    key_id_form: Literal["hex", "uuid"] = "hex"
    null_weights: bool = False
    fuzzy_names: bool = True


def settings_of(call: Call) -> ModelArtsV2Settings:
    """Those in force."""
    return call.settings.of(ModelArtsV2Settings)


def upgrade_ms(call: Call) -> int:
    """How long a roll-out takes."""
    return _ms(settings_of(call).upgrade_seconds, call.settings.deploy_seconds)


def scale_ms(call: Call) -> int:
    """How long new instances take to come up."""
    return _ms(settings_of(call).scale_seconds, call.settings.deploy_seconds)


def stop_ms(call: Call) -> int:
    """How long stopping takes."""
    return _ms(settings_of(call).stop_seconds, settle_seconds(call))


def delete_ms(call: Call) -> int:
    """How long deleting takes."""
    return _ms(settings_of(call).delete_seconds, settle_seconds(call))


def connect_ms(call: Call) -> int:
    """How long an intranet connection takes."""
    return _ms(settings_of(call).connect_seconds, settle_seconds(call))


def _ms(seconds: float | None, usual: float) -> int:
    return round(1000 * (usual if seconds is None else seconds))
