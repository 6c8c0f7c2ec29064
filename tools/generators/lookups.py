"""`<room>/lookups.py`: the functions that programs ask with, each at once and as an output."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, get_args

from generators.text import HEADER, described, formatted, scalar, wrapped

from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.lookup import Lookup

LookupClass = type[Lookup[Any]]


def lookups_module(cloud: Cloud, lookups: Sequence[LookupClass]) -> str:
    """The source of `lookups.py`."""
    records = sorted({lookup.answers()[0] for lookup in lookups}, key=lambda one: one.__name__)
    functions = [name for lookup in lookups for name in (lookup.function(), f"{lookup.function()}_output")]
    public = "".join(f'"{name}", ' for name in sorted([*functions, *(one.__name__ for one in records)]))
    connections, connections_name = cloud.connections.split(":")
    wanted = [
        ("pulumi_inference.engine.lookups", ["Awaitable", "Lookups", "Records", "later"]),
        (connections, [connections_name]),
        (cloud.lookups, [lookup.__name__ for lookup in lookups]),
        *((one.__module__, [one.__name__]) for one in records),
    ]
    body = "\n\n".join(_awaitable(lookup) + _plain(cloud, lookup) + "\n\n" + _later(lookup) for lookup in lookups)
    typing = "from typing import Literal\n\n" if "Literal[" in body else ""
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


def _awaitable(lookup: LookupClass) -> str:
    record, is_list = lookup.answers()
    if is_list:
        return ""
    summary = " ".join((record.__doc__ or "").split())
    return f'class {_answer(lookup)}(Awaitable, {record.__name__}):\n    """{summary}"""\n\n\n'


def _plain(cloud: Cloud, lookup: LookupClass) -> str:
    is_list = lookup.answers()[1]
    ask = f"records({lookup.__name__}" if is_list else f"record({lookup.__name__}, {_answer(lookup)}"
    lines = [
        f"def {lookup.function()}({_parameters(lookup, later=False)}) -> {_answer(lookup)}:",
        *_docs(cloud, lookup),
    ]
    return "\n".join([*lines, f"    return _lookups.{ask}, connection{_handed_on(lookup)})\n"])


def _later(lookup: LookupClass) -> str:
    function = lookup.function()
    return (
        f"def {function}_output({_parameters(lookup, later=True)}) -> pulumi.Output[{_answer(lookup)}]:\n"
        f'    """Like `{function}`, for arguments that are known only later."""\n'
        f"    return later({function}{_handed_on(lookup)}, connection=connection)\n"
    )


def _answer(lookup: LookupClass) -> str:
    record, is_list = lookup.answers()
    return f"Records[{record.__name__}]" if is_list else f"Awaitable{record.__name__}"


def _parameters(lookup: LookupClass, *, later: bool) -> str:
    facts = facts_of(lookup)
    others = [_parameter(lookup, one, later=later) for name, one in facts.items() if name != lookup.subject]
    connection = f"connection: {'pulumi.Input[str | None]' if later else 'str | None'} = None"
    first = [_parameter(lookup, facts[lookup.subject], later=later)] if lookup.subject else []
    return ", ".join([*first, "*", *others, connection])


def _parameter(lookup: LookupClass, facts: FieldFacts, *, later: bool) -> str:
    annotation = scalar(facts.shape)
    if type(None) in get_args(lookup.model_fields[facts.name].annotation):
        annotation += " | None"
    default = "" if facts.required else f" = {facts.default!r}"
    return f"{facts.name}: {f'pulumi.Input[{annotation}]' if later else annotation}{default}"


def _handed_on(lookup: LookupClass) -> str:
    return "".join(f", {name}={name}" for name in facts_of(lookup))


def _docs(cloud: Cloud, lookup: LookupClass) -> list[str]:
    summary, _, rest = inspect.cleandoc(lookup.__doc__ or "").partition("\n")
    lines = [f'    """{summary.removesuffix(".")} ({lookup.source}).', ""]
    lines += [f"    {line}".rstrip() for line in rest.strip().splitlines()] + [""] * bool(rest)
    lines += ["    Args:"]
    lines += [wrapped(f"{facts.name}: {described(facts)}", " " * 8) for facts in facts_of(lookup).values()]
    lines += ["        connection: Name of the configuration section to use; the default connection when left out."]
    reasons = ["arguments exclude each other"] * bool(lookup.exclusive) + ["settings are missing"]
    reasons += ["there is no such thing"] * bool(lookup.subject) + [f"{cloud.short} refuses or cannot be asked"]
    raised = f"pulumi.RunError: {', '.join(reasons[:-1])}, or {reasons[-1]}."
    return [*lines, "", "    Raises:", wrapped(raised, " " * 8), '    """']
