"""The vocabulary of field facts: every field is declared once, on a `Spec`, and everything else is derived.

A cloud's `specs.py` declares::

    class CustomSpec(Spec):
        cpu: float = field(description="CPU of one instance.", source="CreateService", unit="cores", ge=0.01)

and `facts_of(CustomSpec)["cpu"]` answers the facts. This module derives; it knows nothing of any cloud.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

import pydantic
from pydantic_core import PydanticUndefined

from pulumi_inference.core.fields.paths import WILDCARD, Path

Kind = Literal["scalar", "object", "list", "map"]

_EXTRA_KEY = "facts"
_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
_JSON_TYPES: Mapping[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number", Any: ""}


class Spec(pydantic.BaseModel):
    """Base of every declared model. Unknown names and loosely typed values are errors that quote no value."""

    # What pydantic validates by takes a millisecond for each model, and most of them are asked for their facts alone.
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


SpecClass: TypeAlias = type[Spec]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like in JSON.

    `type` is the JSON type name ("" = anything), `model` the Spec of an object, `element` the shape of a list's items
    or of a map's values, `choices` the only texts allowed (empty = any text).
    """

    type: str
    model: SpecClass | None = None
    element: Shape | None = None
    choices: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """How the value nests: a scalar, an object with declared fields, a list, or a map with free keys."""
        if self.type == "array":
            return "list"
        if self.model is not None:
            return "object"
        return "map" if self.type == "object" else "scalar"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFacts:
    """The facts that a declaration states; `field` says what each means."""

    description: str
    source: str
    wire: str
    unit: str | None
    hint: str | None
    decimals: int | None
    ge: float | None
    gt: float | None
    le: float | None
    lt: float | None
    min_length: int | None
    max_length: int | None
    pattern: str | None
    immutable: bool
    update: str
    secret: bool
    hidden_in: str
    write_only: bool
    sometimes_answered: bool
    always_answered: bool
    server_default: bool
    keyed_by: tuple[str, ...]
    unordered: bool
    volatile: bool
    moment: bool
    stable_unless: tuple[str, ...] | None
    local: bool
    resolved: bool
    effect: tuple[str, ...]
    examples: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts(DeclaredFacts):
    """Everything known about one field: what its declaration says and what its annotation implies.

    `default` is None when there is none; `wire` is always filled in. `item` is the Spec inside: of the object itself,
    of a list's items or of a map's values; kept, because nearly all that is derived asks for it.
    """

    name: str
    shape: Shape
    required: bool
    default: Any
    item: SpecClass | None = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Looks for the Spec inside."""
        element = self.shape.element
        object.__setattr__(self, "item", self.shape.model or (element.model if element else None))

    @property
    def kind(self) -> Kind:
        """How the field nests."""
        return self.shape.kind

    @property
    def type(self) -> str:
        """The JSON type name; "" when anything goes."""
        return self.shape.type

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values allowed; empty when there is no such list."""
        return self.shape.choices


