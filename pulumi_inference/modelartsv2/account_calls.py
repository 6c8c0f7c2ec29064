"""The calls about API keys and access from inside of networks (reference/modelarts-v2.md, sections 3.5 and 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import NotFoundError
from pulumi_inference.core.http.exchange import Due, Response, quote_segment
from pulumi_inference.core.http.members import Json, object_of
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.modelartsv2.calls import Calls, by_id, created
from pulumi_inference.modelartsv2.newkeys import is_same


class AccountCalls(Calls):
    """The verbs of keys and connections. Those that change something answer the id of the request."""

    def create_api_key(self, body: Mapping[str, Any]) -> Response:
        """Makes a key. The answer has its value, this one time, as JSON or as a CSV file. Never sent twice blindly."""
        return self._http.request("POST", self._keys(), json=body, due=Due.SECRET)

    def create_temporary_api_key(self, *, hours: int, workspace_id: str | None = None) -> Json:
        """Makes a key that ends by itself: ``api_key``, ``expire_time`` and ``create_time``."""
        body: dict[str, Any] = {"expire_time": hours}
        if workspace_id is not None:
            body["workspace_id"] = workspace_id
        # One too many does no harm: it ends by itself.
        return object_of(self._http.request("POST", self._keys("/temp"), json=body, idempotent=True))

    def list_api_keys(self, **filters: str | None) -> list[Json]:
        """All keys that match (``name``, ``key_id``, ``scope``, ``service_id`` …), without their values."""
        return self._listed(self._keys(), "key_id", filters)

    def get_api_key(self, key_id: str) -> Json:
        """A key as the list has it: no other call answers one. The id may be spelled with hyphens or without.

        Raises:
            NotFoundError: with ``is_gone``, the list lacks it.
        """
        found = self.list_api_keys(key_id=key_id, with_user_scope="true")
        row = next((one for one in found if is_same(one["key_id"], key_id)), None)
        if row is None:
            raise self._unlisted("API key", key_id, self._keys())
        return row

    def delete_api_key(self, key_id: str) -> str | None:
        """Deletes a key that is bound to no service any more."""
        return self._write("DELETE", self._keys(f"/{quote_segment(key_id)}")).request_id

    def bind_api_key(self, service_id: str, key_id: str) -> str | None:
        """Lets a key call a service."""
        return self._binding(service_id, key_id, "bind")

    def unbind_api_key(self, service_id: str, key_id: str) -> str | None:
        """Lets a key call a service no more."""
        return self._binding(service_id, key_id, "unbind")

    def create_intranet_connection(self, body: Mapping[str, Any]) -> Created:
        """Asks for access from a network. Never sent twice blindly."""
        return created(self._write("POST", self._connections(), body))

    def list_intranet_connections(self, **filters: str | None) -> list[Json]:
        """The requests for access of this account that match (``id``, ``service_id``, ``status``, ``vpc_id`` …)."""
        return self._listed(self._connections("/requests"), "id", filters)

    def get_intranet_connection(self, connection_id: str) -> Json:
        """A request for access, or the access, as the list of requests has it: no other call answers one.

        Raises:
            NotFoundError: with ``is_gone``, the list lacks it.
        """
        found = self.list_intranet_connections(id=connection_id)
        row = next((one for one in found if one["id"] == connection_id), None)
        if row is None:
            raise self._unlisted("intranet connection", connection_id, self._connections("/requests"))
        return row

    def act_on_intranet_connection(self, connection_id: str, action: str, reason: str | None = None) -> str | None:
        """APPROVE, REJECT, CANCEL or RETRY."""
        body = {"action": action} if reason is None else {"action": action, "reason": reason}
        return self._write("PUT", self._connections(f"/{quote_segment(connection_id)}"), body).request_id

    def modify_intranet_connection(self, connection_id: str, custom_urls: list[str]) -> str | None:
        """Sets the addresses of one's own."""
        path = self._connections(f"/{quote_segment(connection_id)}/modify")
        return self._write("POST", path, {"custom_urls": custom_urls}, idempotent=True).request_id

    def delete_intranet_connection(self, connection_id: str) -> str | None:
        """Deletes a request for access, or the access."""
        body = {"intranet_connection_ids": [connection_id]}
        return self._write("POST", self._connections("/delete"), body, idempotent=True).request_id

    def _listed(self, path: str, identity: str, filters: Mapping[str, str | None]) -> list[Json]:
        """A list that is all that tells of one; that there is none of the list itself says nothing of the thing."""
        try:
            return self._pages(path, by_id(identity), filters)
        except NotFoundError as error:
            error.is_gone = False
            raise

    def _unlisted(self, what: str, thing: str, path: str) -> NotFoundError:
        """The error for what the list lacks."""
        return NotFoundError(
            status=200,
            code=None,
            message=f"the list has no {what} {thing}",
            request_id=None,
            method="GET",
            path=path,
            is_gone=True,
        )

    def _keys(self, suffix: str = "") -> str:
        return f"{self._root}/services/api-keys{suffix}"

    def _connections(self, suffix: str = "") -> str:
        return f"{self._root}/intranet-connection{suffix}"

    def _binding(self, service_id: str, key_id: str, verb: str) -> str | None:
        path = self._service(service_id, f"/api-keys/{quote_segment(key_id)}/{verb}")
        return self._write("POST", path, idempotent=True).request_id
