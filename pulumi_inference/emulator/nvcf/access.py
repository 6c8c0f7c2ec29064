"""Which versions who calls may see and call."""

from typing import Final
from uuid import UUID

from ..routing import Call
from ..store import Document
from . import accounts, records
from .callsettings import settings_of
from .errors import CallError, ProblemError

_TURN: Final = "nvcf.turn"
_EVERYBODY: Final = "*"


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
    own = accounts.account(call)
    found = _versions(call, function_id, version_id)
    if any(_EVERYBODY in _shared_with(one) for one in found):
        raise ProblemError(400, f"Function id '{function_id}': Cannot get queue details of a public function")
    mine = [one for one in found if records.may_call(one, own, _shared_with(one))]
    if not mine:
        which = f"Function id '{function_id}'" + (f", version '{version_id}'" if version_id else "")
        raise ProblemError(404, f"{which}: Not found in account '{own}'")
    return mine


def choose(call: Call, function_id: str, version_id: str | None, *, at_any_rate: bool = False) -> Document:
    """The version that takes a call; several that can take it do so in turn.

    Args:
        call: the call.
        function_id: what is called.
        version_id: which version; None is any.
        at_any_rate: also one that takes no new calls.

    Raises:
        CallError: 402, 404, or 400 for a version that is degraded.
    """
    own = accounts.account(call)
    candidates = []
    for version in _versions(call, function_id, version_id):
        others = _shared_with(version)
        if _EVERYBODY in others and version["ncaId"] != own and not settings_of(call).credits:
            text = f"Account '{own}': Cloud credits expired - Please contact NVIDIA representatives"
            raise CallError(402, text)
        if records.may_call(version, own, others):
            candidates.append(version)
    able = [version for version in candidates if at_any_rate or records.is_invocable(version)]
    if able:
        return able[next_turn(call, function_id) % len(able)] if len(able) > 1 else able[0]
    if any(version["status"] == "DEGRADED" for version in candidates):
        raise CallError(400, f"Function id '{function_id}': DEGRADED function cannot be invoked")
    which = f"Function id '{function_id}' version '{version_id or 'null'}'"
    raise CallError(404, f"{which}: Specified function in account '{own}' is not found")


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


def _shared_with(version: Document) -> list[str]:
    return records.shared_with(version)
