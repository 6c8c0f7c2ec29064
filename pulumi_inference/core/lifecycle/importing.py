"""What `pulumi-inference import` has to know of a kind of resource."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Inputs, Live

C = TypeVar("C")

IsSecret: TypeAlias = Callable[[str, str], bool]
"""Whether a variable of this name and value is a secret."""

Secrets: TypeAlias = Mapping[str, Mapping[str, str]]
"""Secret variables: by what they belong to, then by name."""


class Importing(ABC, Generic[C]):
    """How things of one kind are found and declared, in a cloud that is asked through a client `C`."""

    filters: ClassVar[Sequence[str]] = ()
    """The keys that `listed` understands."""
    holder: ClassVar[str] = "account"
    """What holds all that is listed, in a user's words."""
    place: ClassVar[str] = "settings"
    """What is to be checked besides the id of a thing that is not there, in a user's words."""
    secrets: ClassVar[str] = ""
    """The input for variables that are secret; "" where there is none."""
    identity: ClassVar[Sequence[str]] = ()
    """The parts of an id that has several, as a user knows them; none where an id is one word or has many forms."""

    usual: ClassVar[Mapping[str, Any]] = {}
    """What the cloud itself gives to values that a program leaves out, nested as they are; for lists, in each item."""

    suffix: ClassVar[str] = ""
    """What the variable in the program ends in, where things of two kinds have one name."""

    @abstractmethod
    def listed(self, client: C, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Id and name of everything that the filters let through."""

    def label(self, live: Live) -> str:
        """What a program may call the thing; by default its name, "" where it has none."""
        return str(live.values.get("name") or "")

    def refusal(self, live: Live) -> str | None:  # noqa: ARG002 - for kinds that are choosy
        """Why no resource can stand for this thing; by default any can."""
        return None

    def advice(self, live: Live) -> str | None:  # noqa: ARG002 - see refusal
        """What is still to be done by hand to the program of this thing; by default nothing."""
        return None

    def implied(self, values: Inputs) -> Collection[str]:  # noqa: ARG002 - see refusal
        """The inputs that a program need not give, because they follow from others or are no wish; by default none."""
        return ()

    def hidden(self, values: Inputs, is_secret: IsSecret) -> Secrets:  # noqa: ARG002 - see refusal
        """The variables among the values that belong to `secrets`; by default none."""
        return {}


def without_usual(values: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that are the usual ones; an object that had nothing else is left out, too."""
    found = {name: _rest(value, usual.get(name)) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}


def _rest(value: Any, usual: Any) -> Any:
    if isinstance(usual, Mapping):
        if isinstance(value, Mapping):
            return without_usual(value, usual) or None
        if isinstance(value, list):
            return [without_usual(one, usual) if isinstance(one, Mapping) else one for one in value]
    return None if value == usual and isinstance(value, bool) is isinstance(usual, bool) else value
