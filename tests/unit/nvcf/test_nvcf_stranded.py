"""A deployment that does not follow its function: written with the ids as texts, it would go with the old version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import Difference, State
from tests.support.nvcf import DEPLOYMENT_URN, FUNCTION_URN, Nvcf, deployment, function
from tests.support.world import Values

OTHER = function(container_image="nvcr.io/acme/echo:2")


def compare(nvcf: Nvcf, state: State, values: Values, urn: str, *, retains: bool = False) -> Difference:
    """What the engine does with one resource of a program, in the operation that goes on."""
    world = nvcf.world
    context = world.context(urn)
    context.course.retains = retains
    checked = world.lifecycle.check(context, state.inputs, values)
    assert checked.problems == []
    return world.lifecycle.diff(world.context(urn), state.id, state, world.known(checked.inputs))


@pytest.mark.parametrize("order", [("function", "deployment"), ("deployment", "function")])
def test_a_version_is_not_replaced_under_a_deployment_that_stays(nvcf: Nvcf, order: tuple[str, str]) -> None:
    version = nvcf.function()
    deployed = nvcf.deployment(version)
    nvcf.world.next_operation()

    def look(kind: str) -> Difference:
        if kind == "function":
            nvcf.be_function()
            return compare(nvcf, version, OTHER, FUNCTION_URN)
        nvcf.be_deployment()
        return compare(nvcf, deployed, deployment(version), DEPLOYMENT_URN)

    look(order[0])
    with pytest.raises(ConfigurationError, match="stays with the old one, which goes") as refused:
        look(order[1])
    assert 'Let "echo" take function_id and version_id from the outputs of "echo"' in str(refused.value)


def test_a_deployment_that_follows_is_replaced_too(nvcf: Nvcf) -> None:
    version = nvcf.function()
    deployed = nvcf.deployment(version)
    newer = replace(version, id=f"{version.id.split(',')[0]},6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10")
    nvcf.world.next_operation()
    nvcf.be_function()
    assert compare(nvcf, version, OTHER, FUNCTION_URN).replaces == ["container_image"]
    nvcf.be_deployment()
    nvcf.world.configuration.values["nvcfPlanChecks"] = "false"
    assert compare(nvcf, deployed, deployment(newer), DEPLOYMENT_URN).replaces == ["version_id"]


def test_a_version_that_is_kept_takes_nothing_away(nvcf: Nvcf) -> None:
    version = nvcf.function()
    deployed = nvcf.deployment(version)
    nvcf.world.next_operation()
    nvcf.be_function()
    assert compare(nvcf, version, OTHER, FUNCTION_URN, retains=True).replaces == ["container_image"]
    nvcf.be_deployment()
    assert compare(nvcf, deployed, deployment(version), DEPLOYMENT_URN).changes is False
