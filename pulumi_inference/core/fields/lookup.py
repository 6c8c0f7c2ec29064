"""A question to a cloud, declared once: its function, the `_output` form, a command and their docs are derived."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar, get_args, get_origin

from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.wire import to_wire

R = TypeVar("R")

Column: TypeAlias = str | Callable[[Any], object]
"""A cell of a record's row: the name of a field, or what makes it of the record."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a command says an argument, where that does not follow from the argument's facts.

    Args:
        name: the option, such as `type` for `--type`.
        metavar: what the help calls the value.
        choices: the only values that the command takes, in any case; a program may give others.
        off: a flag that stands for None where the argument has a default.
        off_help: the help of that flag.
    """

    name: str = ""
    metavar: str = ""
    choices: tuple[str, ...] = ()
    off: str = ""
    off_help: str = ""


class Lookup(Spec, Generic[R]):
    """Base of all questions: the fields are the arguments, `R` is the answer, a record or a list of records.

    `class GetPools(Lookup[list[Pool]])` becomes `get_pools` and `get_pools_output`. The docstring says in its first
    sentence what is answered. Of a description, commands show the first sentence. What a `local` field selects is
    selected here: it is no part of what the cloud is asked, so that such questions share one request.
    """

    source: ClassVar[str]
    """The pages of the cloud's API reference."""
    subject: ClassVar[str] = ""
    """The argument that may be given by position: what is asked about."""
    exclusive: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of arguments of which one at most may be given."""
    unless_refused: ClassVar[str] = ""
    """What is said in a program where the account may not ask this, and the answer is an empty list; "" = an error."""
    command: ClassVar[str] = ""
    """What follows `pulumi-inference <cloud>`; "" where there is no command. It takes a list of records."""
    noun: ClassVar[str] = ""
    """What the command says that there is none of, when that is not the command's own name."""
    columns: ClassVar[Mapping[str, Column]] = {}
    """The command's table."""
    options: ClassVar[Mapping[str, Option]] = {}
    """What is special about options, by argument."""

    def ask(self, client: Any) -> R:
        """Asks the cloud.

        Raises:
            InferenceError: it does not answer, or not what it should.
        """
        raise NotImplementedError

    def select(self, found: R) -> R:
        """What the `local` arguments leave of an answer."""
        return found

    def find_problem(self) -> str | None:
        """What is wrong with the arguments together."""
        for one, other in self.exclusive:
            if getattr(self, one) is not None and getattr(self, other) is not None:
                return f"give {one} or {other}, not both"
        return None

    def question(self) -> dict[str, Any]:
        """The arguments that have a value and are part of what the cloud is asked."""
        facts = facts_of(type(self))
        return {name: value for name, value in self if value is not None and not facts[name].local}

    def filters(self) -> dict[str, Any]:
        """The same under the API's names, without empty texts."""
        return {name: value for name, value in to_wire(type(self), dict(self)).items() if value != ""}

    @classmethod
    def function(cls) -> str:
        """The name of the function: `get_pools` of `GetPools`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def summary(cls) -> str:
        """What is answered, in a sentence: the first line of the docstring."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]

    @classmethod
    def answers(cls) -> tuple[type[Spec], bool]:
        """The class of a record, and whether the answer is a list of them."""
        [answer] = next(filter(None, map(_parameters, cls.__mro__)))
        return (get_args(answer)[0], True) if get_origin(answer) is list else (answer, False)


def lookups_in(module: ModuleType) -> list[type[Lookup[Any]]]:
    """The lookups that a module declares."""
    return [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Lookup) and one is not Lookup and not _parameters(one)
    ]


def _parameters(model: type) -> tuple[Any, ...]:
    """What stands in brackets behind `Lookup`: pydantic makes a class of each such use."""
    parameters: tuple[Any, ...] = model.__pydantic_generic_metadata__["args"] if issubclass(model, Lookup) else ()
    return parameters
