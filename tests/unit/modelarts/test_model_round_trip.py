"""Whatever a program says of a model comes back as it was said, and one change replaces the model by one field."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.facts import facts_of
from pulumi_inference.core.normalise import normalise
from pulumi_inference.core.validate import validate
from pulumi_inference.modelarts.models.rules import MODEL_RULES, complete
from pulumi_inference.modelarts.specs import ModelSpec
from tests.support.models import models, new_model_world
from tests.support.world import Values

# Without shrinking: each step of it is a whole life, and a failing case is short enough to be read.
LIVES = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@LIVES
@given(models())
def test_what_was_created_is_read_back_without_a_change(model: Values) -> None:
    with tempfile.TemporaryDirectory() as folder, new_model_world(Path(folder)) as world:
        state = world.create(model)
        assert world.diff(state, model).changes is False
        read = world.read(state)
        assert read is not None
        assert read.inputs == world.known(world.valid(model, read))
        assert world.diff(read, model).changes is False
        assert world.writes() == []


@st.composite
def changes(draw: st.DrawFn) -> tuple[Values, str, Values]:
    """A valid program, the name of a field, and the same program with another value of that field."""
    before, other = draw(models()), draw(models())
    if before["model_type"] != other["model_type"]:
        other.pop("runtime", None)  # of another engine
    name = draw(st.sampled_from([one for one in facts_of(ModelSpec) if one != "model_type"]))
    after = {field: value for field, value in before.items() if field != name}
    after |= {name: other[name]} if name in other else {}
    assume(complete(before).get(name) != complete(after).get(name))
    # A default of the cloud that only one of the two names is the same as long as nobody says otherwise.
    assume(not facts_of(ModelSpec)[name].server_default or (name in before and name in after))
    assume(not validate(ModelSpec, complete(normalise(ModelSpec, after)), MODEL_RULES))
    return before, name, after


@LIVES
@given(changes())
def test_one_change_replaces_the_model_by_that_field(case: tuple[Values, str, Values]) -> None:
    before, name, after = case
    with tempfile.TemporaryDirectory() as folder, new_model_world(Path(folder)) as world:
        state = world.create(before)
        found = world.diff(state, after)
        assert (found.changes, found.replaces) == (None, [name])
        assert world.writes() == []
