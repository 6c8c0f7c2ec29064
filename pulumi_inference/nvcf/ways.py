"""The ways to call a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.nvcf.connection import NvcfConnection
from pulumi_inference.nvcf.hosts import FunctionEndpoint, HostEndpoint, LlmEndpoint
from pulumi_inference.nvcf.pexec import ExecEndpoint, PexecEndpoint

WAYS: Final[Mapping[str, type[FunctionEndpoint]]] = {
    "pexec": PexecEndpoint,
    "host": HostEndpoint,
    "exec": ExecEndpoint,
    "llm": LlmEndpoint,
}


def endpoint_of(
    context: Context, account: NvcfConnection, function_id: str, version_id: str = "", *, path: str = "", via: str = ""
) -> FunctionEndpoint:
    """Where a function is called: as `via` says; by default with a path its own host, and pexec without.

    Raises:
        ConfigurationError: an id is none, or the address of that way is not known.
    """
    return WAYS[via or ("host" if path else "pexec")](context, account, function_id, version_id)
