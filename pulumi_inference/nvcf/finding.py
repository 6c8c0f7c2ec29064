"""Which function is meant: by its ids, or by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.nvcf.client import NvcfClient, ids_of, is_uuid
from pulumi_inference.nvcf.specs.states import CALLABLE


def find_function(client: NvcfClient, function: str, version_id: str = "") -> tuple[str, str]:
    """The ids of a function and of one of its versions, "" where any will do.

    Args:
        client: whom to ask about a name; of ids nothing is asked.
        function: id of a function, `function_id,version_id`, or a name.
        version_id: id of a version, which wins.

    Raises:
        ConfigurationError: there is none of this name, or none of its versions can be called.
    """
    function_id, own = ids_of(function)
    if is_uuid(function_id) and (not own or is_uuid(own)):
        return function_id, version_id or own
    return _find_by_name(client, function, version_id)


def _find_by_name(client: NvcfClient, name: str, version_id: str) -> tuple[str, str]:
    for visibility in ("private", "authorized,public"):
        named = [one for one in client.list_functions(visibility) if one.get("name") == name]
        if named:
            return _newest(named, name, version_id)
    raise ConfigurationError(
        f"there is no function with the id or name {name!r}",
        next_step="`pulumi-inference nvcf functions` lists those that this key may see; a name ends in a hash unless "
        "the program gives it.",
    )


def _newest(named: list[dict[str, Any]], name: str, version_id: str) -> tuple[str, str]:
    """The newest that can be called, or the one that was asked for."""
    if version_id:
        fitting = [one for one in named if one.get("versionId") == version_id]
    else:
        fitting = [one for one in named if one.get("status") in CALLABLE]
    ids = [_ids(one) for one in sorted(fitting, key=lambda one: str(one.get("createdAt") or ""))]
    if not ids:
        states = [f"{one.get('versionId')}: {one.get('status')}" for one in named]
        problem = f"has no version {version_id}" if version_id else "has no version that can be called"
        raise ConfigurationError(
            f"the function {name} {problem}",
            details=states,
            next_step="Deploy one, and wait until it is ACTIVE.",
        )
    return ids[-1]


def _ids(function: Mapping[str, Any]) -> tuple[str, str]:
    return str(function.get("id") or ""), str(function.get("versionId") or "")
