"""Which versions who calls may see and call."""

from typing import Final
from uuid import UUID

from ..routing import Call
from ..store import Document
from . import accounts, records
from .callerrors import CallError
from .callsettings import settings_of
from .errors import ProblemError

_TURN: Final = "nvcf.turn"


def is_uuid(text: str) -> bool:
    """Whether it is an id as the cloud's paths, headers and host names have it."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def check_id(text: str) -> str:
    """An id of a path, in lower case.

    Raises:
        CallError: 400, it is none.
    """
    if not is_uuid(text):
        raise CallError(400, f"Cannot parse '{text}' to a UUID")
    return text.lower()


def visible(call: Call, function_id: str, version_id: str | None) -> list[Document]:
    """The versions of a function that the caller may see, in the words of the control plane.

    Raises:
        ProblemError: 404, there are none; 400 for a function that is public.
    """
    caller, path = accounts.caller_of(call), call.request.path
    found = _versions(call, function_id, version_id)
    if any(records.is_public(one) for one in found):
        detail = f"Function id '{function_id}': Cannot get queue details of a public function"
        raise ProblemError(400, detail, instance=path)
    mine = [one for one in found if _may_call(caller, one) and caller.covers(one)]
    if not mine:
        which = f"Function id '{function_id}'" + (f", version '{version_id}'" if version_id else "")
        raise ProblemError(404, f"{which}: Not found in account '{caller.account}'", instance=path)
    return mine


def choose(call: Call, function_id: str, version_id: str | None, *, at_any_rate: bool = False) -> Document:
    """The version that takes a call; several that can take it do so in turn.

    Args:
        call: the call.
        function_id: what is called.
        version_id: which version; None is any.
        at_any_rate: also one that takes no new calls.

    Raises:
        CallError: 402, 403 for a key that does not have the function, 404, or 400 for a version that is degraded.
    """
    caller = accounts.caller_of(call)
    shared = [one for one in _versions(call, function_id, version_id) if _may_call(caller, one)]
    costs = any(records.is_public(one) and one["ncaId"] != caller.account for one in shared)
    if costs and not settings_of(call).credits:
        detail = f"Account '{caller.account}': Cloud credits expired - Please contact NVIDIA representatives"
        raise CallError(402, detail)
    candidates = [one for one in shared if records.is_public(one) or caller.covers(one)]
    if shared and not candidates:
        which = (
            f"Function id '{function_id}', version '{version_id}': " if version_id else f"Function '{function_id}':  "
        )
        raise CallError(403, f"{which}Missing resource entry in ApiKey for the function")
    able = [one for one in candidates if at_any_rate or records.is_invocable(one)]
    if able:
        return able[next_turn(call, function_id) % len(able)] if len(able) > 1 else able[0]
    if any(one["status"] == "DEGRADED" for one in candidates):
        raise CallError(400, f"Function id '{function_id}': DEGRADED function cannot be invoked")
    which = f"Function id '{function_id}' version '{version_id or 'null'}'"
    raise CallError(404, f"{which}: Specified function in account '{caller.account}' is not found")


def next_turn(call: Call, key: str) -> int:
    """0, 1, 2 and so on, for each key."""
    turn = (call.tx.get(_TURN, key) or {"next": 0})["next"]
    call.tx.put(_TURN, key, {"next": turn + 1})
    return int(turn)


def _versions(call: Call, function_id: str, version_id: str | None) -> list[Document]:
    if version_id is None:
        return records.find_versions(call.tx, function_id)
    found = records.find_version(call.tx, function_id, version_id)
    return [found] if found else []


def _may_call(caller: accounts.Caller, version: Document) -> bool:
    return records.may_call(version, caller.account, records.shared_with(version))
