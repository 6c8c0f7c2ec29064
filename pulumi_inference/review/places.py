"""Places in the values of a spec: what stands there, what the spec says of it, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import MISSING, fields_along
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.shape import identities
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.redact import MASK

Values = Mapping[str, Any]


def at(values: Any, path: paths.Path) -> Any:
    """What stands at a path; `MISSING` where nothing does."""
    for token in path:
        if isinstance(values, Mapping):
            values = values.get(str(token), MISSING)
        elif isinstance(values, list) and isinstance(token, int) and token < len(values):
            values = values[token]
        else:
            return MISSING
    return values


def holds_mask(value: Any) -> bool:
    """Whether something in a value is hidden."""
    if isinstance(value, str):
        return MASK in value
    if isinstance(value, Mapping):
        return any(holds_mask(one) for one in value.values())
    return isinstance(value, list) and any(holds_mask(one) for one in value)


def is_hidden(values: Any, path: paths.Path) -> bool:
    """Whether what stands at a path is hidden, on its way there or in a part."""
    return any(at(values, path[:length]) == MASK for length in range(1, len(path))) or holds_mask(at(values, path))


def is_same_place(one: paths.Path, other: paths.Path) -> bool:
    """Whether one path is the other, or leads through it."""
    return paths.starts_with(one, other) or paths.starts_with(other, one)


def facts_at(spec: Any, path: paths.Path) -> FieldFacts | None:
    """The facts of the innermost field on a path."""
    along = list(fields_along(spec, path))
    return along[-1] if along else None


def effects(spec: Any, path: paths.Path) -> tuple[str, ...]:
    """What a change does: as the innermost field says that says something."""
    return next((one.effect for one in reversed(list(fields_along(spec, path))) if one.effect), ())


def item(spec: Any, path: paths.Path) -> str:
    """What identifies the innermost item of a keyed list on a path whose items are named; "" where there is none."""
    found, inside, is_next = "", spec, False
    for token in path:
        if is_next:
            found, is_next = str(token), False
            continue
        one = facts_of(inside).get(str(token)) if inside is not None else None
        if one is None:
            break
        inside, is_next = one.item, bool(one.keyed_by)
    return found


def named(spec: Any, path: paths.Path, values: Values) -> paths.Path:
    """The path with the items of keyed lists by what identifies them, wherever they stand."""
    result: list[paths.Token] = []
    inside, here = spec, values
    field_here: FieldFacts | None = None
    for token in path:
        if isinstance(token, int) and field_here is not None and field_here.keyed_by and isinstance(here, list):
            keys = identities(field_here, here)
            key = keys[token] if token < len(keys) else None
            result.append(token if key is None else _shown(key))
        elif isinstance(token, str) and field_here is not None and field_here.keyed_by:
            result.append(_shown(token))
        else:
            result.append(token)
        one = facts_of(inside).get(str(token)) if inside is not None and not isinstance(token, int) else None
        field_here = one or field_here
        inside = one.item if one else inside
        found = at(here, (token,))
        here = {} if found is MISSING or found is UNKNOWN else found
    return tuple(result)


def _shown(key: str) -> str:
    """An identity without those of its parts at the end that are not set, which say nothing."""
    return key.rstrip("/") or key
