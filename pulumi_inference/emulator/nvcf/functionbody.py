"""The body of a call that makes a function or a version of one, in canonical form (nvcf.md section 5.1)."""

from typing import Any, Final

from ..store import Document
from . import llm, rates
from .errors import invalid
from .fields import Fields, as_set, without_nulls
from .secretbody import read_secrets

TRITON_ARGS: Final = (
    "tritonserver --model-repository /config/models --model-control-mode none --allow-metrics 1 "
    "--allow-gpu-metrics 1 --allow-cpu-metrics 1 --metrics-interval-ms 500"
)
"""What a function that is made of models only runs."""

CREATE: Final = "createFunctionRequest"
"""What the body is called in messages."""
_NAME: Final = "^[a-z0-9A-Z][a-z0-9A-Z\\-_]*$"
_LONGEST_NAME: Final = 128
_LONGEST_DESCRIPTION: Final = 256
_HEALTH_URI: Final = "/v2/health/ready"
_HEALTH_PORT: Final = 8000

FUNCTION_TYPES: Final = ("DEFAULT", "STREAMING", "LLM")
_BODY_FORMATS: Final = ("CUSTOM", "PREDICT_V2")
_PROTOCOLS: Final = ("HTTP", "gRPC")
_TELEMETRIES: Final = ("logsTelemetryId", "metricsTelemetryId", "tracesTelemetryId")


def read_function(body: Fields) -> Document:
    """The members of a version as they are kept; ``secrets`` is a list of pairs.

    Raises:
        ProblemError: 400 for what cannot be read, then for a rule of the whole, then for those of the fields.
    """
    found = _read(body)
    _check_whole(found)
    body.check()
    return without_nulls(_completed(found))


def _read(body: Fields) -> Document:
    name = body.text(
        "name",
        pattern=_NAME,
        longest=_LONGEST_NAME,
        wrong_pattern=f"Invalid function name: Must conform to regex {_NAME}",
        wrong_length="Invalid function name: must be 1 - 128 characters long",
    )
    description = body.text(
        "description",
        longest=_LONGEST_DESCRIPTION,
        wrong_length=f"Maximum description length of {_LONGEST_DESCRIPTION} is exceeded.",
    )
    return {
        "name": name,
        "inferenceUrl": body.uri("inferenceUrl", required=True),
        "inferencePort": body.integer("inferencePort"),
        "containerImage": body.uri("containerImage"),
        "containerArgs": body.text("containerArgs"),
        "containerEnvironment": _environment(body),
        "models": _models(body),
        "resources": _resources(body),
        "helmChart": body.uri("helmChart"),
        "helmChartServiceName": body.text("helmChartServiceName"),
        "healthUri": body.uri("healthUri"),
        "health": _health(body),
        "apiBodyFormat": body.choice("apiBodyFormat", _BODY_FORMATS) or "CUSTOM",
        "functionType": body.choice("functionType", FUNCTION_TYPES) or "DEFAULT",
        "description": description,
        "tags": body.tags(),
        "secrets": read_secrets(body),
        "rateLimit": rates.read_limit(body),
        "telemetries": _telemetries(body),
        "llmInvocationConfig": llm.read_invocation(body),
    }


def _environment(body: Fields) -> list[Document] | None:
    entries = body.sections("containerEnvironment")
    if entries is None:
        return None
    return [{name: entry.text(name, required=True) for name in ("key", "value")} for entry in entries]


def _models(body: Fields) -> list[Document] | None:
    models = body.sections("models")
    if models is None:
        return None
    return [
        without_nulls(
            {
                "name": model.text("name", required=True),
                "version": model.text("version"),
                "uri": model.uri("uri"),
                "llmConfig": llm.read_config(model),
            }
        )
        for model in models
    ]


def _resources(body: Fields) -> list[Any] | None:
    artifacts = body.sections("resources")
    if artifacts is None:
        return None
    return as_set(
        {
            "name": artifact.text("name", required=True),
            "version": artifact.text("version", required=True),
            "uri": artifact.uri("uri", required=True),
        }
        for artifact in artifacts
    )


def _health(body: Fields) -> Document | None:
    health = body.section("health")
    if health is None:
        return None
    port = health.positive("port", required=True)
    return {
        "protocol": health.choice("protocol", _PROTOCOLS, required=True),
        "uri": health.uri("uri", required=True),
        "port": port,
        "timeout": health.duration("timeout", required=True),
        "expectedStatusCode": health.integer("expectedStatusCode", required=True),
    }


def _telemetries(body: Fields) -> Document | None:
    telemetries = body.section("telemetries")
    return None if telemetries is None else without_nulls({name: telemetries.uuid(name) for name in _TELEMETRIES})


def _check_whole(found: Document) -> None:
    """The rules that come before those of the single fields, each in the service's words."""
    chart, service = found["helmChart"], found["helmChartServiceName"]
    if not (found["name"] or "").strip():
        raise invalid("Invalid request: 'name' cannot be empty/null in the create function payload")
    if found["containerImage"] is None and not found["models"] and chart is None:
        names = "'containerImage', 'models', or 'helmChart'"
        raise invalid(f"Invalid request: One of the following properties {names} must be specified in the payload")
    if chart is not None:
        _check_excluded(found)
    if (chart is None) != (not (service or "").strip()):
        raise invalid(
            "Invalid request: Either both or none of 'helmChart' and 'helmChartServiceName' properties must be "
            "specified"
        )
    _check_models(found)
    if found["health"] is not None and not (found["health"]["uri"] or "").strip():
        raise invalid("Invalid request: Health URI cannot be empty/null in the create function payload\n")
    if found["telemetries"] == {}:
        raise invalid("Invalid request: Telemetry object must have at least one UUID specified.")
    if found["functionType"] == "LLM" and not found["models"]:
        raise invalid("Invalid request: 'models' must be specified when functionType is LLM")


def _check_excluded(found: Document) -> None:
    given = {
        "containerImage": found["containerImage"] is not None,
        "containerArgs": bool((found["containerArgs"] or "").strip()),
        "containerEnvironment": found["containerEnvironment"] is not None,
    }
    for name, is_given in given.items():
        if is_given:
            raise invalid(f"Invalid request: Cannot specify both '{name}' and 'helmChart' properties in the payload")


def _check_models(found: Document) -> None:
    models = found["models"] or []
    names = [model.get("name") for model in models]
    if len(set(names)) != len(names):
        raise invalid("Invalid request: duplicate model names are not allowed in 'models'")
    for model in models:
        if found["functionType"] == "LLM":
            llm.check_model(model)
        elif "version" not in model or "uri" not in model:
            raise invalid("Invalid request: non-LLM function models must specify both 'version' and 'uri'")


def _completed(found: Document) -> Document:
    """With the defaults of the service."""
    done = dict(found)
    runs_models_only = done["models"] and done["containerImage"] is None and done["helmChart"] is None
    if runs_models_only and not (done["containerArgs"] or "").strip():
        done["containerArgs"] = TRITON_ARGS
    if done["description"] is None:
        done["description"] = done["name"]
    if done["health"] is None:
        port = done["inferencePort"]
        done["health"] = {
            "protocol": "gRPC" if done["inferenceUrl"] == "/grpc" else "HTTP",
            "uri": _HEALTH_URI if done["healthUri"] is None else done["healthUri"],
            "port": _HEALTH_PORT if port is None else port,
            "timeout": "PT10S",
            "expectedStatusCode": 200,
        }
    done["healthUri"] = done["health"]["uri"]
    return done
