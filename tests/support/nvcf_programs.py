"""Random programs of NVCF's functions and deployments that the cloud accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts
from pulumi_inference.nvcf.deployments import rules as deployment_rules
from pulumi_inference.nvcf.deployments import values as deployment_values
from pulumi_inference.nvcf.functions import rules as function_rules
from pulumi_inference.nvcf.functions import values as function_values
from pulumi_inference.nvcf.specs.deployment import DeploymentSpec, DeploymentSpecification, ScalingDetails
from pulumi_inference.nvcf.specs.function import FunctionSpec
from pulumi_inference.nvcf.specs.function_parts import FunctionRateLimit, LlmConfig
from tests.support.changes import Subject
from tests.support.specs import JSON, WORDS, Values, documents

KINDS = ("container", "chart", "models", "LLM")
TELEMETRIES = {
    kind: [f"00000000-0000-4000-8000-{number:012d}" for number in (first, first + 1)]
    for first, kind in ((1, "LOGS"), (3, "METRICS"), (5, "TRACES"))
}
"""Ids of telemetries that have to be seeded, by their type."""

NAMES = st.from_regex(r"[a-z0-9A-Z][a-z0-9A-Z_-]{0,9}", fullmatch=True)
RATES = st.sampled_from(("1-S", "10-S,500-H", "3-D", "7-M, 9-D"))
OWN, OTHERS = ("nca-a", "nca-b"), ("nca-c", "nca-d")
URIS = st.sampled_from(
    [f"{host}/v2/org/o/models/{one}/1/files" for one in "mn" for host in ("", "https://api.ngc.nvidia.com")]
)
TEXTS = st.text(alphabet="abc xyz.0189-_/", min_size=1, max_size=12).map(str.strip).filter(bool)
PATHS = ("/v1/chat/completions", "/v1/responses", "/v1/embeddings")

FUNCTION_OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "inference_url": st.sampled_from(("/", "/echo", "/v2/models/echo/infer", "/grpc")),
    "inference_port": st.sampled_from((8000, 8001, 50051)),
    "port": st.sampled_from((8000, 8001, 50051)),
    "container_image": st.sampled_from(("nvcr.io/acme/echo:1", "nvcr.io/acme/echo:2", "docker.io/acme/echo:1")),
    "container_environment": st.dictionaries(NAMES, WORDS, min_size=1, max_size=3),
    "container_args": TEXTS,
    "description": TEXTS,
    "helm_chart": st.sampled_from(("https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz", "oci://h/acme/echo")),
    "uri": URIS,
    "timeout": st.sampled_from(("PT10S", "PT90S", "PT1M30S", "PT0.5S", "PT3600S", "P1D")),
    "expected_status_code": st.integers(200, 299),
    "tags": st.lists(NAMES, max_size=4, unique=True),
    "secrets": st.dictionaries(
        NAMES, WORDS | st.dictionaries(WORDS, JSON, min_size=1, max_size=2), min_size=1, max_size=3
    ),
    "per_nca_id_rate": st.dictionaries(st.sampled_from(OWN), RATES, min_size=1),
    "exempted_nca_ids": st.lists(st.sampled_from(OTHERS), min_size=1, max_size=2, unique=True),
    "per_user_rate": RATES,
    "token_rate_limit": st.sampled_from(("1000-S", "5-S,100-W")),
    "uris": st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True),
    "default_priority": st.integers(0, 4294967295),
    "per_account_priority": st.dictionaries(st.sampled_from(OWN), st.integers(0, 4294967295), min_size=1),
    "logs_telemetry_id": st.sampled_from(TELEMETRIES["LOGS"]),
    "metrics_telemetry_id": st.sampled_from(TELEMETRIES["METRICS"]),
    "traces_telemetry_id": st.sampled_from(TELEMETRIES["TRACES"]),
}

_OF_CONTAINERS = {"container_image", "container_args", "container_environment"}
_OF_CHARTS = {"helm_chart", "helm_chart_service_name"}
_APART = {"function_id", "connection", "function_type", "models", "rate_limit", "llm_invocation_config", *_OF_CHARTS}


@st.composite
def functions(draw: st.DrawFn, kind: str) -> Values:
    """A function of a kind."""
    without = _APART | (_OF_CONTAINERS if kind in ("chart", "models") else set())
    program = draw(documents(FunctionSpec, FUNCTION_OVERRIDES, lambda one: _is_asked(one) and one.name not in without))
    if kind == "chart":
        program["helm_chart"] = draw(FUNCTION_OVERRIDES["helm_chart"])
        program["helm_chart_service_name"] = draw(NAMES)
    if kind in ("container", "LLM"):
        program["container_image"] = draw(FUNCTION_OVERRIDES["container_image"])
    if kind == "models" or draw(st.booleans()) or kind == "LLM":
        program["models"] = draw(models(kind))
    if kind == "LLM":
        program["function_type"] = "LLM"
        if draw(st.booleans()):
            program["llm_invocation_config"] = {"priority": draw(_priorities())}
    elif draw(st.booleans()):
        program["function_type"] = draw(st.sampled_from(("DEFAULT", "STREAMING")))
    if program.get("telemetries") == {}:
        del program["telemetries"]
    if "health" in program:
        program.pop("health_uri", None)
    if draw(st.booleans()):
        program["rate_limit"] = draw(rate_limits())
    return program


@st.composite
def models(draw: st.DrawFn, kind: str) -> list[Values]:
    """Models with names of their own, as this kind of function has them."""
    found = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        model: Values = {"name": name}
        if kind != "LLM" or draw(st.booleans()):
            model |= {"version": draw(NAMES), "uri": draw(URIS)}
        if kind == "LLM":
            model["llm_config"] = draw(documents(LlmConfig, FUNCTION_OVERRIDES))
        found.append(model)
    return found


@st.composite
def rate_limits(draw: st.DrawFn) -> Values:
    """Rates, one at least."""
    limit = draw(documents(FunctionRateLimit, {**FUNCTION_OVERRIDES, "rate_limit": RATES}))
    if not limit.get("rate_limit"):
        limit.pop("exempted_nca_ids", None)
    if not limit.keys() & {"rate_limit", "per_nca_id_rate", "per_user_rate"}:
        limit["per_user_rate"] = draw(RATES)
    return limit


def _priorities() -> st.SearchStrategy[Values]:
    names = ("default_priority", "per_account_priority")
    required, optional = ({name: FUNCTION_OVERRIDES[name]} for name in names)
    return st.fixed_dictionaries(required, optional=optional)


def _is_asked(facts: FieldFacts) -> bool:
    return not facts.resolved


def _function_overrides(program: Mapping[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
    kind = "LLM" if program.get("function_type") == "LLM" else "container"
    return {
        **FUNCTION_OVERRIDES,
        "models": models(kind),
        "llm_invocation_config": st.builds(lambda one: {"priority": one}, _priorities()),
    }


FUNCTION = Subject(FunctionSpec, function_values.complete, function_rules.RULES, NAMES, _function_overrides)

TYPES = {
    "L40": ("NCP.GPU.L40_1x", "DGX-CLOUD.GPU.L40_1x", "DGX-CLOUD.GPU.L40_2x"),
    "H100": ("NCP.GPU.H100_1x", "NCP.GPU.H100_8x"),
    "A100": ("NCP.GPU.A100_1x", "DGX-CLOUD.GPU.A100_8x"),
}
PLACED = ("container", "chart")
REGIONS = ("us-east-1", "us-west-1", "us-west-2")
STICKINESS = st.fixed_dictionaries(
    {"size": st.sampled_from(("PT300S", "PT1H")), "threshold": st.sampled_from(("PT60S", "PT1.5S"))}
)


def _scaling(lowest: int, highest: int) -> st.SearchStrategy[Values]:
    overrides = {
        "factor": st.integers(lowest, highest).map(lambda number: number / 100),
        "threshold": st.integers(0, 100),
        "stickiness": STICKINESS,
    }
    return documents(ScalingDetails, overrides)


SPECIFICATION_OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "max_instances": st.integers(4, 9),
    "min_instances": st.integers(0, 4),
    "clusters": st.lists(
        st.sampled_from(("ncp-us-east-1", "dgx-cloud-us-west-2")), min_size=1, max_size=2, unique=True
    ),
    "backend": st.sampled_from(("NCP", "DGX-CLOUD")),
    "regions": st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3, unique=True),
    "configuration": st.dictionaries(WORDS, JSON, min_size=1, max_size=3),
    "scale_up_details": _scaling(101, 900),
    "scale_down_details": _scaling(1, 99),
    "stickiness": STICKINESS,
    "group": st.sampled_from(("batch", "apps")),
    **dict.fromkeys(("create", "update", "delete"), st.sampled_from(("20m", "1h30m"))),
    "on_redeploy": st.just("redeploy"),
}


@st.composite
def specifications(draw: st.DrawFn, kind: str) -> list[Values]:
    """Specifications that are told apart by their GPUs."""
    found = []
    drawn_apart = {"gpu", "instance_type", "backend", "clusters"}
    drawn_apart |= set() if kind == "chart" else {"configuration", "helm_validation_policy"}
    for gpu in draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=3, unique=True)):
        one = draw(
            documents(DeploymentSpecification, SPECIFICATION_OVERRIDES, lambda fact: fact.name not in drawn_apart)
        )
        instance_type = draw(st.sampled_from(TYPES[gpu]))
        one |= {"gpu": gpu, "instance_type": instance_type}
        where = draw(st.sampled_from(("", "backend", "clusters")))
        if where == "backend":
            one["backend"] = instance_type.partition(".")[0]
        elif where:
            one["clusters"] = draw(SPECIFICATION_OVERRIDES["clusters"])
        found.append(one)
    return found


_OF_DEPLOYMENTS_APART = {
    "function_id",
    "version_id",
    "specifications",
    "connection",
    "smoke_test",
    "on_redeploy",
    "wait",
}


@st.composite
def deployments(draw: st.DrawFn, kind: str) -> Values:
    """The deployment of a version of a kind; the ids are for the caller to see to."""
    keep = lambda fact: _is_asked(fact) and fact.name not in _OF_DEPLOYMENTS_APART  # noqa: E731 - said once
    program = draw(documents(DeploymentSpec, SPECIFICATION_OVERRIDES, keep))
    return {**program, "specifications": draw(specifications(kind)), "on_redeploy": "redeploy"}


def _deployment_overrides(program: Mapping[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
    is_chart = any("configuration" in one or "helm_validation_policy" in one for one in program["specifications"])
    return {**SPECIFICATION_OVERRIDES, "specifications": specifications("chart" if is_chart else "container")}


DEPLOYMENT = Subject(DeploymentSpec, deployment_values.complete, deployment_rules.RULES, NAMES, _deployment_overrides)
