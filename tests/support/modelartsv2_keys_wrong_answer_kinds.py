"""Keys, bindings and intranet connections of ModelArts v2 that are given wrong answers."""

from __future__ import annotations

from typing import ClassVar

from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.modelartsv2.apikeybindings import ApiKeyBindingLifecycle
from pulumi_inference.modelartsv2.apikeys import ApiKeyLifecycle
from pulumi_inference.modelartsv2.intranetconnections import IntranetConnectionLifecycle
from tests.support.modelartsv2_keys import (
    BINDING_URN,
    CONNECTION_URN,
    KEY_URN,
    SERVICE_ID,
    Account,
    api_key,
    from_vpc,
)
from tests.support.world import Values, World
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answers import Names

_REFUSED = {"error_code": "ModelArts.50004000", "error_msg": "it broke"}
_GONE = 404, {"error_code": "ModelArts.3502", "error_msg": "API key does not exist."}
_KEY = "a" * 32


class ApiKey(Kind):
    """A key of ModelArts v2, whose answers are objects."""

    names = Names("key_id", "name", "status", "services", "data", _REFUSED, _GONE)
    detail, list = "/api-keys(/[^/]+)?$", "/api-keys$"
    is_only_listed = True
    waits = False
    urn = KEY_URN
    before: ClassVar[Values] = api_key()
    after = None

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ApiKeyLifecycle()

    def prepare(self, world: World) -> None:
        """What is spoiled has to be an object."""
        Account(world).set(key_answer="json")

    def live(self, world: World) -> list[Values]:
        """All keys."""
        return [{name: one[name] for name in ("key_id", "scope", "services")} for one in Account(world).keys()]


class ApiKeyBinding(Kind):
    """A binding of a key of ModelArts v2."""

    names = Names("key_id", "name", "status", "services", "data", _REFUSED, _GONE)
    detail, list = "/(api-keys|unbind)$", "/api-keys$"
    creates = "/bind$"
    remove = "POST"
    lists = False  # One that is there already is taken over, whoever made it.
    is_only_listed = True
    waits = False
    urn = BINDING_URN
    before: ClassVar[Values] = {"service_id": SERVICE_ID, "key_id": _KEY}
    after = None
    # What a preview is told of the key would be a lie of its own.
    config: ClassVar[dict[str, str]] = {"modelartsPlanChecks": "false"}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ApiKeyBindingLifecycle()

    def prepare(self, world: World) -> None:
        """A service, and a key."""
        account = Account(world)
        account.serve()
        account.seed(keys=[{"name": "clients", "scope": "SERVICE", "key_id": _KEY}])

    def live(self, world: World) -> list[Values]:
        """The services that the key is bound to: the first part of a binding's id."""
        return [{"key_id": service["id"]} for one in Account(world).keys() for service in one["services"]]


class IntranetConnection(Kind):
    """An intranet connection of ModelArts v2."""

    names = Names("id", "vpc_id", "status", "scene", "data", _REFUSED, _GONE)
    detail = "/intranet-connection/(requests|delete|[^/]+/modify)$"
    list = "/intranet-connection/requests$"
    creates = "/intranet-connection$"
    is_only_listed = True
    change = remove = "POST"
    urn = CONNECTION_URN
    before: ClassVar[Values] = from_vpc(custom_urls=["https://old.example.com"])
    after: ClassVar[Values] = from_vpc(custom_urls=["https://chat.example.com"])

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return IntranetConnectionLifecycle()

    def prepare(self, world: World) -> None:
        """A service."""
        Account(world).serve()

    def live(self, world: World) -> list[Values]:
        """All requests."""
        names = ("id", "status", "vpc_id")
        return [
            {**{name: one[name] for name in names}, "custom_url_list": one.get("custom_url_list")}
            for one in Account(world).connections()
        ]


MODELARTSV2_KEY_KINDS: dict[str, Kind] = {
    "API key": ApiKey(),
    "API key binding": ApiKeyBinding(),
    "intranet connection": IntranetConnection(),
}
