"""Keys with which services are called, and what they are bound to (modelarts-v2.md, sections 3.5, 8.3 and 8.4)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord

CREATE, LIST, BIND, TEMPORARY = "CreateInferApiKey", "ListInferApiKeys", "BindInferApiKey", "CreateInferTempApiKey"

USER, SERVICE = "USER", "SERVICE"
NAME_LENGTH = 64
DESCRIPTION_LIMIT = 256
MOST_KEYS = 100
"""How many keys an account has at most, unless its limit is another one."""


class ApiKeySpec(Placed):
    """A key with which services of ModelArts v2 are called whose `auth_type` is API_KEY."""

    name: str | None = field(
        None,
        description="Name, unique among the keys. Left out, it is the resource's name with a hash.",
        source=CREATE,
        pattern="^[A-Za-z0-9_\\-\u4e00-\u9fa5]{1,64}$",
        hint='must be 1 to 64 letters, Chinese characters, digits, "-" or "_"',
        immutable=True,
        examples=("chat-clients",),
    )
    scope: Literal["USER", "SERVICE"] = field(
        description="What it may call: all services of the user who makes it, or those that it is bound to.",
        source=CREATE,
        immutable=True,
    )
    description: str | None = field(
        None,
        description="What it is for.",
        source=CREATE,
        max_length=DESCRIPTION_LIMIT,
        pattern="^[^!<>=&'\"]*$",
        hint="must be a text without ! < > = & ' and \"",
        immutable=True,
        examples=("For the search team.",),
    )
    connection: str | None = connection_name()


class ApiKeyOutputs(Spec):
    """What is known of a key besides."""

    key_id: str = field(description="Id.", source=LIST, stable_unless=())
    api_key: str | None = field(
        None,
        description="The key itself: what callers send as `Authorization: Bearer KEY`. ModelArts tells it once, when "
        "it makes the key; of a key that was imported it is not known.",
        source=CREATE,
        secret=True,
        stable_unless=(),
    )
    workspace_id: str | None = field(None, description="Workspace that it belongs to.", source=LIST, stable_unless=())
    domain_id: str | None = field(None, description="Account that it belongs to.", source=LIST, stable_unless=())
    created_at: int | None = field(
        None,
        description="When it was made.",
        source=LIST,
        wire="create_time",
        unit="ms",
        moment=True,
        stable_unless=(),
    )


class BoundService(ModelArtsRecord):
    """A service that a key is bound to."""

    id: str = field(description="Id.", source=LIST, always_answered=True)
    name: str | None = field(None, description="Name.", source=LIST)


class ApiKeyDetail(ModelArtsRecord):
    """A key as the list has it: no other call answers one, and none its value."""

    key_id: str = field(description="Id.", source=LIST, always_answered=True)
    name: str = field(description="Name.", source=LIST, always_answered=True)
    scope: str = field(
        description="USER: for all services of its user; SERVICE: for those that it is bound to.",
        source=LIST,
        always_answered=True,
    )
    description: str | None = field(None, description="What it is for.", source=LIST)
    services: list[BoundService] = field([], description="What it is bound to.", source=LIST)
    workspace_id: str | None = field(None, description="Workspace.", source=LIST)
    domain_id: str | None = field(None, description="Account.", source=LIST)
    project_id: str | None = field(None, description="Project.", source=LIST)
    created_at: int | None = field(
        None, description="When it was made.", source=LIST, wire="create_time", unit="ms", moment=True
    )


class ApiKeyBindingSpec(Placed):
    """Lets a key with scope SERVICE call a service."""

    service_id: str = field(
        description="Id of the service.",
        source=BIND,
        pattern="^[^,/]+$",
        hint="must be an id",
        immutable=True,
    )
    key_id: str = field(
        description="Id of the key.",
        source=BIND,
        pattern="^[^,/]+$",
        hint="must be an id",
        immutable=True,
    )
    connection: str | None = connection_name(": that of the service")


class ApiKeyBindingOutputs(Spec):
    """What is known of a binding besides."""

    service_id: str = field(description="Id of the service.", source=LIST, stable_unless=())
    key_id: str = field(description="Id of the key.", source=LIST, stable_unless=())
    service_name: str | None = field(None, description="Name of the service.", source=LIST)
    key_name: str | None = field(None, description="Name of the key.", source=LIST, wire="name", stable_unless=())


class TemporaryApiKey(ModelArtsRecord):
    """A key that ends by itself."""

    api_key: str = field(
        description="The key itself. Callers send it as `Authorization: KEY`, with `X-Api-Key-Type: temp`.",
        source=TEMPORARY,
        always_answered=True,
        secret=True,
    )
    created_at: int | None = field(
        None, description="When it was made.", source=TEMPORARY, wire="create_time", unit="ms", moment=True
    )
    expires_at: int | None = field(
        None, description="When it ends.", source=TEMPORARY, wire="expire_time", unit="ms", moment=True
    )
