"""The smoke test in a life: on what it has passed, when it is due, and what its failure leaves behind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.shape import canonical
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State, naming
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import Operation
from pulumi_inference.core.lifecycle.waiting import format_duration

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint

C = TypeVar("C")

TEST, PASSED, ERROR = "smoke_test", "smoke_tested", "smoke_test_error"
"""The input with the test, and the outputs that remember it."""

Fingerprints = Mapping[str, str]
"""A digest of each value that a test is about, by its path."""


@dataclass
class SmokeRecord:
    """The outputs about a smoke test. `wanted` stands for the test and the configuration that it is to be run on.

    A thing of which it is not known that just this test has passed on just this configuration has not passed it:
    so nothing that ends an `up` in between, a killed process included, can skip the test.
    """

    wanted: Fingerprints
    passed: Fingerprints = field(default_factory=dict)
    error: str | None = None

    @classmethod
    def of(cls, spec: type[Spec], about: Sequence[str], inputs: Inputs, facts: Mapping[str, Any]) -> SmokeRecord:
        """What `facts` say of the test in `inputs`; nothing is wanted without a test, or where something is unknown."""
        values = {name: inputs[name] for name in (*about, TEST) if name in inputs}
        if not values.get(TEST) or contains_unknown(values):
            return cls({})
        return cls(dict(_fingerprints(canonical(spec, values), ())), facts.get(PASSED) or {}, facts.get(ERROR))

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
        """Why the thing is not what was asked for."""
        return f"{name} has not passed its smoke test: {self.error or 'it has not run since the last deployment'}"

    def expect(self) -> None:
        """The thing is deployed or started anew: whatever has passed before says nothing of that."""
        self.passed = {}

    def failed(self, reason: str) -> None:
        """Remembers the first line of the reason."""
        self.error = reason.splitlines()[0]

    def succeeded(self) -> None:
        """Remembers what has passed."""
        self.passed, self.error = self.wanted, None


class SmokeTestFailedError(InferenceError):
    """The thing serves, and does not answer as it has to."""


class SmokeGate(Managed[C]):
    """The life of what has a `smoke_test`: broken until that has passed, as long as it serves.

    The outputs are those of `smoke_fields`, and the operation is a `SmokeTesting` one.
    """

    about: ClassVar[tuple[str, ...]]
    """The inputs whose change makes the test due, besides the test itself."""

    @abstractmethod
    def serves(self, live: Live) -> bool:
        """Whether it can be called in its present state."""

    @abstractmethod
    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """Where and as whom it is called.

        Raises:
            InferenceError: it cannot be called now; the attempt has failed then.
        """

    def smoke_record(self, inputs: Inputs, facts: Mapping[str, Any]) -> SmokeRecord:
        """What `facts` say of the test in `inputs`."""
        return SmokeRecord.of(self.spec, self.about, inputs, facts)

    def with_history(self, live: Live, recorded: State) -> Live:
        """What has never passed its smoke test is broken as long as it serves."""
        live = super().with_history(live, recorded)
        smoke = self.smoke_record(recorded.inputs, recorded.facts)
        problem = live.problem
        if smoke.wanted and not smoke.passed and not problem and self.serves(live):
            problem = smoke.problem(self.name_of(recorded.inputs, recorded.id))
        return replace(live, facts={**live.facts, **smoke.facts}, problem=problem)

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As for every resource; besides, a smoke test may be due."""
        result = super().diff(context, thing, recorded, program)
        smoke = self.smoke_record(program, recorded.facts)
        if result.changes is not False or not smoke.is_due(context.ignore_changes):
            return result
        answer = self.peeked(context, thing, recorded.inputs)
        if answer is None or not self.serves(self.live_of(answer, recorded.inputs)):
            return result
        context.note(smoke.problem(self.name_of(recorded.inputs, thing)))
        return replace(result, changes=True)


class SmokeTesting(Operation[C]):
    """An operation on what has a `smoke_test`.

    `smoke` says what has passed; the steps tell it when the thing is deployed or started anew, and end with `test`.
    """

    life: SmokeGate[C]

    def __init__(
        self, life: SmokeGate[C], context: Context, state: State, verb: str, *, recorded: Inputs | None = None
    ) -> None:
        """As every operation."""
        super().__init__(life, context, state, verb, recorded=recorded)
        self.smoke = life.smoke_record(self.inputs, self.facts)

    def test(self, answer: Answer) -> None:
        """Asks the program's question if that is due.

        Raises:
            SmokeTestFailedError: it is not answered as it has to be.
        """
        if not self.smoke.is_due(self.context.ignore_changes):
            return
        live = self.life.live_of(answer, self.inputs, self.recorded)
        if not self.life.serves(live):
            return
        from pulumi_inference.core.invocation.smoke_test import run_smoke_test  # not loaded where there is no test

        self.wrote = True
        reason = run_smoke_test(
            lambda: self.life.endpoint_of(self.context, self.inputs, live),
            self.inputs[TEST],
            self.context.environment,
            deadline=self.deadline,
            progress=self.context.progress,
        )
        if reason is not None:
            self.smoke.failed(reason)
            raise SmokeTestFailedError(reason)
        self.smoke.succeeded()

    def state(self) -> State:
        """The state as the cloud answers it now, with what has passed."""
        seen = super().state()
        return replace(seen, facts={**seen.facts, **self.smoke.facts})

    def headline(self, error: InferenceError, status: str) -> str:
        """What went wrong; the model's answer to a smoke test follows it."""
        if not isinstance(error, SmokeTestFailedError):
            return super().headline(error, status)
        reason, *answer = str(error).split("\n")
        elapsed = format_duration(self.clock.monotonic() - self.started)
        return "\n".join([f"{self.name} was deployed, but {reason} (after {elapsed})", *answer])

    def is_of_the_cloud(self, error: InferenceError) -> bool:
        """The answer to a smoke test is the model's."""
        return super().is_of_the_cloud(error) and not isinstance(error, SmokeTestFailedError)


def _fingerprints(value: Any, path: paths.Path) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _fingerprints(one, (*path, name))
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from _fingerprints(one, (*path, index))
    else:
        yield paths.render(path), naming.digest("", {"value": value})