def field(
    default: Any = PydanticUndefined,
    *,
    description: str,
    source: str,
    wire: str = "",
    unit: str | None = None,
    hint: str | None = None,
    decimals: int | None = None,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    immutable: bool = False,
    update: str = "",
    secret: bool = False,
    hidden_in: str = "",
    write_only: bool = False,
    sometimes_answered: bool = False,
    always_answered: bool = False,
    server_default: bool = False,
    keyed_by: str | tuple[str, ...] = (),
    unordered: bool = False,
    volatile: bool = False,
    moment: bool = False,
    stable_unless: tuple[str, ...] | None = None,
    local: bool = False,
    resolved: bool = False,
    effect: tuple[str, ...] = (),
    examples: tuple[Any, ...] = (),
) -> Any:
    """Declare one field with its facts.

    Args:
        default: the value when the program gives none; left out = the field is required.
        description: what it is, in a sentence.
        source: the page of the cloud's API reference that documents it.
        wire: its name in the API when that differs from the Python name.
        unit: of numbers and durations ("MB", "ms").
        hint: what `pattern` allows, or how a map of maps is written, in words, for the error message.
        decimals: numbers are rounded half-up to so many decimals.
        ge, gt, le, lt, min_length, max_length, pattern: the allowed range; patterns match the whole text.
        immutable: a change replaces the resource.
        update: label of the call that changes it; its meaning belongs to the cloud's room.
        secret: never shown.
        hidden_in: the field that a secret belongs in instead, so that it hides nothing else.
        write_only: sent, never answered.
        sometimes_answered: absent in an answer, it is as recorded; what is answered counts.
        always_answered: no such thing can lack it: an answer without it tells of none.
        server_default: the cloud fills it in; left out of the program means "not managed".
        keyed_by: the fields that identify an item of the list; items are compared by them, not by index.
        unordered: the order of the list has no meaning.
        volatile: moves by itself (counters); never an output, never compared.
        moment: a point in time, counted in `unit` ("ms" or "s") since the epoch; as an output the resource class has
            it as text too, ISO 8601 in UTC, under its name with `_iso` behind it.
        stable_unless: of an output, the inputs whose change may change it; () = an update never does, None = it may
            always. What stays is known in the preview of an update.
        local: ours; never sent under this name.
        resolved: filled in by `check`; not an argument of the program.
        effect: what changing it does to what runs: "capacity" (another number or size of instances), "traffic" (another
            share of it), "restart" (instances are started anew; calls may fail meanwhile), "downtime" (nothing answers
            in between), "schedule" (it stops or scales at another time), "switch" (another version of it runs). Of an
            output that is a moment, what happens then.
        examples: values worth showing.
    """
    facts = DeclaredFacts(
        description=description,
        source=source,
        wire=wire,
        unit=unit,
        hint=hint,
        decimals=decimals,
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
        min_length=min_length,
        max_length=max_length,
        pattern=pattern,
        immutable=immutable,
        update=update,
        secret=secret,
        hidden_in=hidden_in,
        write_only=write_only,
        sometimes_answered=sometimes_answered,
        always_answered=always_answered,
        server_default=server_default,
        keyed_by=(keyed_by,) if isinstance(keyed_by, str) else keyed_by,
        unordered=unordered,
        volatile=volatile,
        moment=moment,
        stable_unless=stable_unless,
        local=local,
        resolved=resolved,
        effect=effect,
        examples=examples,
    )
    limits = {name: getattr(facts, name) for name in _LIMITS if getattr(facts, name) is not None}
    return pydantic.Field(default, description=description, json_schema_extra=_carried(facts), **limits)


@cache
def facts_of(model: type[Spec]) -> Mapping[str, FieldFacts]:
    """The facts of every field of `model`, by Python name, in declared order.

    Raises:
        TypeError: a field was not declared with `field`, or its annotation is none that JSON can hold.
    """
    facts: dict[str, FieldFacts] = {}
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra
        declared: Any = extra.get(_EXTRA_KEY) if isinstance(extra, dict) else None
        if not isinstance(declared, DeclaredFacts):
            raise TypeError(f"{model.__name__}.{name} is not declared with facts.field")
        stated = {item.name: getattr(declared, item.name) for item in dataclasses.fields(declared)}
        stated["wire"] = declared.wire or name
        required = info.is_required()
        facts[name] = FieldFacts(
            **stated,
            name=name,
            shape=_shape_of(info.annotation, f"{model.__name__}.{name}"),
            required=required,
            default=None if required else info.default,
        )
    return types.MappingProxyType(facts)


def walk(model: type[Spec], prefix: Path = ()) -> Iterator[tuple[Path, FieldFacts]]:
    """Every field of `model` at every depth, with its path; list items and map values are wildcard tokens."""
    for name, facts in facts_of(model).items():
        path = (*prefix, name)
        yield path, facts
        if facts.item is not None:
            below = path if facts.kind == "object" else (*path, WILDCARD)
            yield from walk(facts.item, below)


def secret_members(*models: type[Spec]) -> frozenset[str]:
    """The names on the wire of all that is secret in what `models` declare, at every depth."""
    return frozenset(facts.wire for model in models for _path, facts in walk(model) if facts.secret)


def _carried(facts: DeclaredFacts) -> dict[str, Any]:
    """The facts as pydantic carries them along; it never renders them, because the schema is derived from here."""
    return {_EXTRA_KEY: facts}


def _shape_of(annotation: object, where: str) -> Shape:
    annotation = _without_none(annotation)
    if annotation in _JSON_TYPES:
        return Shape(_JSON_TYPES[annotation])
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return Shape("object", model=annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Shape("string", choices=arguments)
    if origin is list:
        return Shape("array", element=_shape_of(arguments[0], where))
    if origin is dict:
        return Shape("object", element=_shape_of(arguments[1], where))
    raise TypeError(f"{where}: {annotation!r} has no JSON form; use scalars, Literal, list, dict or a Spec")


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in get_args(annotation) if member is not type(None)]
        if len(members) == 1:
            return members[0]
    return annotation
