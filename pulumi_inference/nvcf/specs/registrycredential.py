"""What NVCF logs in to a registry with (reference 12)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.nvcf.specs.function import KEY_NAME
from pulumi_inference.nvcf.specs.placed import Placed
from pulumi_inference.nvcf.specs.secrets import KEY_NAME_HINT, KEY_NAME_LENGTH

ArtifactType: TypeAlias = Literal["CONTAINER", "HELM", "MODEL", "RESOURCE"]

MOST_TAGS = 64

HOSTNAME = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]{2,63}$"
"""Names that servers have: no scheme, no port, no path."""


class RegistryCredentialSpec(Placed):
    """User and password with which NVIDIA Cloud Functions gets images, charts, models and files from a registry."""

    name: str | None = field(
        None,
        description="Name, unique in the account among those for the same registry. Left out, it is the resource's "
        "name with a hash.",
        source="api",
        wire="registryCredentialName",
        max_length=KEY_NAME_LENGTH,
        pattern=KEY_NAME,
        hint=KEY_NAME_HINT,
        update="secret",
        examples=("docker-hub",),
    )
    registry_hostname: str = field(
        description="Host of the registry: one that NVCF knows.",
        source="api",
        wire="registryHostname",
        min_length=4,
        max_length=253,
        pattern=HOSTNAME,
        hint='must be the name of a host alone, such as "nvcr.io", with neither scheme nor port nor path',
        immutable=True,
        examples=("nvcr.io", "docker.io"),
    )
    artifact_types: list[ArtifactType] = field(
        description="What it is for. More are added in place; with one less, it is made anew.",
        source="api",
        wire="artifactTypes",
        min_length=1,
        unordered=True,
        update="artifact_types",
    )
    user: str | None = field(
        None,
        description='User in the registry. Left out for hosts of NGC, where it is "$oauthtoken".',
        source="api",
        local=True,
        write_only=True,
        min_length=1,
        update="secret",
        examples=("alice",),
    )
    password: str | None = field(
        None,
        description="Password or token; on hosts of NGC a key of NGC. Required to make one; left out of one that was "
        "imported, user and password stay.",
        source="api",
        local=True,
        write_only=True,
        secret=True,
        min_length=1,
        update="secret",
    )
    tags: list[str] | None = field(
        None,
        description="Words to find it by. One more, which says what manages it, is hidden.",
        source="api",
        max_length=MOST_TAGS - 1,
        unordered=True,
        immutable=True,
        examples=(["team=search"],),
    )
    description: str | None = field(
        None, description="What it is for.", source="api", max_length=256, immutable=True, examples=("For search.",)
    )
    connection: str | None = connection_name()


class RegistryCredentialOutputs(Spec):
    """What is known of it besides."""

    registry_credential_id: str = field(description="Id.", source="api", wire="registryCredentialId", stable_unless=())
    registry_name: str | None = field(
        None, description="What NVCF calls the registry.", source="api", wire="registryName", stable_unless=()
    )
    owner: str | None = field(
        None, description="NCA id of the account that has it.", source="api", wire="ncaId", stable_unless=()
    )
    provisioned_by: str | None = field(
        None, description="USER, or SYSTEM.", source="api", wire="provisionedBy", stable_unless=()
    )
    key_type: str | None = field(
        None, description="Kind of the key, where NVCF says it: LEGACY is to be renewed.", source="api", wire="keyType"
    )
    created_at: str | None = field(
        None, description="When it was made, ISO 8601 in UTC.", source="api", wire="createdAt", stable_unless=()
    )
    last_updated_at: str | None = field(
        None, description="When it was changed last, ISO 8601 in UTC.", source="api", wire="lastUpdatedAt"
    )


class RegistryCredentialDetail(Record):
    """A registry credential as the cloud answers it, in its list too."""

    registry_credential_id: str = field(
        description="Its id.", source="api", wire="registryCredentialId", always_answered=True
    )
    name: str = field(description="Its name.", source="api", wire="registryCredentialName", always_answered=True)
    registry_hostname: str = field(
        description="Its registry.", source="api", wire="registryHostname", always_answered=True
    )
    artifact_types: list[str] = field(
        description="What it is for.", source="api", wire="artifactTypes", always_answered=True, min_length=1
    )
    tags: list[str] | None = field(None, description="Its tags.", source="api")
    description: str | None = field(None, description="Its description.", source="api")
    provisioned_by: str | None = field(None, description="Who has made it.", source="api", wire="provisionedBy")
