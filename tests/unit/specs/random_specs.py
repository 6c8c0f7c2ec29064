"""Hypothesis strategies derived from field facts: values that fit a spec, field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pulumi_inference.core.facts import FieldFacts, Shape, Spec, facts_of

_TEXT = st.text(alphabet="abcxyz0189-_", min_size=1, max_size=12)


def documents(model: type[Spec]) -> st.SearchStrategy[dict[str, Any]]:
    """Documents with every required field of `model` and any of the others."""
    fields = facts_of(model).values()
    return st.fixed_dictionaries(
        {facts.name: _values(facts) for facts in fields if facts.required},
        optional={facts.name: _values(facts) for facts in fields if not facts.required},
    )


def _values(facts: FieldFacts) -> st.SearchStrategy[Any]:
    if facts.examples and facts.pattern:
        return st.sampled_from(facts.examples)
    if facts.type in ("integer", "number"):
        lowest = facts.ge if facts.ge is not None else 1
        highest = facts.le if facts.le is not None else 10_000
        if facts.type == "integer":
            return st.integers(int(lowest), int(highest))
        decimals = 2 if facts.decimals is None else facts.decimals
        return st.integers(int(lowest * 10**decimals), int(highest)).map(lambda number: number / 10**decimals)
    if facts.kind == "list":
        assert facts.shape.element is not None
        return st.lists(_shaped(facts.shape.element), min_size=facts.min_length or 0, max_size=facts.max_length or 3)
    return _shaped(facts.shape)


def _shaped(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.model is not None:
        return documents(shape.model)
    if shape.choices:
        return st.sampled_from(shape.choices)
    if shape.element is not None:
        return st.dictionaries(_TEXT, _shaped(shape.element), max_size=3)
    return {"string": _TEXT, "integer": st.integers(1, 11), "boolean": st.booleans()}[shape.type]
