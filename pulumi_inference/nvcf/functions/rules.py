"""What makes the spec of a function wrong as a whole (function-creation page; texts of 400 answers)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.problems import Problem, Rule, item_rule, rule
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.lifecycle.ownership import of_list
from pulumi_inference.nvcf.functions import images
from pulumi_inference.nvcf.specs.function import KEY_NAME, TAG
from pulumi_inference.nvcf.specs.function_parts import RATE, RATE_HINT

Values = Mapping[str, Any]

OWN_PORTS = (8080, 8010)
LONGEST_TAG, LONGEST_NAME, LONGEST_SECRET, MOST_ACCOUNTS, MOST_PRIORITIES = 128, 48, 32768, 32, 64


@rule("container_image", "models", "helm_chart")
def something_runs(values: Values) -> Iterator[Problem]:
    """There is something to run."""
    if not any(values.get(name) for name in ("container_image", "models", "helm_chart")):
        yield Problem("", "container_image, models or helm_chart is required: there is nothing to run")


@rule("helm_chart", "helm_chart_service_name")
def charts_have_services(values: Values) -> Iterator[Problem]:
    """A chart stands alone, and calls go to one of its services."""
    has_chart, has_service = bool(values.get("helm_chart")), bool(values.get("helm_chart_service_name"))
    if has_chart and not has_service:
        yield Problem("helm_chart_service_name", "is required with helm_chart: the service that calls go to")
    if has_service and not has_chart:
        yield Problem("helm_chart_service_name", "is for helm_chart only, and there is none")
    for name in ("container_image", "container_args", "container_environment"):
        if has_chart and name in values:
            yield Problem(name, "cannot be combined with helm_chart; say it in the deployment's configuration")


@rule("helm_chart")
def charts_are_addresses(values: Values) -> Iterator[Problem]:
    """A chart is named by a URL."""
    chart = values.get("helm_chart", "")
    if chart and not re.match(r"(https?|oci)://[^/\s]+/\S+", chart):
        yield Problem("helm_chart", 'must be a URL that begins with "https://", "http://" or "oci://"')


@rule("container_image")
def images_are_references(values: Values) -> Iterator[Problem]:
    """An image has a name that registries take."""
    problem = images.problem_of(values["container_image"]) if values.get("container_image") else None
    if problem:
        yield Problem("container_image", problem)


@rule("container_environment")
def variables_are_the_users(values: Values) -> Iterator[Problem]:
    """The names of NVCF's own variables are taken."""
    for name in values.get("container_environment") or {}:
        if name.upper().startswith("NVCF_"):
            yield Problem(f"container_environment.{name}", "names that begin with NVCF_ are NVCF's own")


@rule("inference_port")
def ports_are_free(values: Values) -> Iterator[Problem]:
    """Two ports are taken."""
    if values.get("inference_port") in OWN_PORTS:
        yield Problem("inference_port", "is one of NVCF's own, 8080 and 8010; let the container listen on another one")


@rule("models[*].name")
def models_have_names_of_their_own(values: Values) -> Iterator[Problem]:
    """No two models have the same name."""
    seen: dict[str, int] = {}
    for index, one in enumerate(values.get("models") or []):
        name = one.get("name")
        if name in seen:
            yield Problem(f"models[{index}].name", f'"{name}" is the name of models[{seen[name]}] too')
        seen.setdefault(name, index)


@item_rule("version", "uri", "llm_config", each="models", around=("function_type",))
def models_are_complete(model: Values, values: Values) -> Iterator[Problem]:
    """A model of an LLM function says how it is called; any other one says where it is."""
    if values.get("function_type") == "LLM":
        if not model.get("llm_config"):
            yield Problem("llm_config", "is required, with the uris that the model serves: function_type is LLM")
        return
    for name in ("version", "uri"):
        if not model.get(name):
            yield Problem(name, 'is required, unless function_type is "LLM"')
    if model.get("llm_config"):
        yield Problem("llm_config", 'is for function_type "LLM" only')


@item_rule("uri", each="models")
def model_addresses(model: Values, _values: Values) -> Iterator[Problem]:
    """Where a model is."""
    yield from _address("uri", model.get("uri"), "models")


@item_rule("uri", each="resources")
def resource_addresses(resource: Values, _values: Values) -> Iterator[Problem]:
    """Where mounted files are."""
    yield from _address("uri", resource.get("uri"), "resources")


@rule("function_type", "models", "llm_invocation_config.priority")
def llms_are_llms(values: Values) -> Iterator[Problem]:
    """An LLM function has a model, and only it has settings of that kind."""
    is_llm, config = values.get("function_type") == "LLM", values.get("llm_invocation_config")
    if is_llm and not values.get("models"):
        yield Problem("models", 'is required: function_type is "LLM"')
    if config is not None and not is_llm:
        yield Problem("llm_invocation_config", 'is for function_type "LLM" only')
    priority = (config or {}).get("priority") or {}
    accounts = priority.get("per_account_priority") or {}
    if accounts and priority.get("default_priority") is None:
        path = "llm_invocation_config.priority.default_priority"
        yield Problem(path, "is required with per_account_priority")
    if isinstance(accounts, Mapping) and len(accounts) > MOST_PRIORITIES:
        path = "llm_invocation_config.priority.per_account_priority"
        yield Problem(path, f"has {len(accounts)} accounts, at most {MOST_PRIORITIES} are possible")


