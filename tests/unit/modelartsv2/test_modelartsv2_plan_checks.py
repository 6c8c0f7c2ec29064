"""What the cloud's own lists say against a program, and what is doubtful about it, told in the preview."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.modelartsv2.intranetconnections import IntranetConnectionLifecycle
from tests.support.modelartsv2 import POOL, STACK, ModelArtsV2, deployment, inline, service, unit
from tests.support.world import Values

FLAVOUR = "modelarts.vm.cpu.2u"
NOWHERE = "5e0f7c1a-3b52-4c0e-9d55-0a6c1f2b7e10"


def flavoured(flavor: Any = FLAVOUR, **changes: Any) -> Values:
    return unit(flavor=flavor, custom_spec=None, **changes)


def problems_of(cloud: ModelArtsV2, program: Values) -> list[str]:
    cloud.world.next_operation()
    return [str(one) for one in cloud.world.check(program).problems]


FLAVOURS: dict[str, tuple[Values, list[str]]] = {
    "right": (flavoured(), []),
    "misspelled": (
        flavoured("modelarts.vm.cpu.2"),
        ['unit_configs[0].flavor: there is no flavour "modelarts.vm.cpu.2"; did you mean `modelarts.vm.cpu.2u`?'],
    ),
    "of another kind": (
        flavoured(image={"swr_path": "i:1", "category": "GPU"}),
        [
            f'unit_configs[0].flavor: "{FLAVOUR}" is a flavour for CPU, and the image is for GPU; choose another '
            "flavour, or correct image.category"
        ],
    ),
    "not known": (flavoured(UNKNOWN), []),
    "custom": (unit(), []),
}


@pytest.mark.parametrize(("one", "messages"), FLAVOURS.values(), ids=FLAVOURS)
def test_flavours_are_checked_against_the_list(cloud: ModelArtsV2, one: Values, messages: list[str]) -> None:
    made = cloud.service()
    cloud.deploying()
    cloud.world.next_operation()
    context = cloud.world.context()
    checked = cloud.world.lifecycle.check(context, None, deployment(made, one))
    assert [str(problem) for problem in checked.problems] == messages
    cloud.serving()
    checked = cloud.world.lifecycle.check(cloud.world.context("urn::other"), None, inline(one))
    assert [str(problem) for problem in checked.problems] == [f"deployment.{text}" for text in messages]


def test_a_flavour_that_is_sold_out(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.set(sold_out=[FLAVOUR])
    cloud.deploying()
    [text] = problems_of(cloud, deployment(made, flavoured()))
    assert text.startswith(f'unit_configs[0].flavor: "{FLAVOUR}" is sold out at the moment; to be had: ')
    assert FLAVOUR not in text.partition("to be had")[2].split(", ")


def test_what_has_not_changed_is_not_checked_again(cloud: ModelArtsV2) -> None:
    program = deployment(cloud.service(), flavoured())
    state = cloud.deployment(program)
    cloud.set(sold_out=[FLAVOUR])
    cloud.world.next_operation()
    assert cloud.world.check({**program, "count": 3}, state).problems == []


NO_POOL = 'pool_id: there is no dedicated pool "nope"; `pulumi-inference modelartsv2 pools` lists those of the project'


def test_a_pool_that_is_not_there(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.deploying()
    assert problems_of(cloud, deployment(made, pool_id="nope")) == [NO_POOL]
    cloud.set(not_found_as_400=True)
    assert problems_of(cloud, deployment(made, pool_id="nope")) == [NO_POOL]
    assert problems_of(cloud, deployment(made, pool_id=POOL)) == []
    checked = cloud.world.lifecycle.check(cloud.world.context(), None, deployment(made, pool_id=UNKNOWN))
    assert checked.problems == []


def test_a_pool_that_does_not_work(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    broken = {"pool_name": "pool-2", "status": {"phase": "Deleting"}}
    cloud.world.cloud.admin("POST", "/seed", {"pools": [broken]})
    cloud.deploying()
    [text] = problems_of(cloud, deployment(made, pool_id="pool-2"))
    assert text.startswith('pool_id: the pool "pool-2" is ')
    assert text.endswith("; deploying needs an ACTIVE one")


def test_twenty_services_are_a_warning(cloud: ModelArtsV2) -> None:
    cloud.set(max_services=None)
    bodies = [
        {
            "name": f"s{number}",
            "type": "REAL_TIME",
            "deploy_type": "SINGLE",
            "version": "1.0.0",
            "group_configs": [],
            "runtime_config": {
                "service_invoke": {"port": 8080, "protocol": "HTTP", "auth_type": "NONE"},
                "service_limit": {
                    "rate_limit": {"num": 1, "unit": "SECONDS"},
                    "request_size_limit": 1,
                    "request_timeout": 1,
                },
            },
        }
        for number in range(20)
    ]
    cloud.seed(services=bodies[1:])
    cloud.serving()
    assert problems_of(cloud, service()) == []
    assert cloud.world.warned == []
    cloud.seed(services=bodies[:1])
    assert problems_of(cloud, service()) == []
    assert cloud.world.warned == [
        "there are 20 services, and a user may have 20 unless the quota was raised; stopped and failed ones count too"
    ]


@pytest.mark.parametrize("service_id", [NOWHERE, "nope", "a/b?c"])
def test_a_service_that_is_not_there(cloud: ModelArtsV2, service_id: str) -> None:
    cloud.service()
    cloud.deploying()
    problem = f"service_id: there is no service {service_id}; compare the id with the cloud, and region and project"
    assert problems_of(cloud, deployment(service_id)) == [problem]
    cloud.set(not_found_as_400=True)
    assert problems_of(cloud, deployment(service_id)) == [problem]
    assert cloud.world.warned == []


def test_the_name_of_a_service_in_place_of_its_id(cloud: ModelArtsV2) -> None:
    made = cloud.service(service(name="chat"))
    cloud.deploying()
    assert problems_of(cloud, deployment("chat")) == [
        f"service_id: there is no service chat; that is the name of the service {made.id}: give its id, or service.id "
        "in the program"
    ]


def test_a_service_whose_deployment_stands_in_it_takes_no_other(cloud: ModelArtsV2) -> None:
    made = cloud.service(inline(name="chat"))
    [standing] = cloud.services()[0]["deployments"]
    cloud.deploying()
    assert problems_of(cloud, deployment(made)) == [
        f'service_id: the service "chat" has its deployment "{standing["name"]}" inline, on the public pool: no other '
        "one can be added. Change that one by `deployment` of the modelartsv2.Service, or give a service that is made "
        "without `deployment`"
    ]
    moved = cloud.service(service(name="other"))
    state = cloud.deployment(deployment(moved))
    assert [str(one).partition(":")[0] for one in cloud.world.check(deployment(made), state).problems] == ["service_id"]


def test_the_service_of_an_intranet_connection(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.world.lifecycle, cloud.world.urn = IntranetConnectionLifecycle(), f"{STACK}:IntranetConnection::vpc"
    ends = {"scene": "VPC", "vpc_id": "v", "subnet_id": "s"}
    assert problems_of(cloud, {**ends, "service_id": made.id}) == []
    assert problems_of(cloud, {**ends, "service_id": NOWHERE}) == [
        f"service_id: there is no service {NOWHERE}; compare the id with the cloud, and region and project"
    ]
    assert problems_of(cloud, {**ends, "type": "GLOBAL"}) == []


def test_the_service_is_asked_for_once(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.deploying()
    cloud.world.next_operation()
    for name in ("blue", "green", "red"):
        cloud.world.lifecycle.check(cloud.world.context(f"{STACK}:Deployment::{name}"), None, deployment(made))
    assert cloud.world.details_read(made) == 0  # v1's path
    asked = [one.path for one in cloud.world.cloud.sent("GET") if one.path.endswith(f"/services/{made.id}")]
    assert len(asked) == 1


AT = "unit_configs[0].custom_spec"
SIZES: dict[str, tuple[Values, list[str]]] = {
    "fitting": ({"cpu": 192, "memory": 1, "gpu": 2}, []),
    "thousandths of a core": (
        {"cpu": 4000, "memory": 1},
        [
            f"{AT}.cpu: a pod is to have 4000 CPU cores, and the largest flavour there has 192; the unit is cores, not "
            "thousandths"
        ],
    ),
    "too many GPUs": (
        {"cpu": 1, "memory": 1, "gpu": 2.5},
        [f"{AT}.gpu: a pod is to have 2.5 GPUs, and the largest flavour there has 2"],
    ),
    "too many chips": (
        {"cpu": 1, "memory": 1, "ascend": 9},
        [f"{AT}.ascend: a pod is to have 9 chips, and the largest flavour there has 8"],
    ),
    "not known": ({"cpu": UNKNOWN, "memory": 1}, []),
}


@pytest.mark.parametrize(("size", "warnings"), SIZES.values(), ids=SIZES)
def test_more_than_any_flavour_has(cloud: ModelArtsV2, size: Values, warnings: list[str]) -> None:
    made = cloud.service()
    cloud.deploying()
    cloud.world.next_operation()
    program = deployment(made, unit(custom_spec=size))
    assert cloud.world.lifecycle.check(cloud.world.context(), None, program).problems == []
    assert cloud.world.warned == warnings
    cloud.world.next_operation()
    cloud.serving()
    assert cloud.world.lifecycle.check(cloud.world.context(), None, inline(unit(custom_spec=size))).problems == []
    assert cloud.world.warned == [f"deployment.{one}" for one in warnings]


IMAGES = {
    "swr.cn-north-4.myhuaweicloud.com/demo/echo:1": True,
    "registry:5000/echo": True,
    "localhost/echo": True,
    "echo:1": False,
    "demo/echo:1": False,
}


@pytest.mark.parametrize(("path", "is_whole"), IMAGES.items())
def test_images_without_a_registry(cloud: ModelArtsV2, path: str, is_whole: bool) -> None:
    made = cloud.service()
    cloud.deploying()
    program = deployment(made, unit(image={"swr_path": path}))
    assert problems_of(cloud, program) == []
    assert cloud.world.warned == (
        []
        if is_whole
        else [
            f'unit_configs[0].image.swr_path: "{path}" names no registry; ModelArts documents whole paths only, such '
            "as swr.cn-north-4.myhuaweicloud.com/ORGANISATION/IMAGE:TAG"
        ]
    )


def test_what_was_doubted_once_is_not_doubted_again(cloud: ModelArtsV2) -> None:
    odd = unit(image={"swr_path": "echo:1"}, port=9000, custom_spec={"cpu": 4000, "memory": 1})
    program = deployment(cloud.service(), odd, advanced_config={"port": 7000})
    state = cloud.deployment(program)
    assert len(cloud.world.warned) == 4
    cloud.world.next_operation()
    cloud.world.check({**program, "count": 3}, state)
    assert cloud.world.warned == []
