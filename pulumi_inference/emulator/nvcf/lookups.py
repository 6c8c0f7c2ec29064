"""How versions and deployments are found, and what is said when they are not there or not the caller's."""

from ..routing import Call
from ..store import Document
from . import llm, records
from .accounts import Caller
from .errors import ProblemError, invalid


def no_function(function_id: str, caller: Caller) -> ProblemError:
    """No such function in the account."""
    return ProblemError(404, f"Function id '{function_id}': Not found in account '{caller.account}'")


def no_version(function_id: str, version_id: str, caller: Caller) -> ProblemError:
    """No such version in the account."""
    where = f"Function id '{function_id}', version '{version_id}'"
    return ProblemError(404, f"{where}: Not found in account '{caller.account}'")


def forbidden(version: Document, what: str) -> ProblemError:
    """The key's resources do not have the version."""
    return ProblemError(403, f"{where(version)}: Forbidden to {what}")


def where(version: Document) -> str:
    """How messages begin."""
    return f"Function id '{version['id']}', version '{version['versionId']}'"


def own_version(call: Call, caller: Caller, what: str, *, public: str) -> Document:
    """The version of the path, which the caller owns and may change.

    Args:
        call: the request.
        caller: who calls.
        what: what is to be done with it, for the message.
        public: why it cannot be done with a public function.

    Raises:
        ProblemError: 400 for a public function, 404, 403.
    """
    function_id, version_id = call.params["functionId"], call.params["versionId"]
    version = records.find_version(call.tx, function_id, version_id)
    if version is not None and records.is_public(version) and public:
        raise invalid(f"{where(version)}: {public}")
    if version is None or version["ncaId"] != caller.account:
        raise no_version(function_id, version_id, caller)
    if not caller.covers(version):
        raise forbidden(version, what)
    return version


def join_family(version: Document, siblings: list[Document]) -> None:
    """Let a new version be one of the function.

    Raises:
        ProblemError: 400 when one of them serves language models and another one does not, and as
            :func:`.llm.join`.
    """
    kinds = {one["functionType"] for one in (version, *siblings)}
    if "LLM" not in kinds:
        return
    for sibling in siblings:
        if sibling["functionType"] != version["functionType"]:
            raise invalid(
                f"Function id '{version['id']}': all versions must share the same functionType; "
                f"existing version '{sibling['versionId']}' is '{sibling['functionType']}'"
            )
    llm.join(version, siblings)
