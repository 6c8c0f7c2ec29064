"""Which resources are generated: those of the clouds' descriptors, with what their lifecycle classes say."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud, Kind
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.lifecycle import Lifecycle

ISO = "_iso"
"""What stands behind the name of a point in time where it is text."""


@dataclass(frozen=True)
class Target:
    """One resource of a cloud; its token is `<cloud>:<kind>`."""

    cloud: Cloud
    kind: Kind
    lifecycle: type[Lifecycle]

    @property
    def room(self) -> str:
        """The cloud's folder."""
        return self.cloud.name

    @property
    def name(self) -> str:
        """The resource class."""
        return self.kind.name

    @property
    def spec(self) -> type[Spec]:
        """What a program may give, and what `check` resolves."""
        return self.lifecycle.spec

    @property
    def outputs(self) -> type[Spec]:
        """What the cloud answers."""
        return self.lifecycle.outputs

    @property
    def identity(self) -> tuple[str, ...]:
        """The outputs that make up the resource's id."""
        return self.lifecycle.identity

    @property
    def computed(self) -> list[str]:
        """Those of them that are computed from the id: all but the arguments that are always given."""
        required = {facts.name for facts in self.arguments if facts.required}
        return [name for name in self.identity if name not in required]

    @property
    def moments(self) -> list[FieldFacts]:
        """The points in time among the answers, which a program has as text, too."""
        return [facts for facts in self.answers if facts.moment]

    @property
    def import_words(self) -> str:
        """What follows `pulumi-inference import`; "" where there is no such command."""
        return f"{self.room} {self.name.lower()}" if self.kind.importing else ""

    @property
    def arguments(self) -> list[FieldFacts]:
        """What a program may give, required ones first."""
        given = [facts for facts in facts_of(self.spec).values() if not facts.resolved]
        return sorted(given, key=lambda facts: not facts.required)

    @property
    def answers(self) -> list[FieldFacts]:
        """What is known after `up` and not given: the cloud's answers, then what `check` has resolved."""
        answered = [facts for facts in facts_of(self.outputs).values() if facts.name not in self.identity]
        return answered + [facts for facts in facts_of(self.spec).values() if facts.resolved]


def _target(cloud: Cloud, kind: Kind) -> Target:
    return Target(cloud, kind, clouds.load(clouds.load(kind.provider).lifecycle))


def targets() -> tuple[Target, ...]:
    """All of them, by cloud."""
    return tuple(_target(cloud, kind) for cloud, kind in clouds.kinds())


def nested_models(model: type[Spec]) -> list[type[Spec]]:
    """Every Spec inside `model`, inner ones before those that hold them."""
    found: dict[type[Spec], None] = {}
    for facts in facts_of(model).values():
        if facts.item is not None:
            found.update(dict.fromkeys([*nested_models(facts.item), facts.item]))
    return list(found)
