"""What makes the spec of a deployment wrong as a whole (function-deployment page; texts of 400 answers)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.problems import Problem, Rule, item_rule, rule
from pulumi_inference.core.fields.shape import identity
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.nvcf.deployments.values import SPECIFICATIONS
from pulumi_inference.nvcf.spelling import seconds_of

Values = Mapping[str, Any]

LONGEST_STICKINESS = 3600


@item_rule("min_instances", "max_instances", each="specifications")
def instances_fit(one: Values, _values: Values) -> Iterator[Problem]:
    """The most is no less than the least."""
    least, most = one.get("min_instances"), one.get("max_instances")
    if least is not None and most is not None and least > most:
        yield Problem("max_instances", f"is {most}, less than min_instances, {least}")


@item_rule("backend", "clusters", each="specifications")
def one_way_to_place(one: Values, _values: Values) -> Iterator[Problem]:
    """A cluster group or clusters, not both."""
    if one.get("backend") and one.get("clusters"):
        yield Problem("backend", "cannot be combined with clusters; remove one of the two")


@rule("specifications")
def specifications_differ(values: Values) -> Iterator[Problem]:
    """Two specifications that say the same place could not be told apart."""
    seen: dict[str, int] = {}
    for index, one in enumerate(values.get("specifications") or []):
        key = identity(SPECIFICATIONS, one)
        if key is not None and key.casefold() in seen:
            first = seen[key.casefold()]
            yield Problem(
                f"specifications[{index}]",
                f"has GPU, instance type and places of specifications[{first}] too; put its instances there",
            )
        elif key is not None:
            seen[key.casefold()] = index


@item_rule("autoscaling_configuration", each="specifications")
def scaling_scales(one: Values, _values: Values) -> Iterator[Problem]:
    """Up is more and down is less, and a window is longer than what of it counts."""
    scaling = one.get("autoscaling_configuration")
    if not isinstance(scaling, Mapping):
        return
    for name, is_up in (("scale_up_details", True), ("scale_down_details", False)):
        details = scaling.get(name)
        if not isinstance(details, Mapping):
            continue
        path, factor = f"autoscaling_configuration.{name}", details.get("factor")
        if isinstance(factor, int | float) and (factor <= 1 if is_up else factor >= 1):
            yield Problem(f"{path}.factor", f"must be {'over' if is_up else 'under'} 1 to scale {name[6:-8]}")
        yield from _sticks(f"{path}.stickiness", details.get("stickiness"))


@rule("smoke_test.path", "smoke_test.method", "smoke_test.body")
def tests_are_calls(values: Values) -> Iterator[Problem]:
    """What goes by pexec is a POST."""
    test = values.get("smoke_test")
    if not isinstance(test, Mapping) or test.get("path"):
        return
    method = test.get("method")
    if method not in (None, "POST"):
        yield Problem("smoke_test.method", f'without a path it goes by pexec, which takes POST only, not "{method}"')
    elif method is None and test.get("body") is None:
        yield Problem("smoke_test.body", "is required without a path: then the call goes by pexec, a POST with JSON")


def _sticks(path: str, sticky: Any) -> Iterator[Problem]:
    if not isinstance(sticky, Mapping):
        return
    size, threshold = (
        seconds_of(one) if isinstance(one := sticky.get(name), str) else None for name in ("size", "threshold")
    )
    if size is not None and size > LONGEST_STICKINESS:
        yield Problem(f"{path}.size", "must be at most PT1H")
    if size is not None and threshold is not None and size <= threshold:
        yield Problem(f"{path}.threshold", f"must be shorter than size, {sticky['size']}")


RULES: tuple[Rule, ...] = (
    instances_fit,
    one_way_to_place,
    specifications_differ,
    scaling_scales,
    *SMOKE_RULES,
    tests_are_calls,
    timeouts_last,
)
