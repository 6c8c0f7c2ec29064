"""Which resources are generated, and where their files go."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec
from pulumi_inference.modelarts.specs.service import ServiceSpec


@dataclass(frozen=True)
class Target:
    """One resource: its token `<room>:<name>`, its models, and what the base class wants to know."""

    room: str
    name: str
    spec: type[Spec]
    outputs: type[Spec]
    identity: str
    """The output that is computed from the resource's id."""
    provider: str
    import_words: str
    """What follows `pulumi-inference import`; "" where there is no such command."""
    documented_at: str
    """Address of the API reference, with `{page}` for the pages that fields name as their source."""
    secrets_when_read: tuple[str, ...]
    """Outputs of an existing thing that may hold secrets, where no program says which."""
    filled_in: tuple[str, ...] = ("name",)
    """Arguments without a default that have a value after `up` all the same."""
    mixin: str = ""
    """A hand-written class, `module:Class`, that the resource class has before the base class of all."""

    @property
    def arguments(self) -> list[FieldFacts]:
        """What a program may give, required ones first."""
        given = [facts for facts in facts_of(self.spec).values() if not facts.resolved]
        return sorted(given, key=lambda facts: not facts.required)

    @property
    def is_named_by_argument(self) -> bool:
        """Whether the id is an argument already, so that it is no output of its own."""
        return any(facts.name == self.identity for facts in self.arguments)

    @property
    def answers(self) -> list[FieldFacts]:
        """What is known after `up` and not given: the cloud's answers, then what `check` has resolved."""
        answered = [facts for facts in facts_of(self.outputs).values() if facts.name != self.identity]
        return answered + [facts for facts in facts_of(self.spec).values() if facts.resolved]


TARGETS = (
    Target(
        room="modelarts",
        name="Service",
        spec=ServiceSpec,
        outputs=ServiceOutputs,
        identity="service_id",
        provider="ModelArtsServiceProvider",
        import_words="modelarts service",
        documented_at="https://support.huaweicloud.com/api-modelarts/{page}.html",
        secrets_when_read=("config",),
    ),
    Target(
        room="modelarts",
        name="Schedule",
        spec=ScheduleSpec,
        outputs=ScheduleOutputs,
        identity="service_id",
        provider="ModelArtsScheduleProvider",
        import_words="",
        documented_at="https://support.huaweicloud.com/api-modelarts/{page}.html",
        secrets_when_read=(),
        mixin="pulumi_inference.modelarts.program.one_schedule:OneSchedule",
    ),
    Target(
        room="modelarts",
        name="Model",
        spec=ModelSpec,
        outputs=ModelOutputs,
        identity="model_id",
        provider="ModelArtsModelProvider",
        import_words="modelarts model",
        documented_at="https://support.huaweicloud.com/api-modelarts/{page}.html",
        secrets_when_read=(),
    ),
)


def nested_models(model: type[Spec]) -> list[type[Spec]]:
    """Every Spec inside `model`, inner ones before those that hold them."""
    found: dict[type[Spec], None] = {}
    for facts in facts_of(model).values():
        if facts.item is not None:
            found.update(dict.fromkeys([*nested_models(facts.item), facts.item]))
    return list(found)
