"""What `pulumi-inference status` shows of one thing: what the cloud says of it at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Live

GONE = "gone"
UNKNOWN = "unknown"
CREATING = "creating"


@dataclass(frozen=True)
class Wanted:
    """What is asked besides the state: how many of the last events, and whether the roll-outs so far."""

    events: int = 0
    records: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened at `time` (ms). Further lines of the text say more of it.

    `source` is the cloud's id of it where several things tell the same one: it is shown once then.
    """

    time: int
    text: str
    source: str = ""


@dataclass(frozen=True)
class Moment:
    """A cell that is a time to come (ms): shown as local time, with what is left until then."""

    time: int


@dataclass(frozen=True)
class Observation:
    """One thing as it is now. None is what the cloud does not say of it, or could not be asked.

    Args:
        state: the cloud's own word, or `gone`, `creating` (it has no id yet) or `unknown` (it could not be asked).
        id: its id, as far as it is known.
        progress: how much is done of what is under way, in %.
        running: how many instances run.
        wanted: how many instances are wanted.
        columns: further cells by the heads of their columns; a column that is empty for all is left out.
        error: why it failed.
        events: what happened to it last, newest last.
        records: its roll-outs, newest last.
        raw: the cloud's own fields for `--json`, those of the same name in place of ours.
        problems: what could not be asked, and why.
    """

    state: str
    id: str | None
    progress: int | None = None
    running: int | None = None
    wanted: int | None = None
    columns: Mapping[str, object] = field(default_factory=dict)
    error: str | None = None
    events: Sequence[Event] = ()
    records: Sequence[Event] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[str] = ()


def observation_of(thing: str | None, live: Live | None) -> Observation:
    """What can be said of every thing: one without an id is being created, one that is not there is gone.

    The state is the output `status`, where there is one.
    """
    if thing is None:
        return Observation(CREATING, None)
    if live is None:
        return Observation(GONE, thing)
    state = live.facts.get("status") or ("failed" if live.problem else "busy" if live.busy else "ready")
    return Observation(str(state), thing, progress=live.facts.get("progress"), error=live.problem)
