"""What no two things may have in common, such as a name: who has it already, told in the preview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import naming, ownership
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.difference import replaced_by
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.core.lifecycle.state import Inputs, State

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.creation import Creating
    from pulumi_inference.core.lifecycle.managed import Managed


def find_clashes(life: Managed[Any], context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """What else has the name that these inputs give: in the program, in the cloud, or what is to be kept beside."""
    wanted = [values.get(name) for name in life.unique_by]
    if "name" not in life.unique_by or not life.operation.refuses_twins or UNKNOWN in wanted:
        return []
    is_same = old is not None and wanted == [old.get(name) for name in life.unique_by]
    return [
        *_in_program(life, context, values, wanted),
        *(_kept_beside(life, context, old, values) if is_same and old else ()),
        *([] if is_same or naming.is_automatic(values) else _in_cloud(life, context, values, wanted)),
    ]


def rival_of(run: Creating[Any], answer: Answer) -> tuple[str, str]:
    """What is wrong with a thing that has what is unique, and what to do about it."""
    context, life = run.context, run.life
    thing, noun, unique = run.id_of(answer), run.noun, run.unique
    known_as = context.environment.memory.seen_as(life.kind, thing, context.urn)
    if known_as == context.urn:
        what = f"its older {noun} {thing} still has the {unique}"
        if context.course.retains:
            return (
                f"{what}, and retain_on_delete keeps it",
                f"Give it another {unique}, or take the change back: then `pulumi up` takes the {noun} over again.",
            )
        if not context.course.is_forced and run.is_alike(answer) and run.has_all_asked(answer):
            return what, (
                "It has all that the program asks for: run `pulumi refresh` first, and look at the next preview. "
                "Only what that still replaces has to go before the new one is made."
            )
        return what, f"Set delete_before_replace=True in the resource's options, or another {unique}, and run again."
    command = f"pulumi-inference import {life.kind.replace('.', ' ').lower()} {thing} --name {context.label}"
    otherwise = f"choose another {unique}, or manage that {noun}: `{command}`"
    if known_as:
        other = known_as.rpartition("::")[2]
        return (
            f'the {unique} is taken by the {noun} {thing}, which is "{other}" in this stack',
            f"If that is what this resource was called before, say so: {_alias(known_as, context.urn)}; else choose "
            f"another {unique}.",
        )
    if run.mark_of(answer):
        return (
            f"the {unique} is taken by the {noun} {thing}, which another Pulumi resource has made",
            f"If that is what this resource was called before in this stack, say so: {_alias('', context.urn)}; else "
            f"{otherwise}",
        )
    return (
        f"the {unique} is taken by the {noun} {thing}, which this resource has not made",
        f"{otherwise[0].upper()}{otherwise[1:]}",
    )


def _alias(former: str, urn: str) -> str:
    """The option that says what a resource was called; its whole urn where more than the name has changed."""
    start, _, name = former.rpartition("::")
    is_renamed = not former or start == urn.rpartition("::")[0]
    alias = f'pulumi.Alias(name="{name or "FORMER NAME"}")' if is_renamed else f'"{former}"'
    return f"opts=pulumi.ResourceOptions(aliases=[{alias}])"


def _in_program(life: Managed[Any], context: Context, values: Inputs, wanted: list[Any]) -> Iterator[Problem]:
    place = (*life.connections.where(values).items(), *wanted)
    first = context.environment.memory.claim(life.kind, repr(place), "name", context.urn)
    if first != context.urn:
        other, unique = first.rpartition("::")[2], life.operation.unique
        yield Problem(
            life.unique_by[-1], f'"{wanted[-1]}" is the {unique} of "{other}" in this program too; choose another one'
        )


def _kept_beside(life: Managed[Any], context: Context, old: Inputs, values: Inputs) -> Iterator[Problem]:
    """An immutable change of what is not deleted when it is replaced, and has the name."""
    replaces = replaced_by(life.spec, old, values) if context.course.retains else []
    if replaces:
        noun, unique = life.operation.noun, life.operation.unique
        yield Problem(
            life.unique_by[-1],
            f"another {' and '.join(replaces)} makes another {noun}, and the old one keeps the {unique} because of "
            f"retain_on_delete; give the new one another {unique}, or take retain_on_delete away",
        )


def _in_cloud(life: Managed[Any], context: Context, values: Inputs, wanted: list[Any]) -> list[Problem]:
    run = life.operation(life, context, State("", dict(values), {}), "create")
    run.patience = ADVICE_PATIENCE

    def ask() -> Advice[Any]:
        return Advice(life.connections, context, values)

    def find(advice: Advice[Any]) -> Iterator[Problem]:
        found = advice.ask(f"{life.operation.unique}s", (life.kind, *wanted), lambda _client: list(run.find()))
        for one in found:
            whole = one if run.lists_marks else _detail(run, advice, run.id_of(one))
            if whole is not None:
                yield from _clash(run, whole)

    return find_problems(life.connections, context, ask, [find])


def _detail(run: Creating[Any], advice: Advice[Any], thing: str) -> Answer | None:
    life, what = run.life, f"{run.noun} {thing}"
    return advice.ask(
        what, (life.kind, what), lambda _client: life.look(run.context, run.connection, thing, ADVICE_PATIENCE)
    )


def _clash(run: Creating[Any], answer: Answer) -> Iterator[Problem]:
    life, context = run.life, run.context
    memory, thing = context.environment.memory, run.id_of(answer)
    if life.is_going(answer) or memory.has_deleted(life.kind, thing):
        return
    what, advice = rival_of(run, answer)
    if memory.seen_as(life.kind, thing, context.urn) == context.urn:
        # Whether it goes first is not said here; only where the engine was told to replace it, nobody looks after that.
        if context.course.is_forced and not context.course.deletes_first:
            context.warn(f"{what}: it cannot be replaced with the same one. {advice}")
    elif run.mark_of(answer) != ownership.mark(context.urn):
        yield Problem(life.unique_by[-1], f"{what}. {advice}")
