"""Outputs that are looked up when a program reads them."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import test as untyped_test
from pulumi.runtime.mocks import MockMonitor

from pulumi_inference import modelarts

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
CONFIG = [modelarts.ServiceConfigArgs(model_id="m", specification="modelarts.vm.cpu.2u")]
ADDRESS = "https://there.example/v1/infers/1"


class Answering(Mocks):
    """Every resource has these outputs."""

    def __init__(self, **outputs: Any) -> None:
        self.outputs = outputs

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """One resource."""
        return args.resource_id or "service-1", {**args.inputs, **self.outputs}

    def call(self, args: MockCallArgs) -> Any:
        """There are no calls."""
        raise AssertionError(args.token)


class Counting(MockMonitor):
    """Counts what the engine is asked."""

    asked = 0

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """One question."""
        self.asked += 1
        return super().Invoke(request)


Look = Callable[[modelarts.Service], Awaitable[Any]]


def look(
    at: Look,
    *,
    preview: bool = False,
    opts: pulumi.ResourceOptions | None = None,
    monitor: Counting | None = None,
    **outputs: Any,
) -> Any:
    """What `at` sees of a service with these outputs."""
    mocks = Answering(**outputs)
    if monitor is None:
        monitor = Counting(mocks)
    monitor.mocks = mocks
    set_mocks(mocks, preview=preview, monitor=monitor)
    seen: list[Any] = []

    @run_program
    def program() -> Any:
        async def run() -> None:
            seen.append(await at(modelarts.Service("classifier", config=CONFIG, opts=opts)))

        return run()

    program()
    return seen[0]


@pytest.fixture(autouse=True)
def _loop(event_loop: None) -> None:
    """Pulumi's mocks need one."""


def test_what_the_state_has_is_found() -> None:
    async def at(service: modelarts.Service) -> Any:
        address = service.access_address
        return await address.future(), await address.is_known(), await address.is_secret(), await address.resources()

    value, is_known, is_secret, resources = look(at, access_address=ADDRESS)
    assert (value, is_known, is_secret) == (ADDRESS, True, False)
    assert [one._name for one in resources] == ["classifier"]


def test_whole_numbers_are_integers() -> None:
    async def at(service: modelarts.Service) -> Any:
        return await service.publish_at.future(), await service.publish_at_iso.future()

    moment, text = look(at, publish_at=1795678484000.0)
    assert isinstance(moment, int)
    assert text == "2026-11-26T07:34:44Z"


def test_a_flag_is_no_number() -> None:
    async def at(service: modelarts.Service) -> Any:
        return await service.is_shared.future()

    assert look(at, is_shared=True) is True


@pytest.mark.parametrize(
    ("preview", "outputs", "is_known"),
    [
        (False, {}, True),
        (True, {}, False),
        (True, {"schema_version": 1}, True),
    ],
    ids=["in up", "of what is to be updated", "of what stays as it is"],
)
def test_what_the_state_has_not_is_none_where_that_is_certain(
    preview: bool, outputs: dict[str, Any], is_known: bool
) -> None:
    async def at(service: modelarts.Service) -> Any:
        return await service.access_address.future(), await service.access_address.is_known()

    assert look(at, preview=preview, **outputs) == (None, is_known)


def test_an_input_that_is_not_given_is_an_output_too() -> None:
    async def at(service: modelarts.Service) -> Any:
        return await service.name.future(), await service.description.future()

    assert look(at, name="classifier-4c9516f") == ("classifier-4c9516f", None)


def test_an_input_that_is_given_is_known_in_a_preview() -> None:
    async def at(service: modelarts.Service) -> Any:
        config = await service.config.future()
        return config[0]["model_id"] if config else None

    assert look(at, preview=True) == "m"


