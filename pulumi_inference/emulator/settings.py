"""What can be set on an emulator while it runs; kept in the store, so that every process sees the same."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from .store import Transaction
from .typed import fits

_KIND, _KEY = "settings", "settings"


class SettingsError(ValueError):
    """A setting has no such name or no such value; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; times in seconds.

    Args:
        deploy_seconds: how long a deployment takes; stopping and deleting take a third of it, at most 1 s.
        publish_seconds: how long publishing a model takes; None is as long as a deployment.
        build_seconds: how long a new model's image is built before it is published.
        latency_seconds: real time that each answer is held back, for benchmarks.
        seconds_per_request: how far each request moves the emulator's clock.
        max_skew_seconds: how far ``X-Sdk-Date`` may be from the unmoved clock; None checks nothing.
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
        max_body_bytes: largest body of a request that is signed with AK/SK.
        request_log_size: how many requests the log remembers.
    """

    deploy_seconds: float = 3.0
    publish_seconds: float | None = None
    build_seconds: float = 0.0
    latency_seconds: float = 0.0
    seconds_per_request: float = 0.0
    max_skew_seconds: float | None = 900.0
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
    max_body_bytes: int = 12 * 1024 * 1024
    request_log_size: int = 10_000

    @property
    def settle_seconds(self) -> float:
        """How long stopping and deleting take."""
        return min(1.0, self.deploy_seconds / 3)

    @property
    def seconds_to_publish(self) -> float:
        """How long publishing a model takes."""
        return self.deploy_seconds if self.publish_seconds is None else self.publish_seconds


def load(tx: Transaction) -> Settings:
    """The settings in force."""
    stored = tx.get(_KIND, _KEY)
    return _merged(Settings(), stored) if stored else Settings()


def change(tx: Transaction, changes: dict[str, Any]) -> Settings:
    """Change some settings and keep them.

    Raises:
        SettingsError: an unknown name or a wrong value.
    """
    settings = _merged(load(tx), changes)
    tx.put(_KIND, _KEY, asdict(settings))
    return settings


def _merged(settings: Settings, changes: dict[str, Any]) -> Settings:
    types = {field.name: field.type for field in fields(Settings)}
    unknown = sorted(set(changes) - set(types))
    if unknown:
        raise SettingsError(f"no such setting: {', '.join(unknown)}; there are {', '.join(types)}")
    return replace(settings, **{name: _checked(name, types[name], value) for name, value in changes.items()})


def _checked(name: str, wanted: Any, value: Any) -> Any:
    if not fits(wanted, value):
        raise SettingsError(f"setting {name} cannot be {value!r}")
    return tuple(value) if isinstance(value, list) else value