@rule("rate_limit")
def rates_fit(values: Values) -> Iterator[Problem]:
    """At least one rate, and exceptions only from the one for all."""
    limit = values.get("rate_limit")
    if not isinstance(limit, Mapping):
        return
    rates, exempted = limit.get("per_nca_id_rate"), limit.get("exempted_nca_ids")
    rates, exempted = rates if isinstance(rates, Mapping) else {}, exempted if isinstance(exempted, list) else []
    if not any(limit.get(name) for name in ("rate_limit", "per_nca_id_rate", "per_user_rate")):
        yield Problem("rate_limit", "needs rate_limit, per_nca_id_rate or per_user_rate")
    if exempted and not limit.get("rate_limit"):
        yield Problem("rate_limit.exempted_nca_ids", "are exempted from rate_limit.rate_limit, and there is none")
    if len(rates) > MOST_ACCOUNTS:
        yield Problem("rate_limit.per_nca_id_rate", f"has {len(rates)} accounts, at most {MOST_ACCOUNTS} are possible")
    for account, rate in rates.items():
        if rate is not UNKNOWN and not re.fullmatch(RATE, rate):
            yield Problem(render(("rate_limit", "per_nca_id_rate", account)), RATE_HINT)
        if account in exempted:
            yield Problem("rate_limit.exempted_nca_ids", f'"{account}" has a rate of its own in per_nca_id_rate too')


@rule("tags[*]")
def tags_are_words(values: Values) -> Iterator[Problem]:
    """What a tag may look like."""
    for index, tag in enumerate(values.get("tags") or []):
        if not re.fullmatch(TAG, tag) or len(tag) > LONGEST_TAG:
            yield Problem(
                f"tags[{index}]", f"must be 1 to {LONGEST_TAG} letters, digits, -, _, : and =, without blanks and dots"
            )
        elif of_list([tag]):
            yield Problem(f"tags[{index}]", "looks like the mark of this library, which it sets itself; remove it")


@rule("secrets")
def secrets_are_secrets(values: Values) -> Iterator[Problem]:
    """What a secret may be called, and be. Its value is never told."""
    for name, value in (values.get("secrets") or {}).items():
        where = f"secrets.{name}" if re.fullmatch(r"[\w.\-]{1,64}", name) else "secrets"
        if not re.fullmatch(KEY_NAME, name) or len(name) > LONGEST_NAME:
            allowed = f"a name has 1 to {LONGEST_NAME} letters, digits, _, . and -"
            yield Problem(where, f"{allowed}, and begins with a letter or digit")
        if value is UNKNOWN:
            continue
        if not isinstance(value, str | Mapping):
            yield Problem(where, "must be a text or a JSON object")
        elif not contains_unknown(value) and not 1 <= len(_text(value)) <= LONGEST_SECRET:
            yield Problem(where, f"must have 1 to {LONGEST_SECRET} characters, without blanks around it")


@rule("health.uri", "health_uri")
def one_path_is_watched(values: Values) -> Iterator[Problem]:
    """The old way to say it does not count beside the new one."""
    path = (values.get("health") or {}).get("uri")
    if path is not None and values.get("health_uri") not in (None, path):
        yield Problem("health_uri", f'is not health.uri, "{path}", which counts; remove health_uri')


@rule("telemetries")
def telemetries_are_some(values: Values) -> Iterator[Problem]:
    """An empty object is refused."""
    if values.get("telemetries") == {}:
        yield Problem("telemetries", "needs logs_telemetry_id, metrics_telemetry_id or traces_telemetry_id")


def _address(path: str, uri: Any, kind: str) -> Iterator[Problem]:
    if not isinstance(uri, str):
        return
    usual = f"https://api.ngc.nvidia.com/v2/org/ORG/{kind}/NAME/VERSION/files"
    if not re.match(r"(https?://[^/\s]+)?/\S+", uri):
        yield Problem(path, f"must be the address of an artifact, such as {usual}")
    elif re.search(r"/v2/org/", uri) and (re.search(r"/versions/", uri) or re.search(r"/zip/?$", uri)):
        yield Problem(path, f"has parts that NVCF does not take: /versions/ or /zip; write {usual}")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else json.dumps(value)


RULES: tuple[Rule, ...] = (
    something_runs,
    charts_have_services,
    charts_are_addresses,
    images_are_references,
    variables_are_the_users,
    ports_are_free,
    models_have_names_of_their_own,
    models_are_complete,
    model_addresses,
    resource_addresses,
    llms_are_llms,
    rates_fit,
    tags_are_words,
    secrets_are_secrets,
    one_path_is_watched,
    telemetries_are_some,
)
