"""What can be set of NVCF."""

from dataclasses import dataclass

from ..routing import Call
from .callsettings import InvocationSettings


@dataclass(frozen=True, slots=True)
class NvcfSettings(InvocationSettings):
    """Settings with their defaults, beside those of calls; times in seconds.

    Args:
        period_seconds: how often the service looks at its deployments; the true one does it every minute.
        drain_seconds: how long a graceful undeployment takes at least, requests or not.
        idle_seconds: after how long without a request instances beyond the minimum go; None is never.
        strict_artifacts: images, charts, models and resources have to be of the documented form, and the account needs
            a registry credential for their host.
        strict_accounts: functions can be shared with accounts only that were seeded.
        ngc_errors: errors on paths with an organisation come in the proxy's envelope ``requestStatus``.
        older_names: ``sisRequestId`` instead of ``icmsRequestId``, and ``requestQueueUrl`` on deployments.
        complete_artifact_uris: models and resources without a host get that of the registry.
        no_cluster_groups: there are no cluster groups at all, which a deployment answers with 502.
        max_functions: most versions of an account, after which no new function is made; None is no limit (the service
            has 50).
        max_request_concurrency: ceiling of ``maxRequestConcurrency``.
        max_telemetries: most telemetries of an account; None is no limit (the service has 25).
        max_registry_credentials: most registry credentials of an account; None is no limit (the service has 25).
    """

    period_seconds: float = 1.0
    drain_seconds: float = 0.0
    idle_seconds: float | None = None
    strict_artifacts: bool = False
    strict_accounts: bool = False
    ngc_errors: bool = False
    older_names: bool = False
    complete_artifact_uris: bool = False
    no_cluster_groups: bool = False
    max_functions: int | None = None
    max_request_concurrency: int = 16384
    max_telemetries: int | None = None
    max_registry_credentials: int | None = None


def settings_of(call: Call) -> NvcfSettings:
    """Those in force."""
    return call.settings.of(NvcfSettings)
