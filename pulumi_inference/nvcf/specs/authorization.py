"""With whom a function is shared (reference 11)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.nvcf.specs.function_parts import UUID, UUID_HINT
from pulumi_inference.nvcf.specs.placed import Placed


class AuthorizationSpec(Placed):
    """Accounts that may call a function of NVIDIA Cloud Functions, or one version of it."""

    function_id: str = field(
        description="Id of the function.", source="function-permissions", pattern=UUID, hint=UUID_HINT, immutable=True
    )
    version_id: str | None = field(
        None,
        description="Id of the version that is shared. Left out, all versions are, those to come as well.",
        source="function-permissions",
        pattern=UUID,
        hint=UUID_HINT,
        immutable=True,
    )
    accounts: list[str] = field(
        description="NCA ids of the accounts that may call it. Access that others have given is left as it is.",
        source="function-permissions",
        min_length=1,
        unordered=True,
        local=True,
        update="sharing",
        examples=(["JZcmYMPPAvpcDVPrXhSUuZDTPgWKhYNJPZKkeBRgdWA"],),
    )
    connection: str | None = connection_name(": that of the function")


class AuthorizationOutputs(Spec):
    """What is known of it besides."""

    function_id: str = field(description="Id of the function.", source="function-permissions", wire="id")
    owner: str | None = field(
        None, description="NCA id of the account that has the function.", source="function-permissions", wire="ncaId"
    )
    other_accounts: list[str] = field(
        [],
        description="Accounts that may call it too and that this resource has not given access.",
        source="function-permissions",
    )


class Party(Record):
    """An account that may call a function."""

    nca_id: str = field(description="Its NCA id.", source="function-permissions", wire="ncaId", always_answered=True)


class Sharing(Record):
    """A function or a version, and the accounts that may call it."""

    function_id: str = field(
        description="Id of the function.", source="function-permissions", wire="id", always_answered=True
    )
    version_id: str | None = field(
        None, description="Id of the version.", source="function-permissions", wire="versionId"
    )
    owner: str = field(
        description="NCA id of the account that has it.",
        source="function-permissions",
        wire="ncaId",
        always_answered=True,
    )
    parties: list[Party] = field(
        description="Who may call it.", source="function-permissions", wire="authorizedParties", always_answered=True
    )
    inherited: list[str] | None = field(
        None,
        description="Of a version: the accounts that all versions have in common. Found out by us.",
        source="pulumi-inference",
    )
