"""The parts of a function: what it runs, how it is watched and limited."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pulumi_inference.core.fields.facts import Spec, field

SOURCE = "function-creation"

RATE = r"(?!.*-([SMHD]).*-\1)[1-9][0-9]*-[SMHD](,\s*[1-9][0-9]*-[SMHD])*"
LLM_RATE = r"(?!.*-([SMHDW]).*-\1)[1-9][0-9]*-[SMHDW](,\s*[1-9][0-9]*-[SMHDW])*"
RATE_HINT = 'must be a rate such as "10-S" or "10-S,500-H": a number and S, M, H or D, each unit once'
LLM_RATE_HINT = 'must be a rate such as "1000-S" or "1000-S,100000-H": a number and S, M, H, D or W, each unit once'
UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UUID_HINT = "must be an id of the form 6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10"
DURATION = r"P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,9})?S)?)?"
DURATION_HINT = 'must be an ISO 8601 duration such as "PT10S" or "PT2M"'

FunctionType: TypeAlias = Literal["DEFAULT", "STREAMING", "LLM"]
RoutingMethod: TypeAlias = Literal[
    "power-of-two",
    "wait-and-widen",
    "round-robin",
    "random",
    "pulsar",
    "pulsar-wait-and-widen",
    "groq-multiregion",
    "pulsar-multiregion",
]


class FunctionHealth(Spec):
    """How NVCF finds out whether an instance can be called."""

    protocol: Literal["HTTP", "gRPC"] = field(description="HTTP or gRPC.", source=SOURCE)
    uri: str = field(description="Path that is asked.", source=SOURCE, min_length=1, examples=("/v2/health/ready",))
    port: int = field(description="Port that is asked, usually the inference port.", source=SOURCE, ge=1, le=65535)
    timeout: str = field(
        description="How long an answer may take: an ISO 8601 duration.",
        source=SOURCE,
        pattern=DURATION,
        hint=DURATION_HINT,
        examples=("PT10S",),
    )
    expected_status_code: int = field(
        description="HTTP status of a healthy instance.", source=SOURCE, wire="expectedStatusCode", ge=100, le=599
    )


class LlmConfig(Spec):
    """How a model of an LLM function is called; rates and routing are the same in all versions."""

    uris: list[str] = field(
        description="OpenAI paths that the model serves. All versions of a function have the same.",
        source=SOURCE,
        immutable=True,
        unordered=True,
        min_length=1,
        examples=(["/v1/chat/completions"],),
    )
    tokenizer: str | None = field(
        None,
        description="Tokenizer that counts the tokens. All versions of a function have the same.",
        source=SOURCE,
        immutable=True,
    )
    token_rate_limit: str | None = field(
        None,
        description="Most tokens, in all versions of the function.",
        source=SOURCE,
        wire="tokenRateLimit",
        pattern=LLM_RATE,
        hint=LLM_RATE_HINT,
        update="llm",
        examples=("1000-S,100000-H",),
    )
    routing_method: RoutingMethod | None = field(
        None,
        description="How an instance is chosen, in all versions of the function; left out, as the router likes.",
        source=SOURCE,
        wire="routingMethod",
        update="llm",
    )


class FunctionModel(Spec):
    """A model: mounted into the container, or served by a built-in Triton where there is none."""

    name: str = field(description="Name, once in a function.", source=SOURCE, immutable=True, min_length=1)
    version: str | None = field(
        None, description="Version; required unless the function is an LLM.", source=SOURCE, immutable=True
    )
    uri: str | None = field(
        None,
        description="Where the model is in NGC; required unless the function is an LLM.",
        source=SOURCE,
        immutable=True,
        examples=("https://api.ngc.nvidia.com/v2/org/ORG/models/NAME/VERSION/files",),
    )
    llm_config: LlmConfig | None = field(
        None, description="How it is called, of an LLM function.", source=SOURCE, wire="llmConfig"
    )


class FunctionResource(Spec):
    """Files of NGC that are mounted into the container."""

    name: str = field(description="Name.", source=SOURCE, min_length=1)
    version: str = field(description="Version.", source=SOURCE, min_length=1)
    uri: str = field(
        description="Where the files are in NGC.",
        source=SOURCE,
        min_length=1,
        examples=("https://api.ngc.nvidia.com/v2/org/ORG/resources/NAME/VERSION/files",),
    )


class FunctionTelemetries(Spec):
    """Where logs, metrics and traces go: ids of telemetry endpoints of the account, one of them at least."""

    logs_telemetry_id: str | None = field(
        None, description="For logs.", source=SOURCE, wire="logsTelemetryId", pattern=UUID, hint=UUID_HINT
    )
    metrics_telemetry_id: str | None = field(
        None, description="For metrics.", source=SOURCE, wire="metricsTelemetryId", pattern=UUID, hint=UUID_HINT
    )
    traces_telemetry_id: str | None = field(
        None, description="For traces.", source=SOURCE, wire="tracesTelemetryId", pattern=UUID, hint=UUID_HINT
    )


def _rate(*, description: str, wire: str) -> Any:
    """Declares a rate."""
    return field(
        None, description=description, source=SOURCE, wire=wire, pattern=RATE, hint=RATE_HINT, examples=("10-S,500-H",)
    )


class FunctionRateLimit(Spec):
    """How often a version may be called; one of the three rates at least."""

    rate_limit: str | None = _rate(description="By all callers together.", wire="rateLimit")
    per_nca_id_rate: dict[str, str] | None = field(
        None,
        description="By one account (NCA id), of at most 32.",
        source=SOURCE,
        wire="perNcaIdRate",
        examples=({"ACCOUNT": "5-S"},),
    )
    exempted_nca_ids: list[str] | None = field(
        None,
        description="Accounts that rate_limit does not hold for, at most 32.",
        source=SOURCE,
        wire="exemptedNcaIds",
        unordered=True,
        max_length=32,
    )
    per_user_rate: str | None = _rate(description="By one user, known by a token.", wire="perUserRate")
    sync_check: bool = field(
        False, description="Whether each call is counted before it is let through.", source=SOURCE, wire="syncCheck"
    )


class LlmPriority(Spec):
    """Who comes first at an LLM function: the lower the number, the sooner."""

    default_priority: int | None = field(
        None,
        description="Of accounts that are not named; required when any is.",
        source=SOURCE,
        wire="defaultPriority",
        ge=0,
        le=4294967295,
    )
    per_account_priority: dict[str, int] | None = field(
        None,
        description="By account (NCA id), of at most 64.",
        source=SOURCE,
        wire="perAccountPriority",
        ge=0,
        le=4294967295,
    )


class LlmInvocationConfig(Spec):
    """How calls of an LLM function are treated, in all of its versions."""

    priority: LlmPriority = field(description="Who comes first.", source=SOURCE)
