"""`docs/reference/<room>-<name>.md`: the tables of arguments and outputs."""

from __future__ import annotations

from generators.targets import ISO, Target, nested_models
from generators.text import described, page_link

from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of


def reference_page(target: Target, head: str) -> str:
    """The page: its hand-written head, then the tables."""
    arguments = {facts.name for facts in target.arguments}
    identity = [facts_of(target.outputs)[name] for name in target.identity if name not in arguments]
    parts = [head.rstrip() + "\n", "## Arguments\n", _table(target.cloud, target.arguments, given=True)]
    parts += [_section(target.cloud, model, given=True) for model in reversed(nested_models(target.spec))]
    parts += [
        "## Outputs\n",
        "Besides the arguments:\n",
        _table(target.cloud, [*identity, *target.answers], given=False),
    ]
    if target.moments:
        parts += [f"{_times(target)}\n"]
    parts += [_section(target.cloud, model, given=False) for model in reversed(nested_models(target.outputs))]
    return "\n".join(parts)


def _times(target: Target) -> str:
    """The sentence about the points in time."""
    names = [f"`{facts.name}{ISO}`" for facts in target.moments]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    are = "are the same times" if len(names) > 1 else "is the same time"
    return f"{listed} {are} as text, ISO 8601 in UTC: `2026-11-22T08:06:34Z`."


def plain_head(target: Target) -> str:
    """The head of a page for which nobody has written one yet."""
    return f"# {target.room}.{target.name}\n\n{' '.join((target.spec.__doc__ or '').split())}\n"


def _section(cloud: Cloud, model: type[Spec], *, given: bool) -> str:
    summary = " ".join((model.__doc__ or "").split())
    return f"### {_name(model, given)}\n\n{summary}\n\n{_table(cloud, list(facts_of(model).values()), given=given)}"


def _table(cloud: Cloud, fields: list[FieldFacts], *, given: bool) -> str:
    columns = ["Name", "Type", *(["Required"] if given else []), "Description", "Source"]
    lines = [_row(columns), "|---" * len(columns) + "|"]
    for facts in fields:
        required = ["yes" if facts.required else "no"] if given else []
        text = described(facts).replace("|", "\\|")
        lines.append(
            _row([f"`{facts.name}`", _type(facts.shape, given), *required, text, page_link(cloud, facts.source)])
        )
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _type(shape: Shape, given: bool) -> str:
    if shape.model is not None:
        return f"[{_name(shape.model, given)}](#{_name(shape.model, given).lower()})"
    if shape.element is not None:
        return f"{'list' if shape.type == 'array' else 'map'} of {_type(shape.element, given)}"
    return shape.type or "any"


def _name(model: type[Spec], given: bool) -> str:
    """What a program calls it: arguments have classes, answers are plain maps."""
    return f"{model.__name__}Args" if given else model.__name__
