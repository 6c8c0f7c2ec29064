"""Strategies of valid programs, derived from the field facts of a spec, and which fields some values fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of, walk
from pulumi_inference.core.fields.paths import WILDCARD, Path, render

T = TypeVar("T")

Values = dict[str, Any]
Overrides = Mapping[str, st.SearchStrategy[Any]]

WORDS = st.text(alphabet="abcxyz0189-_", min_size=1, max_size=8)
MOST_ITEMS = 3
MOST_NUMBER = 9

JSON: st.SearchStrategy[Any] = st.recursive(
    WORDS | st.integers(-9, 9) | st.booleans() | st.sampled_from((0.5, -2.25)),
    lambda inner: st.lists(inner, max_size=MOST_ITEMS) | st.dictionaries(WORDS, inner, max_size=MOST_ITEMS),
    max_leaves=5,
)
"""Any JSON but null, which Pulumi takes out of a program's values at every depth."""


def documents(
    model: type[Spec], overrides: Overrides | None = None, keep: Callable[[FieldFacts], bool] = lambda _: True
) -> st.SearchStrategy[Values]:
    """Values of every required field of `model` and of any of the others, of those that `keep` lets through.

    Each value fits its own facts; what one field demands of another is for the caller to see to. `overrides` replaces
    the strategy of a field by its name, at every depth.
    """
    given_ones = overrides or {}
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, facts in facts_of(model).items():
        if keep(facts):
            fields = required if facts.required else optional
            fields[name] = given_ones[name] if name in given_ones else values_of(facts, given_ones)
    return st.fixed_dictionaries(required, optional=optional)


def values_of(facts: FieldFacts, overrides: Overrides | None = None) -> st.SearchStrategy[Any]:
    """Values of one field, within its limits."""
    if facts.pattern and (facts.examples or facts.default):
        return st.sampled_from([*facts.examples, *([facts.default] if facts.default else [])])
    if facts.type == "integer":
        return st.integers(int(_lowest(facts)), int(_highest(facts)))
    if facts.type == "number":
        scale = 10 ** (2 if facts.decimals is None else facts.decimals)
        fractions = st.integers(round(_lowest(facts) * scale), round(_highest(facts) * scale))
        return fractions.map(lambda number: number / scale)
    if facts.kind == "list":
        return _lists(facts, overrides or {})
    return _shaped(facts.shape, overrides or {})


def sample(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """So many values of a strategy, the same ones on every machine."""
    found: list[T] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    collect()
    return found[:count]


def arguments_of(model: type[Spec]) -> set[str]:
    """Every field that a program may set, at every depth, as messages write it."""
    return {_text(path) for path, facts in walk(model) if not facts.resolved}


def unfilled(model: type[Spec], several: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every field, at every depth, that is empty or has its default in all of the values, as messages write it."""
    left = {_text(path): (path, facts) for path, facts in walk(model)}
    for values in several:
        said = [name for name, (path, facts) in left.items() if any(_is_more(facts, one) for one in _at(values, path))]
        for name in said:
            del left[name]
    return set(left)


def _text(path: Path) -> str:
    return render(path).replace('["*"]', "[*]").replace(".*", "[*]")


def _is_more(facts: FieldFacts, value: Any) -> bool:
    """Whether a value says more than its absence; zero and false do where absence is another thing."""
    return value not in (None, "", [], {}, facts.default)


def _at(value: Any, path: Path) -> Iterator[Any]:
    """The values at a path; a wildcard stands for all items of a list and all values of a map."""
    if not path:
        yield value
    elif path[0] == WILDCARD:
        for one in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            yield from _at(one, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _lowest(facts: FieldFacts) -> float:
    if facts.ge is not None:
        return facts.ge
    return 0.01 if facts.gt == 0 and facts.type == "number" else 1


def _highest(facts: FieldFacts) -> float:
    return facts.le if facts.le is not None else MOST_NUMBER


def _lists(facts: FieldFacts, overrides: Overrides) -> st.SearchStrategy[list[Any]]:
    element = facts.shape.element
    assert element is not None
    most = MOST_ITEMS if facts.max_length is None else facts.max_length
    items = _shaped(element, overrides)
    if facts.keyed_by:
        return st.lists(
            items,
            min_size=facts.min_length or 0,
            max_size=most,
            unique_by=lambda one: tuple(one.get(name) for name in facts.keyed_by),
        )
    return st.lists(items, min_size=facts.min_length or 0, max_size=most, unique_by=repr)


def _shaped(shape: Shape, overrides: Overrides) -> st.SearchStrategy[Any]:
    if shape.model is not None:
        return documents(shape.model, overrides)
    if shape.choices:
        return st.sampled_from(shape.choices)
    if shape.element is not None:
        return st.dictionaries(WORDS, _shaped(shape.element, overrides), max_size=MOST_ITEMS)
    return {"string": WORDS, "integer": st.integers(1, MOST_NUMBER), "boolean": st.booleans(), "": JSON}[shape.type]
