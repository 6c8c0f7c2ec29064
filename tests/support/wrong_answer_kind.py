"""What the table of wrong answers has to know of a kind of resource."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pulumi_inference.core.lifecycle import Lifecycle
from tests.support.world import URN, Values, World
from tests.support.wrong_answers import Names


class Kind(ABC):
    """One kind of resource."""

    names: ClassVar[Names]
    detail: ClassVar[str]
    """Matches the path of a detail call, and of a write to the thing."""
    list: ClassVar[str]
    """Matches the path of the list call, and of the create call."""
    fact: ClassVar[str] = ""
    """The output that holds the status where it has another name than in answers."""
    credible: ClassVar[tuple[str, ...]] = ()
    """What its list may say when it has none of it; with a detail call that says so too, no lie shows."""
    has_list: ClassVar[bool] = True
    """Whether there is a list call at all."""
    lists: ClassVar[bool] = True
    """Whether the list call can show what an earlier run has made."""
    is_only_listed: ClassVar[bool] = False
    """Whether its list is all that tells of one: what it says for ever, nobody can tell from the truth."""
    waits: ClassVar[bool] = True
    """Whether a create asks for the detail more than once."""
    write: ClassVar[str] = "POST"
    """The method of the create call."""
    creates: ClassVar[str] = ""
    """Matches the path of the create call, where that is another than that of the list call."""
    change: ClassVar[str] = "PUT"
    """The method of the update call."""
    remove: ClassVar[str] = "DELETE"
    """The method of the delete call."""
    urn: ClassVar[str] = URN
    before: ClassVar[Values]
    after: ClassVar[Values | None]
    config: ClassVar[dict[str, str]] = {}

    @property
    @abstractmethod
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""

    @abstractmethod
    def live(self, world: World) -> list[Values]:
        """What is in the cloud."""

    def is_asked(self, verb: str) -> bool:
        """Whether this verb of it is worth looking at."""
        return verb != "update" or self.after is not None

    def prepare(self, world: World) -> None:  # noqa: B027 - most need nothing
        """Makes what has to be there before."""

    def program(self, world: World, values: Values) -> Values:
        """The program in this world."""
        return values
