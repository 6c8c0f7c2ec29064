"""Random changes of a single field of a program."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.paths import Path, starts_with
from pulumi_inference.core.fields.problems import Rule
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.modelarts.services.rules import SERVICE_RULES, complete
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.services import FLAVOURS, OVERRIDES, SECRET_NAMES, SERVICE_NAMES, smoke_tests
from tests.support.specs import WORDS, Overrides, Values, values_of

ONE_WAY = frozenset({"log_report_channels", "websocket_upgrade"})
"""What the cloud lets nobody take back."""

NOT_ALONE = {
    "config": "its items are changed field by field",
    "model_id": "it is another model then",
    "secret_id": "it is another secret then",
    "input_id": "it is another input then",
    "weight": "the weights of all models add up to 100",
    "infer_type": "each kind of service has fields of its own",
    "model_type": "each type of model has fields of its own",
    "mapping_type": "csv needs a mapping_rule, and file must have none",
    "connection": "it needs a section in the configuration",
}
"""Fields that no change of a single field can be about, with the reason."""

# The rest of a smoke test is changed as a whole: what is expected has to fit what is sent.
_CHANGEABLE_IN_SMOKE_TEST = frozenset({"attempts", "interval", "path", "timeout"})

NEW_KEY = "NEW"


@dataclass(frozen=True)
class Subject:
    """What the programs are about: a resource, what it fills in, its rules, and strategies for what is in a program.

    `names` are those that it may have in the cloud.
    """

    spec: type[Spec]
    complete: Callable[[Values], Values]
    rules: tuple[Rule, ...]
    names: st.SearchStrategy[str]
    overrides: Callable[[Mapping[str, Any]], Overrides]

    def meaning(self, program: Mapping[str, Any]) -> Values:
        """The program without what the specification says is no more than absence: defaults, zero chips, empties."""
        return _meaning(self.spec, self.complete(normalise(self.spec, program)))

    def accepts(self, program: Mapping[str, Any]) -> bool:
        """Whether there is nothing wrong in a program."""
        return not validate(self.spec, self.complete(normalise(self.spec, program)), self.rules)


def _overrides(service: Mapping[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies by name, with those of fields that name other parts of this service."""
    models = [model["model_id"] for model in service["config"]]
    nodes = [node for model in service["config"] for node in model.get("nodes", ())]
    states = st.sampled_from(("running", "stopped"))
    secrets = st.dictionaries(SECRET_NAMES, WORDS, min_size=1, max_size=2)
    return {
        **OVERRIDES,
        "desired_node_status": st.dictionaries(st.sampled_from(nodes or ["none"]), states, min_size=1),
        "secret_envs": st.dictionaries(st.sampled_from(models), secrets, min_size=1),
        "smoke_test": smoke_tests(),
        "specification": st.sampled_from(FLAVOURS),
    }


SERVICE = Subject(ServiceSpec, complete, SERVICE_RULES, SERVICE_NAMES, _overrides)


@dataclass(frozen=True)
class Change:
    """A program in which just the value at `path` is another than before: set, changed, or taken away."""

    path: Path
    program: Values
    spec: type[Spec] = ServiceSpec

    @property
    def field(self) -> FieldFacts:
        """The facts of the resource's field in which it lies."""
        return facts_of(self.spec)[str(self.path[0])]

    def explains(self, path: Path) -> bool:
        """Whether the value at a path is the changed one, a part of it, or around it."""
        return starts_with(path, self.path) or starts_with(self.path, path)


@dataclass(frozen=True)
class _Place:
    path: Path
    values: Callable[[], st.SearchStrategy[Any]]
    may_go: bool


@st.composite
def changes(draw: st.DrawFn, program: Mapping[str, Any], name: str | None = None, subject: Subject = SERVICE) -> Change:
    """A change, of any field or of one with that name, after which the program is valid and means something else."""
    places = [one for one in _places_of(subject, program) if name in (None, _name_of(one))]
    for place in _shuffled(places, program):
        result = copy.deepcopy(dict(program))
        parent: Any = result
        for token in place.path[:-1]:
            parent = parent[token]
        last: Any = place.path[-1]
        if place.may_go and last in parent and draw(st.booleans()):
            del parent[last]
        else:
            parent[last] = draw(place.values())
        if subject.meaning(program) != subject.meaning(result) and subject.accepts(result):
            return Change(place.path, result, subject.spec)
    return reject()


