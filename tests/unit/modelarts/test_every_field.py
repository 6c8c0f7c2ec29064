"""No field of ModelArts goes unused: the round trips set each one, and the emulator's answers fill each record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.facts import FieldFacts, Spec, walk
from pulumi_inference.core.paths import WILDCARD, Path, render
from pulumi_inference.modelarts.specs import ServiceSpec
from tests.support.services import KINDS, services
from tests.support.specs import sample

EXAMPLES = 125
"""As many programs of each kind as the round trips draw."""

NOT_SET = {
    "connection": "needs a section in the configuration, and is tested there",
    "schedule[*].type": "has one value only, which is the default",
    "additional_properties.log_report_channels[*].type": "has one value only, which is the default",
    "config[*].additional_properties.persistent_volumes[*].storage_type": "has one value only, which is the default",
}
"""Fields that no round trip sets, with the reason."""


def text(path: Path) -> str:
    """A path of a spec, as messages write it."""
    return render(path).replace('["*"]', "[*]").replace(".*", "[*]")


def paths_of(model: type[Spec]) -> dict[str, FieldFacts]:
    """Every field of a spec, at every depth."""
    return {text(path): facts for path, facts in walk(model)}


def filled(model: type[Spec], values: Mapping[str, Any]) -> set[str]:
    """The fields of a spec, at every depth, that have a value which is neither empty nor the default."""
    fields = walk(model)
    return {text(path) for path, facts in fields if any(is_more(facts, value) for value in at(values, path))}


def is_more(facts: FieldFacts, value: Any) -> bool:
    """Whether a value says more than its absence; zero and false do where absence is another thing."""
    return value not in (None, "", [], {}, facts.default)


def at(value: Any, path: Path) -> Iterator[Any]:
    """The values at a path; a wildcard stands for all items of a list and all values of a map."""
    if not path:
        yield value
    elif path[0] == WILDCARD:
        for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            yield from at(one, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from at(value[path[0]], path[1:])


def test_every_field_of_a_service_is_set_by_the_round_trips() -> None:
    wanted = {path for path, facts in paths_of(ServiceSpec).items() if not facts.resolved}
    found = {path for kind in KINDS for one in sample(services(kind), EXAMPLES) for path in filled(ServiceSpec, one)}
    assert wanted - found == NOT_SET.keys()


