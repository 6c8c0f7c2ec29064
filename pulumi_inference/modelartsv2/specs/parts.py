"""What services and deployments have in common (modelarts-v2.md, sections 4.5 to 4.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import timeout

OURS = "pulumi-inference"
CREATE_SERVICE = "CreateInferService"
UPDATE_SERVICE = "UpdateInferService"
SHOW_SERVICE = "ShowInferService"
CREATE_DEPLOYMENT = "CreateInferDeployment"
UPDATE_DEPLOYMENT = "UpdateInferDeployment"
SHOW_DEPLOYMENT = "ShowInferDeployment"

DESCRIPTION_LIMIT = 512
NAME = "^[A-Za-z0-9_\\-\u4e00-\u9fa5]{1,64}$"
NAME_HINT = 'must be 1 to 64 letters (Chinese ones too), digits, "-" or "_"'

PERCENT = r"^([1-9][0-9]?|100)%$"
PERCENT_HINT = 'must be a percentage such as "25%", from "1%" to "100%"'


def workspace_of(inputs: Mapping[str, Any]) -> str:
    """The workspace that a thing is in, the default one when nothing says so."""
    workspace = inputs.get("workspace_id")
    return workspace if isinstance(workspace, str) else "0"


class RollingUpdate(Spec):
    """How many replicas a roll-out may add, and how many may be missing, of the wanted ones."""

    max_surge: str | None = field(
        None,
        description="Replicas added while rolling; left out, 1%.",
        source=CREATE_SERVICE,
        pattern=PERCENT,
        hint=PERCENT_HINT,
        server_default=True,
        examples=("25%",),
    )
    max_unavailable: str | None = field(
        None,
        description="Replicas that may be missing while rolling; left out, 1%. With 100% nothing answers for a moment.",
        source=CREATE_SERVICE,
        pattern=PERCENT,
        hint=PERCENT_HINT,
        server_default=True,
        examples=("1%",),
    )


class UpgradeConfig(Spec):
    """How a new version is rolled out."""

    type: Literal["ROLLING"] = field("ROLLING", description="Kind of the roll-out.", source=CREATE_SERVICE)
    rolling_update: RollingUpdate | None = field(
        None, description="How many replicas at a time.", source=CREATE_SERVICE, server_default=True
    )


class SecretVolume(Spec):
    """A secret, mounted as a file."""

    mount_path: str = field(description="Where it is mounted.", source=CREATE_SERVICE, min_length=1)
    secret_name: str | None = field(None, description="Name of the secret.", source=CREATE_SERVICE, min_length=1)
    secret_key: str | None = field(
        None,
        description="Name of the file.",
        source=CREATE_SERVICE,
        pattern=r"^(?!\.\.)[A-Za-z0-9._-]{1,63}$",
        hint='must be 1 to 63 letters, digits, ".", "_" or "-", not beginning with ".."',
    )
    secret_value: str | None = field(
        None,
        description="What the file holds, in base64.",
        source=CREATE_SERVICE,
        min_length=1,
        max_length=32768,
        secret=True,
    )


class ServiceSecret(Spec):
    """Secrets, mounted as files."""

    secret_enable: bool = field(True, description="Whether they are mounted.", source=CREATE_SERVICE)
    secret_type: Literal["custom", "dew"] = field(
        "custom",
        description="custom: the values stand here; dew: in the Data Encryption Workshop.",
        source=CREATE_SERVICE,
    )
    secret_volumes: list[SecretVolume] | None = field(
        None, description="The files.", source=CREATE_SERVICE, keyed_by=("mount_path", "secret_key"), max_length=30
    )
    group_enable: bool | None = field(
        None, description="Whether the files belong to a group.", source=CREATE_SERVICE, server_default=True
    )
    group_id: int | None = field(
        None, description="The group they belong to.", source=CREATE_SERVICE, ge=1000, le=4294967294
    )


class Timeouts(Spec):
    """How long to wait. Pulumi's `custom_timeouts` win."""

    create: str | None = timeout(
        description="For the first deployment; by default 20m, or 5 minutes more than deploy_timeout_minutes.",
        example="40m",
    )
    update: str | None = timeout(description="For a roll-out, a start or a stop; as for create.", example="40m")
    delete: str | None = timeout(description="Until it is gone; 20m by default.", example="10m")
