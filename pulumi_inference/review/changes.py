"""What becomes of a resource: its changes, each with what program, record and live state say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import MISSING, Verdict
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.review.reading import Diagnostic, State

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle

DESTRUCTIVE_OPS = ("delete", "replace")


@dataclass(frozen=True)
class Change:
    """One path of a resource at which its three sides are not all the same. An absent value is `MISSING`.

    Items of lists stand in `path` by what identifies them; the empty path is the resource itself. `facts` are those of
    the innermost field, `effects` what a change there does to what runs; both are empty for resources that are not
    ours. `is_left`: the `up` leaves the live value, because the program ignores it.
    """

    path: paths.Path
    verdict: Verdict
    program: Any
    recorded: Any
    live: Any
    facts: FieldFacts | None = None
    effects: tuple[str, ...] = ()
    is_secret: bool = False
    forces: bool = False
    is_left: bool = False

    @cached_property
    def text(self) -> str:
        """The path as text."""
        return paths.render(self.path) if self.path else "the resource itself"

    @property
    def before(self) -> Any:
        """What there is now, as far as that is known."""
        return self.recorded if self.live is MISSING and self.verdict is Verdict.CHANGE else self.live

    @property
    def is_unknown(self) -> bool:
        """Whether only the `up` will know what the program says here."""
        return contains_unknown(self.program)

    @property
    def is_drift(self) -> bool:
        """Whether somebody has changed it outside of the program, which says something else."""
        return self.verdict in (Verdict.DRIFT, Verdict.CONFLICT)

    @property
    def is_adopted(self) -> bool:
        """Whether somebody has changed it outside of the program, which says the same by now."""
        return self.verdict is Verdict.CONVERGED

    @property
    def verdict_text(self) -> str:
        """What became of it, in words."""
        if not self.path:
            return "gone"
        return "drift left" if self.is_left else self.verdict.value


@dataclass(frozen=True)
class Resource:
    """One resource of the stack, and what a preview would do to it.

    `op` is same, create, update, replace, delete, import or read. The three sides are inputs, None where there is none;
    `outputs` are those of the live state. `former_name` is what the program called it before. `goes_first` says of a
    replacement whether the old one goes before the new one is made, None where that is not known. `has_leftover`:
    what a replacement before this preview has left is deleted, too. `is_retained`: what goes is only forgotten, because
    the program has said so (`retain_on_delete`), and stays in the cloud.
    """

    urn: str
    kind: str
    op: str
    changes: Sequence[Change] = ()
    program: State | None = None
    recorded: State | None = None
    live: State | None = None
    outputs: State = field(default_factory=dict)
    life: Lifecycle | None = None
    is_protected: bool = False
    is_retained: bool = False
    is_gone: bool = False
    was_read: bool = False
    said: Sequence[Diagnostic] = ()
    former_name: str = ""
    goes_first: bool | None = None
    has_leftover: bool = False

    @property
    def name(self) -> str:
        """The name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def is_destroyed(self) -> bool:
        """Whether something that there is goes."""
        return self.op in DESTRUCTIVE_OPS or self.has_leftover

    @cached_property
    def planned(self) -> list[Change]:
        """What the program changes, or puts back."""
        spared = (Verdict.CONVERGED, Verdict.UNMANAGED)
        return [one for one in self.changes if one.path and one.verdict not in spared and not one.is_left]

    @cached_property
    def drift(self) -> list[Change]:
        """What somebody has changed outside of the program."""
        return [one for one in self.changes if one.is_drift]

    @property
    def only_looks_changed(self) -> bool:
        """Whether all that differs is what only the `up` will know."""
        return self.op == "update" and bool(self.planned) and all(one.is_unknown for one in self.planned)

    @cached_property
    def deletes_first(self) -> bool:
        """Whether a replacement goes before its successor: as the engine has it, or as both want the same name."""
        if self.op != "replace" or self.goes_first is not None:
            return bool(self.goes_first) and self.op == "replace"
        if self.life is None or not self.life.unique_by:
            return False
        old, new = self.live or self.recorded or {}, self.program or {}
        names = (*self.life.unique_by, *(one.name for one in facts_of(self.life.spec).values() if one.resolved))
        return all(old.get(name) == new.get(name) for name in names)


__all__ = ["DESTRUCTIVE_OPS", "MISSING", "UNKNOWN", "Change", "Resource", "Verdict"]
