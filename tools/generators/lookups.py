"""`<room>/lookups.py`: the functions that programs ask with, each at once and as an output."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any, get_args

from generators.targets import nested_models
from generators.text import HEADER, described, docstring, formatted, scalar, silenced, summary, wrapped

from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of, walk
from pulumi_inference.core.fields.lookup import Lookup

LookupClass = type[Lookup[Any]]


def lookups_module(cloud: Cloud, lookups: Sequence[LookupClass]) -> str:
    """The source of `lookups.py`."""
    records = sorted({lookup.answers()[0] for lookup in lookups}, key=lambda one: one.__name__)
    classes = list(dict.fromkeys(one for record in records for one in [*nested_models(record), record]))
    functions = [name for lookup in lookups for name in (lookup.function(), f"{lookup.function()}_output")]
    public = "".join(f'"{name}", ' for name in sorted([*functions, *(one.__name__ for one in records)]))
    connections, connections_name = cloud.connections.split(":")
    wanted = [
        ("pulumi_inference.engine.answers", ["Answer", "Awaitable", "Records", "answer"]),
        ("pulumi_inference.engine.lookups", ["Lookups", "later"]),
        (connections, [connections_name]),
        (cloud.lookups, [lookup.__name__ for lookup in lookups]),
        *((package, [module]) for package, module in sorted({_module_of(one) for one in classes})),
    ]
    functions_of = (_awaitable(lookup) + _plain(cloud, lookup) + "\n\n" + _later(lookup) for lookup in lookups)
    body = "\n\n".join([*map(_record, classes), *functions_of])
    typed = [name for name in ("Any", "Literal") if re.search(rf"\b{name}\b", body)]
    typing = f"from typing import {', '.join(typed)}\n\n" if typed else ""
    source = f"{cloud.lookups.removeprefix('pulumi_inference.').replace('.', '/')}.py"
    header = HEADER.format(title="The lookups: what a program asks the cloud.", source=source)
    imports = f"from __future__ import annotations\n\n{typing}import pulumi\n\n{_imports(wanted)}"
    shared = f'_lookups = Lookups("{cloud.name}", {connections_name})'
    return formatted(f"{header}\n{imports}\n__all__ = [{public}]\n\n{shared}\n\n\n{body}")


def _imports(wanted: Sequence[tuple[str, list[str]]]) -> str:
    by_module: dict[str, list[str]] = {}
    for module, names in sorted(wanted):
        by_module.setdefault(module, []).extend(names)
    return "".join(f"from {module} import ({_sorted(names)})\n" for module, names in by_module.items())


def _sorted(names: Sequence[str]) -> str:
    """As ruff sorts them: classes first, in whatever case."""
    return ", ".join(sorted(names, key=lambda name: (name[0].islower(), name.lower())))


def _module_of(record: type[Spec]) -> tuple[str, str]:
    package, _, module = record.__module__.rpartition(".")
    return package, module


def _record(record: type[Spec]) -> str:
    lines = [
        f"@answer({_module_of(record)[1]}.{record.__name__})",
        f"class {record.__name__}(Answer):",
        docstring(summary(record)),
        "",
    ]
    for facts in facts_of(record).values():
        lines += [f"    {facts.name}: {_type(facts.shape)}{_or_none(record, facts)}", docstring(described(facts))]
    return "\n".join(lines) + "\n"


def _type(shape: Shape) -> str:
    if shape.element is not None:
        inside = _type(shape.element)
        return f"list[{inside}]" if shape.type == "array" else f"dict[str, {inside}]"
    return scalar(shape) if shape.model is None else shape.model.__name__


def _or_none(model: type[Spec], facts: FieldFacts) -> str:
    return " | None" if type(None) in get_args(model.model_fields[facts.name].annotation) else ""


def _awaitable(lookup: LookupClass) -> str:
    record, is_list = lookup.answers()
    if is_list:
        return ""
    bases = f"Awaitable[{record.__name__}], {record.__name__}"
    return f"class {_awaited(lookup)}({bases}):\n{docstring(summary(record))}\n\n\n"


def _plain(cloud: Cloud, lookup: LookupClass) -> str:
    record, is_list = lookup.answers()
    ask, answer = ("records", record.__name__) if is_list else ("record", _awaited(lookup))
    lines = [
        f"def {lookup.function()}({_parameters(lookup, later=False)}) -> {_awaited(lookup)}:",
        *_docs(cloud, lookup),
    ]
    return "\n".join(
        [*lines, f"    return _lookups.{ask}({lookup.__name__}, {answer}, connection{_handed_on(lookup)})\n"]
    )


def _later(lookup: LookupClass) -> str:
    function, (record, is_list) = lookup.function(), lookup.answers()
    answer = f"list[{record.__name__}]" if is_list else record.__name__
    secret = " A secret output when there is a secret in it." if any(one.secret for _, one in walk(record)) else ""
    return (
        f"def {function}_output({_parameters(lookup, later=True)}) -> pulumi.Output[{answer}]:\n"
        f"{docstring(f'Like `{function}`, for arguments that are known only later.{secret}')}\n"
        f"    return later({function}{_handed_on(lookup)}, connection=connection)\n"
    )


def _awaited(lookup: LookupClass) -> str:
    record, is_list = lookup.answers()
    return f"Records[{record.__name__}]" if is_list else f"Awaitable{record.__name__}"


def _parameters(lookup: LookupClass, *, later: bool) -> str:
    facts = facts_of(lookup)
    others = [_parameter(lookup, one, later=later) for name, one in facts.items() if name != lookup.subject]
    connection = f"connection: {'pulumi.Input[str | None]' if later else 'str | None'} = None"
    first = [_parameter(lookup, facts[lookup.subject], later=later)] if lookup.subject else []
    parameters = [*first, "*", *others, connection]
    if not any(map(silenced, facts)):
        return ", ".join(parameters)
    return "".join(f"\n    {one},{silenced(one.partition(':')[0])}" for one in parameters) + "\n"


def _parameter(lookup: LookupClass, facts: FieldFacts, *, later: bool) -> str:
    annotation = f"{scalar(facts.shape)}{_or_none(lookup, facts)}"
    default = "" if facts.required else f" = {facts.default!r}"
    return f"{facts.name}: {f'pulumi.Input[{annotation}]' if later else annotation}{default}"


def _handed_on(lookup: LookupClass) -> str:
    return "".join(f", {name}={name}" for name in facts_of(lookup))


def _docs(cloud: Cloud, lookup: LookupClass) -> list[str]:
    first, _, rest = inspect.cleandoc(lookup.__doc__ or "").partition("\n")
    lines = [f'    """{first.removesuffix(".")} ({lookup.source}).', ""]
    lines += [f"    {line}".rstrip() for line in rest.strip().splitlines()] + [""] * bool(rest)
    lines += ["    Args:"]
    lines += [wrapped(f"{facts.name}: {described(facts)}", " " * 8) for facts in facts_of(lookup).values()]
    lines += ["        connection: Name of the configuration section to use; the default connection when left out."]
    reasons = ["arguments exclude each other"] * bool(lookup.exclusive) + ["settings are missing"]
    reasons += ["there is no such thing"] * bool(lookup.subject) + [f"{cloud.short} refuses or cannot be asked"]
    raised = f"pulumi.RunError: {', '.join(reasons[:-1])}, or {reasons[-1]}."
    return [*lines, "", "    Raises:", wrapped(raised, " " * 8), '    """']
