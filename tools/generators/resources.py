"""`<room>/resources.py`: the resource classes, with typed signatures and declared outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from generators.targets import ISO, Target
from generators.text import HEADER, docstring, formatted, output_type, parameter, sentence, wrapped

from pulumi_inference.core.fields.facts import FieldFacts, facts_of


def resources_module(room: str, targets: Sequence[Target]) -> str:
    """The source of `resources.py`."""
    body = "\n\n".join(_resource(target) for target in targets)
    used = sorted({name for target in targets for name in _nested_arguments(target)})
    mixins = _by_module(target.kind.mixin for target in targets if target.kind.mixin)
    ours = [
        "from pulumi_inference.engine.resource import InferenceResource\n",
        *([f"from pulumi_inference.{room}.inputs import ({', '.join(used)})\n"] if used else []),
        *(
            f"from {module} import {', '.join(names)}\n"
            for module, names in (*mixins, *_by_module(target.kind.provider for target in targets))
        ),
    ]
    imports = (
        "from __future__ import annotations\n\n"
        "from collections.abc import Mapping, Sequence\n"
        "from typing import TYPE_CHECKING, Any, Literal\n\n"
        "import pulumi\n\n" + "".join(sorted(ours))
    )
    header = HEADER.format(title="The resource classes.", source=f"{room}/specs")
    names = "".join(f'"{name}", ' for name in sorted(target.name for target in targets))
    return formatted(f"{header}\n{imports}\n__all__ = [{names}]\n\n\n{body}\n")


def _by_module(references: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The classes that import strings name, by the module that has them."""
    parts = sorted({tuple(one.split(":")) for one in references})
    for module, found in groupby(parts, key=lambda one: one[0]):
        yield module, [name for _, name in found]


def _resource(target: Target) -> str:
    given, answered = target.arguments, target.answers
    stable = [facts.name for facts in answered if facts.stable_unless is not None]
    secrets = [facts.name for facts in [*given, *answered] if facts.secret]
    bases = ", ".join([*target.kind.mixin.split(":")[1:], "InferenceResource"])
    lines = [
        f'class {target.name}({bases}, module="{target.room}", name="{target.name}"):',
        f'    """{" ".join((target.spec.__doc__ or "").split())}',
        "",
        "    Words in brackets name the page of the API reference that documents an argument:",
        f"    {target.cloud.documented_at.format(page='<page>')}",
        '    """',
        "",
        f"    _dynamic_provider = {target.kind.provider.split(':')[1]}",
        f"    _properties = ({_listed(facts.name for facts in [*given, *answered])})",
        f"    _secrets = ({_listed(secrets)})",
        f"    _secrets_when_read = ({_listed(target.kind.secrets_when_read)})",
        f"    _stable = ({_listed(stable)})",
        f'    _import_words = "{target.import_words}"',
        "",
    ]
    lines += [
        *_attributes(target, needed=True),
        "",
        "    # Pulumi evaluates the annotations of a class for each resource anew, and needs them for integer inputs.",
    ]
    lines += ["    if TYPE_CHECKING:", *_attributes(target, needed=False)]
    lines += ["", *_constructor(target), *_identity(target), *_moments(target), "", *_getter(target)]
    return "\n".join(lines) + "\n"


def _attributes(target: Target, *, needed: bool) -> list[str]:
    lines = []
    inputs = {facts.name for facts in target.arguments}
    for facts in [*target.arguments, *target.answers]:
        if facts.name in target.computed:
            continue
        if (facts.type == "integer" and facts.name in inputs) is needed:
            annotation = _output_annotation(facts, target.kind.filled_in)
            indent = "    " if needed else "        "
            lines += [f"{indent}{facts.name}: {annotation}", docstring(facts.description, indent)]
    return lines


def _constructor(target: Target) -> list[str]:
    lines = ["    def __init__(", "        self,", "        resource_name: str,", "        *,"]
    lines += [parameter(facts) for facts in target.arguments]
    lines += ["        opts: pulumi.ResourceOptions | None = None,", "    ) -> None:"]
    lines += [
        '        """Declares the resource.',
        "",
        "        Args:",
        "            resource_name: its name in the program.",
    ]
    lines += [wrapped(f"{facts.name}: {sentence(facts)}", " " * 12) for facts in target.arguments]
    lines += ["            opts: Pulumi's resource options.", "", "        Raises:"]
    lines += [
        "            pulumi.RunError: `opts.import_` is set; the message names the command to use.",
        '        """',
    ]
    inputs = "".join(f'"{facts.name}": {facts.name}, ' for facts in target.arguments)
    return [*lines, f"        super().__init__(resource_name, {{{inputs}}}, opts)"]


def _identity(target: Target) -> list[str]:
    return [line for name in target.computed for line in ["", *_part_of_id(target, name)]]


def _part_of_id(target: Target, name: str) -> list[str]:
    """A part of the id as an output; an argument of this name that was given is that part."""
    whole, description = len(target.identity) == 1, facts_of(target.outputs)[name].description
    part = "self.id" if whole else f'self._outputs.part_of_id("{name}", {target.identity.index(name)})'
    lines = [
        "    @property",
        f"    def {name}(self) -> pulumi.Output[str]:",
        f'        """{description} Known in the preview of an update."""',
    ]
    if any(facts.name == name for facts in target.arguments):
        lines += [f'        given = self._given.get("{name}")', "        if given is not None:"]
        lines += ["            return pulumi.Output.from_input(given)"]
    return [*lines, f"        return {part}"]


def _moments(target: Target) -> list[str]:
    """The points in time as text."""
    lines = []
    for facts in target.moments:
        annotation = _output_annotation(facts, target.kind.filled_in).replace("int", "str")
        lines += ["", "    @property", f"    def {facts.name}{ISO}(self) -> {annotation}:"]
        lines += [wrapped(f'"""{facts.description} ISO 8601, in UTC."""', " " * 8, hanging="")]
        lines += [f'        return self._iso(self.{facts.name}, "{facts.unit}")']
    return lines


def _getter(target: Target) -> list[str]:
    return [
        "    @staticmethod",
        "    def get(",
        "        resource_name: str,",
        "        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it",
        "        opts: pulumi.ResourceOptions | None = None,",
        f"    ) -> {target.name}:",
        f'        """Looks up an existing {target.name}, which Pulumi then neither changes nor deletes.',
        "",
        "        Args:",
        "            resource_name: its name in the program.",
        f"            id: the {','.join(target.identity)}.",
        "            opts: Pulumi's resource options.",
        '        """',
        f"        return {target.name}._get(resource_name, id, opts)",
    ]


def _output_annotation(facts: FieldFacts, filled_in: Sequence[str]) -> str:
    inside = output_type(facts.shape)
    ours = facts.default is not None and not facts.server_default
    certain = facts.required or facts.resolved or ours or facts.name in filled_in
    return f"pulumi.Output[{inside}]" if certain else f"pulumi.Output[{inside} | None]"


def _nested_arguments(target: Target) -> set[str]:
    names = {facts.item.__name__ for facts in target.arguments if facts.item is not None}
    return {f"{name}{kind}" for name in names for kind in ("Args", "ArgsDict")}


def _listed(names: Iterable[str]) -> str:
    return "".join(f'"{name}", ' for name in names)
