"""The fields that are ours and no cloud's: where a thing is, and how long to wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.problems import Problem, rule
from pulumi_inference.core.lifecycle.waiting import seconds_of

DURATION = r"^([0-9]+(\.[0-9]+)?(h|m|s))+$"
SHORTEST_SECONDS = 0.001
LONGEST_HOURS = 720
DURATION_HINT = 'must be a duration such as "20m" or "1h30m"'


class AtEndpoint(Spec):
    """Base of the specs of a cloud whose things are told apart by the endpoint alone, or by more that is added."""

    endpoint: str | None = field(
        None, description="Address of the API.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )


def timeout(*, description: str, example: str) -> Any:
    """Declares how long something may take."""
    return field(
        None,
        description=description,
        source="pulumi-inference",
        local=True,
        pattern=DURATION,
        hint=DURATION_HINT,
        examples=(example,),
    )


def connection_name(words: str = "") -> Any:
    """Declares which section of the configuration says where and who; `words` follow that in the description."""
    return field(
        None,
        description=f"Name of the configuration section that says where and who{words}.",
        source="pulumi-inference",
        local=True,
        min_length=1,
    )


@rule("timeouts.create", "timeouts.update", "timeouts.delete")
def timeouts_last(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A wait of no time at all would give up before it has begun."""
    timeouts = values.get("timeouts") or {}
    for verb in ("create", "update", "delete"):
        if verb in timeouts:
            yield from duration_problems(f"timeouts.{verb}", timeouts[verb], "20m")


def duration_problems(path: str, text: str, example: str) -> Iterator[Problem]:
    """What makes a duration of the right form useless: no time at all, or more than anybody can wait."""
    seconds = seconds_of(text)
    if seconds < SHORTEST_SECONDS:
        yield Problem(path, f'must be longer than nothing, such as "{example}"')
    elif seconds > LONGEST_HOURS * 3600:
        yield Problem(path, f'must be at most "{LONGEST_HOURS}h"')
