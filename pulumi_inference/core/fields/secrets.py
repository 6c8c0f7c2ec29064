"""Secrets where they hide more than themselves."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from pulumi_inference.core.fields.facts import Spec, walk
from pulumi_inference.core.fields.paths import Path, render, starts_with


def misplaced(model: type[Spec], secrets: Sequence[Path]) -> str | None:
    """A hint on the secrets that belong in a field of their own; None when there are none.

    Pulumi hides an input as a whole as soon as anything in it is secret.
    """
    fields = [(place, facts.hidden_in) for place, facts in walk(model) if facts.hidden_in]
    found = [(path, better) for path in secrets for place, better in fields if starts_with(path, place)]
    if not found:
        return None
    (first, better), others = found[0], len(found) - 1
    names = f"{render(first)} is secret" if not others else f"{render(first)} and {others} more are secret"
    return (
        f"{names}, so that Pulumi shows the whole of {first[0]} as [secret] and no change in it; put secrets into "
        f"{better}, which hides nothing else"
    )


@functools.cache
def may_be_secret(model: type[Spec]) -> frozenset[str]:
    """The names of the fields that hold secrets, or what others may have put there as such."""
    return frozenset(facts.name for _place, facts in walk(model) if facts.secret or facts.hidden_in)


@functools.cache
def secret_paths(model: type[Spec]) -> tuple[Path, ...]:
    """The paths of the fields that hold secrets, at every depth.

    Of one that is secret as a whole, because Pulumi hides whole inputs, what inside of it says so itself: the words
    around that are no secrets.
    """
    found = [path for path, facts in walk(model) if facts.secret]
    return tuple(one for one in found if not any(other != one and starts_with(other, one) for other in found))
