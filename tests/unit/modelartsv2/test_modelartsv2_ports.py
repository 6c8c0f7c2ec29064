"""Ports that a service, its deployments and their units say, compared in the preview."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.modelartsv2 import ModelArtsV2, deployment, group, invoke, runtime, service, unit
from tests.support.world import Values

PORTS: dict[str, tuple[Values, list[str]]] = {
    "the same": ({"port": 8080}, []),
    "another port": (
        {"port": 9000},
        [
            "advanced_config.port is 9000, and runtime_config.service_invoke.port of its service is 8080: which of the "
            "two counts is not documented, so set both to the same"
        ],
    ),
    "another protocol": (
        {"port": 8080, "protocol": "HTTPS"},
        [
            "advanced_config.protocol is HTTPS, and runtime_config.service_invoke.protocol of its service is HTTP: "
            "which of the two counts is not documented, so set both to the same"
        ],
    ),
    "a protocol that services lack": ({"port": 8080, "protocol": "TCP"}, []),
    "not known": ({"port": UNKNOWN, "protocol": UNKNOWN}, []),
}


@pytest.mark.parametrize(("advanced", "warnings"), PORTS.values(), ids=PORTS)
def test_the_port_of_the_service(cloud: ModelArtsV2, advanced: Values, warnings: list[str]) -> None:
    made = cloud.service()
    cloud.deploying()
    cloud.world.next_operation()
    program = deployment(made, unit(port=None), advanced_config=advanced)
    assert cloud.world.lifecycle.check(cloud.world.context(), None, program).problems == []
    assert cloud.world.warned == warnings


def heard(cloud: ModelArtsV2, values: Values, port: int, old: Any = None) -> None:
    """Lets the service be checked before its deployment, as the engine does."""
    cloud.serving()
    cloud.world.next_operation()
    cloud.world.check(service(runtime_config=runtime(invoke(port=port))), old)
    cloud.deploying()
    checked = cloud.world.lifecycle.check(cloud.world.context(), None, values)
    assert checked.problems == []


def test_the_port_of_a_service_that_is_yet_to_be_made(cloud: ModelArtsV2) -> None:
    new = deployment("", service_id=UNKNOWN)
    heard(cloud, new, 8080)
    assert cloud.world.warned == []
    heard(cloud, new, 9000)
    [warning] = cloud.world.warned
    assert warning.startswith(
        "advanced_config.port is 8080, and runtime_config.service_invoke.port of its service is 9"
    )


def test_the_port_that_the_program_gives_its_service_counts(cloud: ModelArtsV2) -> None:
    made = cloud.service(service(runtime_config=runtime(invoke(port=9000))))
    heard(cloud, deployment(made), 8080, made)
    assert cloud.world.warned == []
    heard(cloud, deployment(made), 7000, made)
    [warning] = cloud.world.warned
    assert warning.startswith(
        "advanced_config.port is 8080, and runtime_config.service_invoke.port of its service is 7"
    )


def test_a_new_port_of_the_service_names_the_deployments_that_have_the_old_one(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.deployment(deployment(made, name="blue"))
    cloud.serving()
    cloud.world.diff(made, service(runtime_config=runtime(invoke(port=9000))))
    assert cloud.world.told == ["port becomes 9000: set advanced_config.port of its deployments to the same (blue)"]
    cloud.world.diff(made, service(description="x"))
    assert cloud.world.told == []


UNHEARD = ": nothing may listen where the requests go"
UNITS: dict[str, tuple[list[Values], list[str]]] = {
    "the same": ([unit()], []),
    "another": ([unit(port=9000)], [f"advanced_config.port is 8080, and the port of its unit is 9000{UNHEARD}"]),
    "one of several": ([unit(name="a"), unit(name="b", port=9000)], []),
    "none of several": (
        [unit(name="a", port=7000), unit(name="b", port=9000)],
        [f"advanced_config.port is 8080, and its units have 7000, 9000{UNHEARD}"],
    ),
    "not said": ([unit(name="a", port=None), unit(name="b", port=9000)], []),
    "not known": ([unit(port=UNKNOWN)], []),
}


@pytest.mark.parametrize(("units", "warnings"), UNITS.values(), ids=UNITS)
def test_the_ports_of_units(cloud: ModelArtsV2, units: list[Values], warnings: list[str]) -> None:
    made, kind = cloud.service(), "MULTI" if len(units) > 1 else "SINGLE"
    cloud.deploying()
    cloud.world.next_operation()
    program = deployment(made, *units, deploy_type=kind)
    assert cloud.world.lifecycle.check(cloud.world.context(), None, program).problems == []
    assert cloud.world.warned == warnings
    cloud.world.next_operation()
    cloud.serving()
    whole = service(deploy_type=kind, deployment=group(*units, deploy_type=kind))
    assert cloud.world.lifecycle.check(cloud.world.context(), None, whole).problems == []
    assert cloud.world.warned == [f"deployment.{one}" for one in warnings]
