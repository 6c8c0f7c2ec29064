"""`<room>/inputs.py`: a class of typed arguments and a TypedDict for every nested spec."""

from __future__ import annotations

from collections.abc import Sequence

from generators.targets import Target, nested_models
from generators.text import HEADER, docstring, formatted, input_type, parameter, sentence, summary, wrapped

from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of


def inputs_module(room: str, targets: Sequence[Target]) -> str:
    """The source of `inputs.py`."""
    models = list(dict.fromkeys(model for target in targets for model in nested_models(target.spec)))
    body = "\n\n".join(_typed_dict(model) + "\n\n" + _arguments(model) for model in models)
    names = "".join(sorted(f'"{model.__name__}{kind}", ' for model in models for kind in ("Args", "ArgsDict")))
    imports = "from __future__ import annotations\n\n"
    if models:
        imports += "from collections.abc import Mapping, Sequence\n"
        imports += "from typing import Any, Literal, NotRequired, TypedDict\n\n"
        imports += "import pulumi\n\n"
    header = HEADER.format(title="Typed arguments of the nested values.", source=f"{room}/specs")
    return formatted(f"{header}\n{imports}__all__: list[str] = [{names}]\n\n\n{body}\n")


def _typed_dict(model: type[Spec]) -> str:
    lines = [f"class {model.__name__}ArgsDict(TypedDict):", f'    """{summary(model)}"""', ""]
    for facts in facts_of(model).values():
        annotation = input_type(facts.shape)
        lines.append(f"    {facts.name}: {annotation if facts.required else f'NotRequired[{annotation}]'}")
        lines.append(docstring(sentence(facts)))
    return "\n".join(lines) + "\n"


def _arguments(model: type[Spec]) -> str:
    fields = sorted(facts_of(model).values(), key=lambda facts: not facts.required)
    lines = ["@pulumi.input_type", f"class {model.__name__}Args:", f'    """{summary(model)}"""', ""]
    lines += [f"    {facts.name}: {_annotation(facts)}" for facts in fields]
    lines += ["", "    def __init__(", "        self,", "        *,"]
    lines += [parameter(facts) for facts in fields]
    lines += ["    ) -> None:", '        """Sets the values that are given.', "", "        Args:"]
    lines += [wrapped(f"{facts.name}: {sentence(facts)}", " " * 12) for facts in fields]
    lines.append('        """')
    given = "".join(f'"{facts.name}": {facts.name}, ' for facts in fields)
    lines += [
        f"        given: dict[str, Any] = {{{given}}}",
        "        for field, one in given.items():",
        "            if one is not None:",
        "                pulumi.set(self, field, one)",
    ]
    return "\n".join(lines) + "\n"


def _annotation(facts: FieldFacts) -> str:
    annotation = input_type(facts.shape)
    return annotation if facts.required else f"{annotation} | None"
