"""What is wrong with a spec: problems with their paths, and cross-field rules that find them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.unknown import UNKNOWN


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, and what is allowed instead. `path` is "" for the whole document."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Rule(Protocol):
    """Finds what is wrong with a document as a whole; `is_known` says that nothing in it is unknown."""

    def __call__(self, document: Mapping[str, Any], *, is_known: bool = False) -> Iterable[Problem]: ...


Finder = Callable[[Mapping[str, Any]], Iterable[Problem]]
ItemFinder = Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Problem]]


def rule(*reads: str) -> Callable[[Finder], Rule]:
    """Make a rule of a function that looks at the whole document.

    The rule is skipped as soon as one of the values at `reads` (paths such as `config[*].weight`) is unknown, so the
    function may rely on them: they are absent or of the declared type.
    """
    read = tuple(paths.parse(path) for path in reads)

    def decorate(find: Finder) -> Rule:
        @functools.wraps(find)
        def apply(document: Mapping[str, Any], *, is_known: bool = False) -> Iterator[Problem]:
            if is_known or all(_known(document, path) for path in read):
                yield from find(document)

        return apply

    return decorate


def item_rule(*reads: str, each: str, around: tuple[str, ...] = ()) -> Callable[[ItemFinder], Rule]:
    """Make a rule of a function that looks at one item of the list `each` and at the document around it.

    `reads` are paths within the item, `around` paths of the document. An unknown value skips its item only. The paths
    of the problems found are relative to the item.
    """
    read = tuple(paths.parse(path) for path in reads)
    read_around = tuple(paths.parse(path) for path in around)

    def decorate(find: ItemFinder) -> Rule:
        @functools.wraps(find)
        def apply(document: Mapping[str, Any], *, is_known: bool = False) -> Iterator[Problem]:
            items = document.get(each)
            if not isinstance(items, list) or not (is_known or all(_known(document, path) for path in read_around)):
                return
            for index, item in enumerate(items):
                if isinstance(item, Mapping) and (is_known or all(_known(item, path) for path in read)):
                    yield from _within((each, index), find(item, document))

        return apply

    return decorate


def each_once(name: str) -> Rule:
    """A list in which nothing stands twice."""

    @rule(f"{name}[*]")
    def find(values: Mapping[str, Any]) -> Iterator[Problem]:
        items = values.get(name) or []
        for index, one in enumerate(items):
            if one in items[:index]:
                yield Problem(f"{name}[{index}]", f'"{one}" stands in {name}[{items.index(one)}] already')

    return find


def _within(prefix: paths.Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(paths.render((*prefix, *paths.parse(problem.path))), problem.message)


def _known(value: Any, path: paths.Path) -> bool:
    """Whether nothing at `path` (wildcards match every item), nor anything on the way to it, is unknown."""
    if value is UNKNOWN:
        return False
    if not path:
        return True
    head, *tail = path
    rest = tuple(tail)
    if head == paths.WILDCARD:
        inside = value.values() if isinstance(value, Mapping) else value
        return all(_known(item, rest) for item in inside) if isinstance(value, Mapping | list) else True
    return not isinstance(value, Mapping) or head not in value or _known(value[head], rest)
