"""How a service is called (modelarts-v2.md, section 4.2)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.modelartsv2.specs.deployment import STRATEGIES
from pulumi_inference.modelartsv2.specs.parts import CREATE_SERVICE as PAGE


class FuseConfigs(Spec):
    """When failing replicas get no more requests."""

    error_rate_fuse_enable: bool | None = field(None, description="Whether they do.", source=PAGE, server_default=True)
    error_rate_threshold: float | None = field(
        None, description="Share of errors that is too much.", source=PAGE, decimals=2, gt=0, le=1, server_default=True
    )


class ElbConnection(Spec):
    """A load balancer of one's own in front."""

    elb_id: str = field(description="Id of the load balancer.", source=PAGE, min_length=1)
    m_tls: bool | None = field(
        None, description="Whether callers need a certificate.", source=PAGE, server_default=True
    )
    ca_cert_id: str | None = field(
        None, description="Certificate of the callers' authority; HTTPS and WSS only.", source=PAGE, min_length=1
    )
    server_cert_id: str | None = field(
        None, description="Certificate of the server; HTTPS and WSS only.", source=PAGE, min_length=1
    )
    sni_cert_ids: list[str] | None = field(
        None, description="Certificates by name of the server.", source=PAGE, unordered=True
    )


class ServiceInvoke(Spec):
    """Port, protocol, authentication, addresses and routing."""

    port: int = field(description="Port that requests go to.", source=PAGE, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS", "WS", "WSS"] = field(
        "HTTP", description="Protocol of the requests; WS and WSS exclude rate limits.", source=PAGE
    )
    auth_type: Literal["TOKEN", "API_KEY", "NONE"] = field(
        description="Who may call it: who has an IAM token, or a key of modelartsv2.ApiKey, or everybody.",
        source=PAGE,
        effect=("traffic",),
    )
    internet_access_enable: bool | None = field(
        None, description="Whether it has a public address.", source=PAGE, server_default=True, effect=("traffic",)
    )
    intranet_approval_enable: bool | None = field(
        None, description="Whether access from a network has to be approved.", source=PAGE, server_default=True
    )
    custom_urls: list[str] | None = field(
        None,
        description="Addresses of one's own. ModelArts does not answer them.",
        source=PAGE,
        unordered=True,
        write_only=True,
    )
    dynamic_routing_enable: bool | None = field(
        None, description="Whether requests are routed by load.", source=PAGE, server_default=True
    )
    strategy: STRATEGIES | None = field(
        None, description="How requests are routed; dedicated pools only.", source=PAGE, server_default=True
    )
    ems_enable: bool | None = field(
        None, description="Whether the elastic memory store is used.", source=PAGE, server_default=True
    )
    metric_api_scheme: Literal["HTTP", "HTTPS"] | None = field(
        None, description="Protocol of the metrics that routing reads.", source=PAGE, server_default=True
    )
    metric_api_port: str | None = field(
        None,
        description="Port of these metrics.",
        source=PAGE,
        pattern="^[0-9]{1,5}$",
        hint='must be a port, as a text: "9100"',
        server_default=True,
    )
    metric_api_path: str | None = field(None, description="Path of these metrics.", source=PAGE, server_default=True)
    request_retry_enable: bool | None = field(
        None, description="Whether failed requests are made again.", source=PAGE, server_default=True
    )
    request_retry_cnt_max: int | None = field(
        None, description="How often.", source=PAGE, ge=1, le=10, server_default=True
    )
    request_retry_interval_ms: int | None = field(
        None, description="After how long.", source=PAGE, unit="ms", ge=1, le=10000, server_default=True
    )
    fuse_configs: FuseConfigs | None = field(
        None, description="When failing replicas get no more requests.", source=PAGE, server_default=True
    )
    elb_connection: ElbConnection | None = field(
        None, description="A load balancer of one's own in front.", source=PAGE
    )


class RateLimit(Spec):
    """How many requests there may be in a time."""

    num: int = field(description="Requests.", source=PAGE, unit="requests", ge=1, le=10000)
    unit: Literal["SECONDS", "MINUTES"] = field("SECONDS", description="In which time.", source=PAGE)


class ServiceLimit(Spec):
    """Limits of requests."""

    rate_limit: RateLimit = field(description="How many there may be.", source=PAGE)
    request_size_limit: int = field(description="How large one may be.", source=PAGE, unit="MB", ge=1, le=50)
    request_timeout: int = field(description="How long one may take.", source=PAGE, unit="s", ge=1, le=7200)
    ip_white_list: list[str] | None = field(None, description="Only from these addresses.", source=PAGE, unordered=True)
    ip_black_list: list[str] | None = field(None, description="Not from these addresses.", source=PAGE, unordered=True)


class ServerTaskLimit(Spec):
    """Tasks of an asynchronous service."""

    max_task: int = field(description="Tasks that may wait.", source=PAGE, unit="tasks", ge=0, le=10000)


class RuntimeConfig(Spec):
    """How a service is called, by whom and how much."""

    service_invoke: ServiceInvoke = field(description="Port, authentication, addresses and routing.", source=PAGE)
    service_limit: ServiceLimit = field(description="Limits of requests.", source=PAGE)
    server_task_limit: ServerTaskLimit | None = field(
        None, description="Tasks of an asynchronous service.", source=PAGE, server_default=True
    )
    smart_routing_enable: bool | None = field(
        None, description="Whether traffic is split by load.", source=PAGE, server_default=True
    )
