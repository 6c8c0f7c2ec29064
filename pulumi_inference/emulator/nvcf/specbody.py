"""The bodies of the calls about deployments (nvcf.md sections 6.1, 6.3 and 6.4)."""

from decimal import Decimal
from typing import Final

from ..routing import Call
from ..store import Document
from .durations import seconds_of
from .fields import Fields, object_body, without_nulls
from .settings import settings_of

MIN_OVER_MAX: Final = "Invalid request: 'minInstances' must be lesser than or equal to 'maxInstances'"
CREATE: Final = "functionDeploymentRequest"
"""What the body that makes a deployment is called in messages."""
POLICIES: Final = ("CUSTOM_CONFIGURATION", "PLATFORM_CONFIGURATION")

_HELM_POLICIES: Final = ("Default", "Unrestricted")
_MOST_PREFERRED: Final = 99
_LONGEST_WINDOW: Final = 3600
_LIST: Final = "deploymentSpecifications"


def read_specs(call: Call, body: Fields) -> list[Document]:
    """The specifications of a new deployment, in canonical form.

    Raises:
        ProblemError: 400.
    """
    specs = [_read_spec(call, spec) for spec in body.sections(_LIST, required=True) or ()]
    _check_counts(body, specs)
    body.check()
    return [without_nulls(spec) for spec in specs]


def read_replacements(call: Call) -> list[Document]:
    """The specifications of the deprecated PUT; its answer is by name, ``maxRequestConcurrency`` None when left out."""
    body = object_body(call, "updateFunctionDeploymentRequest")
    specs = [
        {
            "gpuSpecificationId": spec.uuid("gpuSpecificationId"),
            "backend": spec.text("backend"),
            "clusters": spec.texts("clusters"),
            **_counts(spec),
            "maxRequestConcurrency": _concurrency(call, spec),
        }
        for spec in body.sections(_LIST, required=True) or ()
    ]
    _check_counts(body, specs)
    body.check()
    return specs


def read_patch(call: Call) -> Document:
    """What changes of one specification; absent members are left out."""
    body = object_body(call, "updateGpuSpecificationRequest")
    found: Document = {
        "minInstances": body.integer("minInstances", least=0),
        "maxInstances": body.positive("maxInstances"),
        "autoscalingConfiguration": _autoscaling(body),
        "autoscalingConfigurationPolicy": body.choice("autoscalingConfigurationPolicy", POLICIES),
    }
    body.check()
    return without_nulls(found)


def _read_spec(call: Call, spec: Fields) -> Document:
    return {
        "gpu": spec.text("gpu", required=True, least=1),
        "backend": (spec.text("backend") or "").strip() or None,
        "instanceType": spec.text("instanceType", required=True, least=1),
        **_counts(spec),
        "maxRequestConcurrency": _concurrency(call, spec) or 1,
        "availabilityZones": spec.texts("availabilityZones") or None,
        "configuration": spec.mapping("configuration"),
        "clusters": spec.texts("clusters") or None,
        "regions": spec.texts("regions") or None,
        "attributes": spec.texts("attributes") or None,
        "preferredOrder": spec.integer("preferredOrder", least=1, most=_MOST_PREFERRED) or 1,
        "autoscalingConfiguration": _autoscaling(spec),
        "helmValidationPolicy": _helm_policy(spec),
    }


def _counts(spec: Fields) -> Document:
    return {
        "minInstances": spec.integer("minInstances", required=True, least=0),
        "maxInstances": spec.positive("maxInstances", required=True),
    }


def _concurrency(call: Call, spec: Fields) -> int | None:
    return spec.integer("maxRequestConcurrency", least=1, most=settings_of(call).max_request_concurrency)


def _check_counts(body: Fields, specs: list[Document]) -> None:
    if not specs:
        body.violate(_LIST, "must not be empty")
    pairs = [(spec["minInstances"], spec["maxInstances"]) for spec in specs]
    if not specs or any(least is None or most is None or least > most for least, most in pairs):
        body.violate(_LIST, MIN_OVER_MAX)


def _autoscaling(spec: Fields) -> Document | None:
    config = spec.section("autoscalingConfiguration")
    if config is None:
        return None
    up, down = _scaling(config, "scaleUpDetails"), _scaling(config, "scaleDownDetails")
    grows = up is None or (up["factor"] is not None and up["factor"] > 1)
    shrinks = down is None or (down["factor"] is not None and down["factor"] < 1)
    if not (grows and shrinks and _is_stable(up) and _is_stable(down)):
        spec.violate("autoscalingConfiguration", "Invalid request: Autoscaling configuration is invalid")
    found = {"scaleUpDetails": up, "scaleDownDetails": down}
    return {name: without_nulls(details) for name, details in found.items() if details is not None}


def _scaling(config: Fields, name: str) -> Document | None:
    details = config.section(name)
    if details is None:
        return None
    factor = details.number("factor")
    if factor is None:
        details.violate("factor", "must not be null")
    elif factor <= 0:
        details.violate("factor", "must be greater than 0")
    window = details.section("stickiness")
    return {
        "metric": details.text("metric"),
        "factor": factor,
        "threshold": details.integer("threshold", required=True, least=0),
        "stickiness": window and {part: window.duration(part, required=True) for part in ("size", "threshold")},
    }


def _is_stable(details: Document | None) -> bool:
    window = details and details["stickiness"]
    if not window:
        return True
    size, threshold = (seconds_of(window[part]) for part in ("size", "threshold"))
    return size is not None and threshold is not None and size <= Decimal(_LONGEST_WINDOW) and threshold < size


def _helm_policy(spec: Fields) -> Document | None:
    policy = spec.section("helmValidationPolicy")
    if policy is None:
        return None
    kinds = policy.sections("extraKubernetesTypes")
    if kinds == []:
        policy.violate("extraKubernetesTypes", f"size must be between 1 and {2**31 - 1}")
    return without_nulls(
        {
            "name": policy.choice("name", _HELM_POLICIES, required=True),
            "extraKubernetesTypes": kinds
            and [
                {part: kind.text(part, required=True, least=1) for part in ("group", "version", "kind")}
                for kind in kinds
            ],
        }
    )
