"""Access to services from inside of networks (modelarts-v2.md, section 8.5)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import connection_name, timeout
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord

CREATE, LIST = "CreateInferIntranetConnection", "ListInferIntranetConnectionApplications"
OURS = "pulumi-inference"

VPC, POOL = "VPC", "POOL"
SERVICE, GLOBAL = "SERVICE", "GLOBAL"

APPROVING, REJECTED, CONNECTING, CONNECTED = "APPROVING", "REJECTED", "CONNECTING", "CONNECTED"
CANCELED, FAILED, DELETING = "CANCELED", "FAILED", "DELETING"
ENDED = (REJECTED, CANCELED)
"""States that nothing leads out of."""

MOST_URLS, LONGEST_URL = 10, 1024


class IntranetConnectionTimeouts(Spec):
    """How long to wait."""

    create: str | None = timeout(description="Until it is approved and connected; 30m by default.", example="24h")
    update: str | None = timeout(description="Until it is connected again; 30m by default.", example="1h")
    delete: str | None = timeout(description="Until it is gone; 20m by default.", example="40m")


class IntranetConnectionSpec(Placed):
    """A way to services of ModelArts v2 from inside of a network, past the Internet."""

    scene: Literal["VPC", "POOL"] = field(
        description="Where callers are: in a VPC, or in a dedicated pool.",
        source=CREATE,
        immutable=True,
        sometimes_answered=True,
    )
    vpc_id: str | None = field(
        None,
        description="Id of the VPC; required in scene VPC.",
        source=CREATE,
        min_length=1,
        immutable=True,
        sometimes_answered=True,
    )
    subnet_id: str | None = field(
        None,
        description="Id of its subnet; required in scene VPC.",
        source=CREATE,
        min_length=1,
        immutable=True,
        sometimes_answered=True,
    )
    pool_id: str | None = field(
        None,
        description="Id of the dedicated pool; required in scene POOL.",
        source=CREATE,
        min_length=1,
        immutable=True,
        sometimes_answered=True,
    )
    type: Literal["SERVICE", "GLOBAL"] = field(
        "SERVICE",
        description="Whether it leads to one service, or to all.",
        source=CREATE,
        immutable=True,
        sometimes_answered=True,
    )
    service_id: str | None = field(
        None,
        description="Id of the service; required with type SERVICE.",
        source=CREATE,
        min_length=1,
        immutable=True,
        sometimes_answered=True,
    )
    dispatcher_group_id: str | None = field(
        None,
        description="Id of the group of dispatchers, as the service's output of that name says it.",
        source=CREATE,
        min_length=1,
        immutable=True,
        sometimes_answered=True,
        server_default=True,
    )
    custom_urls: list[str] | None = field(
        None,
        description="Addresses of one's own, which begin with http, https, ws or wss. An empty list takes them away.",
        source=CREATE,
        max_length=MOST_URLS,
        unordered=True,
        sometimes_answered=True,
        update="modify",
        examples=(["https://chat.example.com"],),
    )
    wait: bool = field(
        True,
        description="Whether to wait until it is connected, which somebody may have to approve first.",
        source=OURS,
        local=True,
    )
    timeouts: IntranetConnectionTimeouts | None = field(None, description="How long to wait.", source=OURS, local=True)
    connection: str | None = connection_name()


class IntranetConnectionOutputs(Spec):
    """What is known of an access besides."""

    intranet_connection_id: str = field(description="Id.", source=LIST, wire="id", stable_unless=())
    status: str = field(
        description="APPROVING, REJECTED, CONNECTING, CONNECTED, CANCELED, FAILED or DELETING.", source=LIST
    )
    message: str | None = field(None, description="Why it was rejected or has failed.", source=LIST)
    url_list: list[str] | None = field(None, description="Where the services are called.", source=LIST)
    service_name: str | None = field(None, description="Name of the service.", source=LIST)
    service_type: str | None = field(None, description="Type of the service.", source=LIST, stable_unless=())
    maos_network_name: str | None = field(
        None, description="Name of the network of the pool.", source=LIST, stable_unless=()
    )
    applicant_user_name: str | None = field(None, description="Who has asked for it.", source=LIST, stable_unless=())
    owner_domain_name: str | None = field(
        None, description="The account that approves it.", source=LIST, stable_unless=()
    )
    created_at: int | None = field(
        None,
        description="When it was asked for.",
        source=LIST,
        wire="create_at",
        unit="ms",
        moment=True,
        stable_unless=(),
    )


class IntranetConnectionDetail(ModelArtsRecord):
    """An access as the list of requests has it: no other call answers one."""

    intranet_connection_id: str = field(description="Id.", source=LIST, wire="id", always_answered=True)
    status: str = field(description="State.", source=LIST, always_answered=True)
    scene: str = field(description="Where callers are.", source=LIST, always_answered=True)
    type: str | None = field(None, description="SERVICE or GLOBAL.", source=LIST)
    service_id: str | None = field(None, description="Service.", source=LIST)
    service_name: str | None = field(None, description="Name of the service.", source=LIST)
    vpc_id: str | None = field(None, description="VPC.", source=LIST)
    subnet_id: str | None = field(None, description="Subnet.", source=LIST)
    pool_id: str | None = field(None, description="Dedicated pool.", source=LIST)
    dispatcher_group_id: str | None = field(None, description="Group of dispatchers.", source=LIST)
    url_list: list[str] = field([], description="Where the services are called.", source=LIST)
    custom_urls: list[str] = field([], description="Addresses of one's own.", source=LIST, wire="custom_url_list")
    message: str | None = field(None, description="Why it was rejected or has failed.", source=LIST)
    owner_domain_name: str | None = field(None, description="The account that approves it.", source=LIST)
    created_at: int | None = field(
        None, description="When it was asked for.", source=LIST, wire="create_at", unit="ms", moment=True
    )