def changeable(program: Mapping[str, Any], subject: Subject = SERVICE) -> set[str]:
    """The names of the fields that this program says, and that a change may be about; switches that are still off."""
    places = _places_of(subject, program)
    return {_name_of(place) for place in places if _name_of(place) in ONE_WAY or _is_said(program, place.path)}


def _is_said(value: Any, path: Path) -> bool:
    for token in path:
        if isinstance(value, Mapping) and token not in value:
            return False
        value = value[token]
    return True


def _name_of(place: _Place) -> str:
    return str(place.path[-1])


def _shuffled(places: list[_Place], program: Mapping[str, Any]) -> list[_Place]:
    """The places in an order that follows from the program: Hypothesis itself would prefer the first ones by far."""
    random.Random(json.dumps(program, sort_keys=True)).shuffle(places)
    return places


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, as the engine renders properties; a list of plain values is one."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path, value


def shown(before: Values, after: Values) -> set[Path]:
    """The paths that a preview would show."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return {path for path in {*old, *new} if old.get(path) != new.get(path) and not str(path[0]).startswith("__")}


def _places_of(subject: Subject, program: Mapping[str, Any]) -> list[_Place]:
    places = _places(subject.spec, program, subject.overrides(program))
    return [replace(one, values=lambda: subject.names) if one.path == ("name",) else one for one in places]


def _places(model: type[Spec], values: Mapping[str, Any], overrides: Overrides, prefix: Path = ()) -> Iterator[_Place]:
    """Every field and every entry of a map, at every depth, that may be changed alone."""
    for name, facts in facts_of(model).items():
        path, value = (*prefix, name), values.get(name)
        if facts.resolved or (name in ONE_WAY and value):
            continue
        if name not in NOT_ALONE and not _is_on(value):
            strategy = partial(_strategy, model, facts, overrides)
            yield _Place(path, strategy, may_go=not (facts.required or facts.server_default))
        yield from _inside(facts, value, overrides, path)


def _strategy(model: type[Spec], facts: FieldFacts, overrides: Overrides) -> st.SearchStrategy[Any]:
    """What is given for the field of this model, or for every field of this name, or what its facts say."""
    for name in (f"{model.__name__}.{facts.name}", facts.name):
        if name in overrides:
            return overrides[name]
    return values_of(facts, overrides)


def _is_on(value: Any) -> bool:
    """Whether an object holds what cannot be switched off."""
    return isinstance(value, Mapping) and any(value.get(name) for name in ONE_WAY)


def _inside(facts: FieldFacts, value: Any, overrides: Overrides, path: Path) -> Iterator[_Place]:
    if facts.name == "smoke_test" and value:
        inside = _places(facts.item, value, overrides, path) if facts.item else ()
        yield from (place for place in inside if place.path[-1] in _CHANGEABLE_IN_SMOKE_TEST)
    elif facts.kind == "object" and facts.item and value:
        yield from _places(facts.item, value, overrides, path)
    elif facts.kind == "list" and facts.item:
        for index, one in enumerate(value or ()):
            inside = _places(facts.item, one, overrides, (*path, index))
            yield from (place for place in inside if place.path[len(path) + 1] not in facts.keyed_by)
    elif facts.kind == "map" and facts.shape.element and facts.shape.element.type and value:
        yield from _entries(value, path, facts.shape.element.choices)


def _entries(value: Mapping[str, Any], path: Path, choices: tuple[str, ...]) -> Iterator[_Place]:
    """The entries of a map, or of the maps in it, and one more that is not there yet."""
    for key, one in value.items():
        if isinstance(one, Mapping):
            yield from _entries(one, (*path, key), choices)
        else:
            yield _Place((*path, key), lambda: st.sampled_from(choices) if choices else WORDS, may_go=True)
    if not choices and not any(isinstance(one, Mapping) for one in value.values()):
        yield _Place((*path, NEW_KEY), lambda: WORDS, may_go=False)


def _meaning(model: type[Spec], values: Mapping[str, Any]) -> Values:
    result: Values = {}
    for name, given in values.items():
        facts = facts_of(model)[name]
        value = _inner_meaning(facts, given)
        zero = name in ("gpu_p4", "ascend_a310") and value == 0
        if value not in ("", [], {}, facts.default) and not zero:
            result[name] = value
    return result


def _inner_meaning(facts: FieldFacts, value: Any) -> Any:
    if facts.kind == "object" and facts.item:
        return _meaning(facts.item, value)
    if facts.kind == "list" and facts.item:
        return [_meaning(facts.item, one) for one in value]
    return sorted(value) if facts.unordered else value