@pytest.mark.parametrize(
    ("name", "opts"),
    [
        ("smoke_tested", None),
        ("access_address", pulumi.ResourceOptions(additional_secret_outputs=["access_address"])),
    ],
    ids=["by its declaration", "by the program"],
)
def test_a_secret_stays_one(name: str, opts: pulumi.ResourceOptions | None) -> None:
    async def at(service: modelarts.Service) -> Any:
        output = getattr(service, name)
        return await output.future(), await output.is_secret()

    assert look(at, opts=opts, **{name: "hidden"}) == ("hidden", True)


def test_a_secret_of_the_engine_hides_nothing_else() -> None:
    async def at(service: modelarts.Service) -> Any:
        return [
            (await one.future(), await one.is_secret()) for one in (service.access_address, service.bind_access_address)
        ]

    outputs = {"access_address": pulumi.Output.secret(ADDRESS), "bind_access_address": "other"}
    assert look(at, **outputs) == [(ADDRESS, True), ("other", False)]


def test_the_engine_is_asked_once_and_only_for_what_is_read() -> None:
    async def nothing(service: modelarts.Service) -> None:
        await service.urn.future()

    async def much(service: modelarts.Service) -> None:
        for name in ("access_address", "status", "access_address", "publish_at_iso"):
            await getattr(service, name).future()

    monitor = Counting(Answering())
    look(nothing, monitor=monitor)
    assert monitor.asked == 0
    look(much, monitor=monitor)
    assert monitor.asked == 1


def test_other_attributes_are_not_there() -> None:
    async def at(service: modelarts.Service) -> Any:
        with pytest.raises(AttributeError, match="'Service' object has no attribute 'adress'"):
            getattr(service, "adress")  # noqa: B009 - a type checker knows it too
        return dir(service)

    names = look(at)
    assert {"access_address", "config", "description", "urn"} <= set(names)


def test_a_service_that_exists_has_all_its_outputs() -> None:
    set_mocks(Answering(status="running", config=[{"model_id": "x"}]), preview=True)
    seen: list[Any] = []

    @run_program
    def program() -> Any:
        other = modelarts.Service.get("other", "service-9")
        return pulumi.Output.all(other.status, other.config[0]["model_id"]).apply(seen.append)

    program()
    assert seen == [["running", "x"]]


def test_who_looks_at_all_attributes_sees_all_outputs() -> None:
    async def at(service: modelarts.Service) -> Any:
        everything = dict(vars(service))
        assert {"config", "id", "urn", *service._properties} <= set(everything)
        return [
            await everything["access_address"].future(),
            await vars(service)["status"].future(),
            await copy.copy(service).status.future(),
            [name in vars(service) for name in ("due_time", "adress")],
            vars(service).get("adress", "nothing"),
        ]

    seen = look(at, access_address=ADDRESS, status="running")
    assert seen == [ADDRESS, "running", "running", [True, False], "nothing"]


def test_all_attributes_are_counted_and_listed() -> None:
    async def at(service: modelarts.Service) -> Any:
        count, names = len(vars(service)), list(vars(service))
        assert [type(one) for one in vars(service).values()] == [type(vars(service)[name]) for name in names]
        with pytest.raises(KeyError):
            vars(service)["adress"]
        return count == len(names) == len(vars(service).items())

    assert look(at)


def test_a_transformation_finds_all_inputs() -> None:
    found: list[Any] = []

    def describe(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        props: Any = args.props
        found.extend(["description" in props, props["description"], "adress" in props])
        with pytest.raises(KeyError):
            props["adress"]
        return pulumi.ResourceTransformationResult({**props, "description": "d"}, args.opts)

    async def at(service: modelarts.Service) -> Any:
        return await service.description.future()

    assert look(at, opts=pulumi.ResourceOptions(transformations=[describe])) == "d"
    assert found == [True, None, False]


def test_a_transformation_may_leave_out_what_is_not_given() -> None:
    def given(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        props = {name: value for name, value in args.props.items() if value is not None}
        return pulumi.ResourceTransformationResult(props, args.opts)

    async def at(service: modelarts.Service) -> Any:
        return await service.access_address.future()

    assert look(at, opts=pulumi.ResourceOptions(transformations=[given]), access_address=ADDRESS) == ADDRESS
