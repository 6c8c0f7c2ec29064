"""A deployment, as a program says it (alaya.md, sections 4 to 9)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.alaya.specs.parts import (
    EXPERT_PAGE,
    LORA_PAGE,
    QUICK_START_PAGE,
    SCALE_PAGE,
    DeploymentTimeouts,
    Expert,
    Lora,
    QuickStart,
    Scale,
)
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.invocation.smoke_fields import SmokeTest, error_output, passed_output
from pulumi_inference.core.lifecycle.options import AtEndpoint, connection_name

OURS = "pulumi-inference"
NAME_LENGTH = 63


class DeploymentSpec(AtEndpoint):
    """A model that is served, in one of three forms: expert, quick_start or lora."""

    mode: str | None = field(
        None,
        description="The form: expert, quickStart or lora.",
        source=EXPERT_PAGE,
        local=True,
        resolved=True,
        immutable=True,
    )
    name: str | None = field(
        None,
        description="Display name. Left out, one is made. Names need not be unique.",
        source=EXPERT_PAGE,
        min_length=1,
        max_length=NAME_LENGTH,
        update="offline",
        effect=("downtime",),
    )
    vks_id: str | None = field(
        None,
        description="Id of the cluster (VKS) that it runs in. Required but for LoRA, which has its base's.",
        source=EXPERT_PAGE,
        wire="vksId",
        immutable=True,
        sometimes_answered=True,
        min_length=1,
        examples=("vc0000000001",),
    )
    namespace: str | None = field(
        None,
        description="Namespace in that cluster. Required but for LoRA, which has its base's.",
        source=EXPERT_PAGE,
        immutable=True,
        sometimes_answered=True,
        min_length=1,
        examples=("default",),
    )
    model_id: str = field(
        description="Id of the model in the registry; for LoRA that of a model of type LoRA.",
        source=EXPERT_PAGE,
        wire="modelId",
        min_length=1,
        update="offline",
        sometimes_answered=True,
        effect=("downtime",),
    )
    served_name: list[str] = field(
        description="What callers write as `model`: the model's names, or those of the adapter.",
        source=EXPERT_PAGE,
        wire="servedName",
        unordered=True,
        min_length=1,
        update="offline",
        sometimes_answered=True,
        effect=("downtime",),
        examples=(["demo"],),
    )
    expert: Expert | None = field(
        None,
        description="The Expert form: containers of one's own, on one node or several.",
        source=EXPERT_PAGE,
        update="offline",
        sometimes_answered=True,
        effect=("downtime",),
    )
    quick_start: QuickStart | None = field(
        None,
        description="The Quick Start form: an engine of the platform's.",
        source=QUICK_START_PAGE,
        wire="quickStart",
        update="offline",
        sometimes_answered=True,
        effect=("downtime",),
    )
    lora: Lora | None = field(
        None,
        description="The LoRA form: an adapter on another deployment.",
        source=LORA_PAGE,
        immutable=True,
        sometimes_answered=True,
    )
    scale: Scale | None = field(
        None,
        description="How many instances there are; not for LoRA. Alaya NeW does not answer it, so that a change "
        "outside of the program is not seen.",
        source=SCALE_PAGE,
        update="scale",
        sometimes_answered=True,
        effect=("capacity",),
    )
    extensions: dict[str, str] | None = field(
        None,
        description="Fields of one's own of an Expert deployment, by which lists can be filtered. Alaya NeW does not "
        "answer them.",
        source=EXPERT_PAGE,
        immutable=True,
        sometimes_answered=True,
        examples=({"team": "search"},),
    )
    image_pull_passwords: dict[str, str] | None = field(
        None,
        description="Passwords that go with image_pull_secret, of the head and of the workers.",
        source=EXPERT_PAGE,
        hint='the keys are head and worker, as in {"head": "password"}',
        secret=True,
        local=True,
        write_only=True,
        update="offline",
        effect=("downtime",),
    )
    secret_env: dict[str, dict[str, str]] | None = field(
        None,
        description="Secret environment variables of the head and of the workers; sent together with their env.",
        source=EXPERT_PAGE,
        hint='the first key is head or worker, as in {"head": {"NAME": "value"}}',
        secret=True,
        local=True,
        update="offline",
        effect=("downtime",),
    )
    on_offline_change: Literal["error", "restart", "replace"] = field(
        "error",
        description="What becomes of a change that a running deployment does not take: an error in the preview; stop, "
        "update and start, with all that is loaded on it; or another deployment beside it, which has another address.",
        source=OURS,
        local=True,
    )
    smoke_test: SmokeTest | None = field(
        None,
        description="What the deployment has to answer, at a path such as /v1/chat/completions.",
        source=OURS,
        local=True,
        write_only=True,
        update="smoke_test",
    )
    wait: bool = field(True, description="Whether to wait until it runs.", source=OURS, local=True)
    timeouts: DeploymentTimeouts | None = field(None, description="How long to wait.", source=OURS, local=True)
    connection: str | None = connection_name()


class DeploymentOutputs(Spec):
    """What is known of a deployment."""

    service_id: str = field(description="Id.", source=EXPERT_PAGE, wire="serviceId")
    status: str = field(description="starting, running, stopping, stopped or failed.", source=EXPERT_PAGE)
    service_url: str | None = field(
        None,
        description="Where it is called: the base URL, which /v1/… follows. From when it first runs.",
        source=EXPERT_PAGE,
        wire="serviceUrl",
        stable_unless=(),
    )
    api_key: str | None = field(
        None,
        description="The key that its callers send as the header apiKey. From when it first runs.",
        source=EXPERT_PAGE,
        wire="apiKey",
        secret=True,
        stable_unless=(),
    )
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
