"""What an operation has to say of its create call, so that it can be made safe to repeat."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from pulumi_inference.core.fields.differences import differences, differs_for_good
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.shape import observe, remember
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import Operation
from pulumi_inference.core.lifecycle.state import Inputs

C = TypeVar("C")


@dataclass(frozen=True)
class Created:
    """What a create call answered."""

    id: str
    request_id: str | None


class Creating(Operation[C]):
    """An operation that can also make its thing."""

    refuses_twins: ClassVar[bool] = True
    """Whether the cloud refuses a second thing with the same `unique`; where it does not, we look before we make."""
    unique: ClassVar[str] = "name"
    """What two things of this kind cannot share, in a user's words."""
    unmade: ClassVar[str] = "was not created"
    """What is said of a thing whose create call did not succeed."""
    lists_details: ClassVar[bool] = False
    """Whether what `find` answers are whole details, which nobody has to ask for one by one."""
    lists_marks: ClassVar[bool] = True
    """Whether what `find` answers has the ownership mark, as details have it."""

    @abstractmethod
    def make(self, older: Answer | None) -> Created | None:
        """Makes the create call; `older` is what this resource has made before and may stay beside.

        None when it was made, but the answer does not say the id.
        """

    @abstractmethod
    def find(self) -> Sequence[Answer]:
        """What the cloud's list has that could be this resource's, whoever made it, newest first.

        By the name of the inputs, or all there is where they have none.
        """

    @abstractmethod
    def id_of(self, answer: Answer) -> str:
        """The id in a detail answer, or in an item of the list."""

    @abstractmethod
    def mark_of(self, answer: Answer) -> str:
        """The ownership mark that a thing bears, whoever's it is; "" where there is none."""

    @property
    def takes_over(self) -> bool:
        """Whether what an earlier try has made is taken over.

        If not, because only the answer to its create call said something that is needed, it is deleted and made anew.
        """
        return True

    @property
    def asked(self) -> Inputs:
        """What of the inputs the create call carries."""
        return self.inputs

    def has_all_asked(self, answer: Answer) -> bool:
        """Whether a thing has all that the create call carries, as far as the cloud answers it."""
        spec, asked = self.life.spec, self.asked
        values = self.life.live_of(answer, self.inputs).values
        return not differences(spec, observe(spec, values, asked), asked)

    def is_alike(self, answer: Answer) -> bool:
        """Whether nothing of a thing differs from what the program says that no update could change."""
        spec = self.life.spec
        live = remember(spec, self.life.live_of(answer, self.inputs).values, self.inputs)
        fields = facts_of(spec).items()
        return not any(
            differs_for_good(one, live.get(name), self.inputs.get(name)) for name, one in fields if not one.resolved
        )
