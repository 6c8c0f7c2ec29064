"""What the clouds say at this moment about the resources of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pulumi_inference.cli.kinds import kind_named, lifecycle_of
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle.status import UNKNOWN, Event, Observation, Wanted

if TYPE_CHECKING:
    from pulumi_inference.cli.stack import Stack, StackResource
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.redact import Redactor

AT_ONCE = 16


@dataclass(frozen=True)
class Seen:
    """One resource of the stack, and how it is now."""

    resource: StackResource
    now: Observation


@dataclass(frozen=True)
class Report:
    """All that was seen of a stack, at `time` (seconds since the epoch).

    `problem` says why the stack could not be read again; its resources are those of the last time then.
    """

    stack: Stack
    time: float
    seen: Sequence[Seen]
    problem: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything could be asked."""
        return not any(one.now.problems for one in self.seen)


def observe(context: Context, resources: Sequence[StackResource], wanted: Wanted) -> list[Seen]:
    """Looks at all resources at the same time; what fails for one shows in its observation only."""
    if not resources:
        return []
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(resources))) as pool:
        try:
            return list(pool.map(lambda one: Seen(one, _observe(context, one, wanted)), resources))
        except BaseException:
            # On Ctrl-C only the tries that are under way are waited for.
            context.environment.cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _observe(context: Context, resource: StackResource, wanted: Wanted) -> Observation:
    try:
        seen = lifecycle_of(kind_named(resource.kind)).observe(context, resource.id, resource.values, wanted)
    except InferenceError as error:
        seen = Observation(UNKNOWN, resource.id, problems=[str(error)])
    return _masked(seen, context.environment.redactor)


def _masked(now: Observation, redactor: Redactor) -> Observation:
    """What was seen without the secrets that are known: a cloud may quote them."""

    def quiet(events: Sequence[Event]) -> list[Event]:
        return [replace(one, text=redactor.redact(one.text)) for one in events]

    return replace(
        now,
        error=redactor.redact(now.error) if now.error else now.error,
        columns={name: redactor.redact(one) if isinstance(one, str) else one for name, one in now.columns.items()},
        events=quiet(now.events),
        records=quiet(now.records),
        raw=redactor.redact_value(now.raw),
        problems=[redactor.redact(one) for one in now.problems],
    )
