"""What the state remembers of a service's smoke test: on which configuration it has passed, or why it has not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.shape import canonical
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.lifecycle import Inputs, naming
from pulumi_inference.modelarts.specs.service import ServiceSpec

PASSED, ERROR = "smoke_tested", "smoke_test_error"
_ABOUT = ("config", "secret_envs", "smoke_test")

Fingerprints = Mapping[str, str]
"""A digest of each value that a test is about, by its path."""


@dataclass
class SmokeRecord:
    """The outputs about a smoke test. `wanted` stands for the test and the configuration that it is to be run on.

    A service of which it is not known that just this test has passed on just this configuration has not passed it:
    so nothing that ends an `up` in between, a killed process included, can skip the test.
    """

    wanted: Fingerprints
    passed: Fingerprints = field(default_factory=dict)
    error: str | None = None

    @classmethod
    def of(cls, inputs: Inputs, facts: Mapping[str, Any]) -> SmokeRecord:
        """What `facts` say of the test in `inputs`; nothing is wanted without a test, or where something is unknown."""
        about = {name: inputs[name] for name in _ABOUT if name in inputs}
        if not about.get("smoke_test") or contains_unknown(about):
            return cls({})
        return cls(dict(_fingerprints(canonical(ServiceSpec, about), ())), facts.get(PASSED) or {}, facts.get(ERROR))

    def is_due(self, ignored: Sequence[str] = ()) -> bool:
        """Whether the test is to be run; values at `ignored` paths may have changed without that."""
        prefixes = [paths.parse(text) for text in ignored]
        moved = [path for path in {*self.wanted, *self.passed} if self.wanted.get(path) != self.passed.get(path)]
        counts = [path for path in moved if not any(paths.starts_with(paths.parse(path), one) for one in prefixes)]
        return bool(self.wanted and counts)

    @property
    def facts(self) -> dict[str, Any]:
        """The outputs."""
        if not self.wanted:
            return {}
        found = {PASSED: dict(self.passed), ERROR: self.error}
        return {name: value for name, value in found.items() if value}

    def problem(self, name: str) -> str:
        """Why the service is not what was asked for."""
        return f"{name} has not passed its smoke test: {self.error or 'it has not run since the last deployment'}"

    def expect(self) -> None:
        """The service is deployed or started anew: whatever has passed before says nothing of that."""
        self.passed = {}

    def failed(self, reason: str) -> None:
        """Remembers the first line of the reason."""
        self.error = reason.splitlines()[0]

    def succeeded(self) -> None:
        """Remembers what has passed."""
        self.passed, self.error = self.wanted, None


def _fingerprints(value: Any, path: paths.Path) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _fingerprints(one, (*path, name))
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from _fingerprints(one, (*path, index))
    else:
        yield paths.render(path), naming.digest("", {"value": value})
