"""Between Pulumi's calls and a lifecycle: what is packed into the state, and what comes out of it again."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi.dynamic import CreateResult, UpdateResult
from pulumi.runtime import rpc

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.lifecycle import Live, State, UnhealthyError
from pulumi_inference.engine import provider as module
from pulumi_inference.engine.host import HOST, CleanError
from pulumi_inference.engine.provider import (
    PROBLEMS_KEY,
    SCHEMA_VERSION,
    SECRETS_KEY,
    VERSION_KEY,
    LifecycleProvider,
    pack,
    unpack,
)
from pulumi_inference.providers import ModelArtsServiceProvider
from tests.support.toys import ToyLifecycle

TOYS = "tests.support.toys:ToyLifecycle"
PROVIDER = {"__provider": "pickled"}


class ToyProvider(LifecycleProvider):
    """Toys, for Pulumi."""

    lifecycle = TOYS


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> ToyLifecycle:
    """The lifecycle behind the provider, in a process of its own as far as the provider can tell."""
    lifecycle = ToyLifecycle()
    monkeypatch.setitem(module._lifecycles, TOYS, lifecycle)
    monkeypatch.setattr(module, "_environment", None)
    monkeypatch.setattr(HOST, "plain", True)
    monkeypatch.setattr(HOST, "keeps_failures", False)
    return lifecycle


@pytest.fixture
def provider() -> ToyProvider:
    return ToyProvider()


def outs_of(result: CreateResult | UpdateResult) -> dict[str, Any]:
    assert result.outs is not None
    return result.outs


def outputs(**values: Any) -> dict[str, Any]:
    return {"place": "here", "wait": True, VERSION_KEY: SCHEMA_VERSION, **values, **PROVIDER}


def test_a_whole_life(toys: ToyLifecycle, provider: ToyProvider) -> None:
    news = {"name": "car", "colour": "red", "speed": 3.0, **PROVIDER}
    checked = provider.check({}, news)
    assert checked.failures == []
    made = provider.create({**checked.inputs, **PROVIDER})
    assert made.id == "toy-1"
    assert made.outs == {
        "name": "car",
        "colour": "red",
        "speed": 3,
        "wait": True,
        "place": "here",
        "toy_id": "toy-1",
        VERSION_KEY: SCHEMA_VERSION,
    }
    assert provider.diff("toy-1", outs_of(made), checked.inputs).changes is False
    moved = {**checked.inputs, "colour": "blue"}
    assert provider.diff("toy-1", outs_of(made), moved).changes is None
    updated = provider.update("toy-1", outs_of(made), moved)
    assert outs_of(updated)["colour"] == "blue"
    read = provider.read("toy-1", outs_of(updated))
    assert (read.id, read.outs, (read.inputs or {})["colour"]) == ("toy-1", updated.outs, "blue")
    provider.delete("toy-1", outs_of(updated))
    assert toys.live == {}


def test_what_the_program_found_wrong_is_a_failure_and_is_not_stored(toys: ToyLifecycle, provider: ToyProvider) -> None:
    news = {"name": "car", "colour": "red", **PROVIDER}
    refused = provider.check({}, {**news, PROBLEMS_KEY: ["name: two cars have it"]})
    assert [(one.property, one.reason) for one in refused.failures] == [("", "name: two cars have it")]
    for nothing in ({}, {PROBLEMS_KEY: None}, {PROBLEMS_KEY: []}):
        checked = provider.check({}, {**news, **nothing})
        assert checked.failures == []
        assert PROBLEMS_KEY not in checked.inputs


def test_what_the_program_marks_as_secret_is_never_shown(toys: ToyLifecycle, provider: ToyProvider) -> None:
    told: list[str] = []
    news = {"name": "car", "colour": "hidden-red", "tags": ["open"], **PROVIDER}
    checked = provider.check({}, {**news, SECRETS_KEY: ["colour"]})
    assert SECRETS_KEY not in checked.inputs
    toys.live["toy-1"] = Live({"name": "car", "colour": "blue", "tags": ["other"]}, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HOST, "note", lambda _urn, text: told.append(text))
        provider.diff("toy-1", outputs(name="car", colour="hidden-red", tags=["open"]), checked.inputs)
    assert len(told) == 2
    assert "hidden-red" not in "".join(told)
    assert "'open'" in "".join(told)


def test_a_secret_in_plain_variables_is_hinted_at_once(toys: ToyLifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(HOST, "warn", lambda _urn, text: warned.append(text))
    item = {"model_id": "m", "specification": "modelarts.vm.cpu.2u", "envs": {"TOKEN": "hunter2", "KEY": "hunter3"}}
    news = {"config": [item], "description": "hunter4", "secret_envs": {"m": {"A": "b"}}, **PROVIDER}
    for _ in range(2):
        told = ["config[0].envs.TOKEN", "config[0].envs.KEY", "description", "secret_envs.m.A"]
        ModelArtsServiceProvider().check({}, {**news, SECRETS_KEY: told})
    assert warned == [
        "config[0].envs.TOKEN and 1 more are secret, so that Pulumi shows the whole of config as [secret] and no "
        "change in it; put secrets into secret_envs, which hides nothing else"
    ]


def test_a_secret_that_hides_only_itself_is_no_hint(toys: ToyLifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(HOST, "warn", lambda _urn, text: warned.append(text))
    ModelArtsServiceProvider().check(
        {}, {"secret_envs": {"m": {"A": "b"}}, **PROVIDER, SECRETS_KEY: ["secret_envs.m.A"]}
    )
    assert warned == []


def test_what_pulumi_hands_over_stays_as_it_is(toys: ToyLifecycle, provider: ToyProvider) -> None:
    news: dict[str, Any] = {"name": "car", "tags": ["a"], "tuning": {"level": 1.0}, **PROVIDER}
    before = repr(news)
    checked = provider.check(news, news)
    made = provider.create(news)
    outs_of(made)["tags"].append("b")
    checked.inputs["tuning"]["level"] = 9
    assert repr(news) == before


def test_a_thing_that_is_gone_reads_as_gone(toys: ToyLifecycle, provider: ToyProvider) -> None:
    found = provider.read("toy-1", outputs(name="car"))
    assert (found.id, found.outs) == (None, {})


def test_a_thing_is_read_by_its_id_alone(toys: ToyLifecycle, provider: ToyProvider) -> None:
    toys.live["toy-1"] = Live({"colour": "red"}, {"toy_id": "toy-1"})
    found = provider.read("toy-1", {})
    assert ((found.inputs or {})["colour"], (found.outs or {})["toy_id"]) == ("red", "toy-1")


def test_problems_never_name_a_property(toys: ToyLifecycle, provider: ToyProvider) -> None:
    """The engine prints the value of the property that a failure names, secrets too."""
    failures = provider.check({}, {"name": "car", "secret": {"key": 3}, "colour": [], "sped": 1}).failures
    assert len(failures) == 3
    assert {failure.property for failure in failures} == {""}
    assert failures[0].reason.split(":")[0] in {"secret", "secret.key", "colour"}


@pytest.mark.parametrize("unknown", [rpc.UNKNOWN, pulumi.output.UNKNOWN], ids=["as sent", "as an object"])
def test_unknown_values_pass_through_check_and_diff(toys: ToyLifecycle, provider: ToyProvider, unknown: Any) -> None:
    news = {"name": "car", "colour": unknown, "tags": ["a", unknown], "secret": {"key": unknown}}
    checked = provider.check({}, news)
    assert checked.failures == []
    assert checked.inputs["colour"] == rpc.UNKNOWN
    assert checked.inputs["tags"] == ["a", rpc.UNKNOWN]
    assert checked.inputs["secret"] == {"key": rpc.UNKNOWN}
    toys.live["toy-1"] = Live({"colour": "red"}, {})
    assert provider.diff("toy-1", outputs(name="car", colour="red"), checked.inputs).changes is None


def test_an_unknown_immutable_value_replaces(toys: ToyLifecycle, provider: ToyProvider) -> None:
    toys.live["toy-1"] = Live({"material": "wood"}, {})
    news = {"name": "car", "material": rpc.UNKNOWN, "place": "here"}
    assert provider.diff("toy-1", outputs(name="car", material="wood"), news).replaces == ["material"]


@pytest.mark.parametrize("known", [{}, dict.fromkeys(("name", "colour", "toy_id"))])
def test_what_is_asked_for_by_its_id_alone_has_to_be_there(
    toys: ToyLifecycle, provider: ToyProvider, known: dict[str, Any]
) -> None:
    toys.live["toy-1"] = Live({"name": "car"}, {})
    assert provider.read("toy-1", {**known, **PROVIDER}).id == "toy-1"
    with pytest.raises(ConfigurationError, match=r"^there is no toyland\.Toy toy-2\n  asked for in: place here\n"):
        provider.read("toy-2", {**known, **PROVIDER})
    assert provider.read("toy-2", outputs(name="car")).id is None


def _calls(provider: ToyProvider, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "diff": lambda: provider.diff("toy-1", state, {"name": "car"}),
        "update": lambda: provider.update("toy-1", state, {"name": "car"}),
        "read": lambda: provider.read("toy-1", state),
        "delete": lambda: provider.delete("toy-1", state),
    }


@pytest.mark.parametrize("verb", ["diff", "update", "read", "delete"])
def test_a_newer_layout_is_refused_without_a_traceback(
    toys: ToyLifecycle, provider: ToyProvider, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    toys.live["toy-1"] = Live({}, {})
    state = outputs(name="car", **{VERSION_KEY: float(SCHEMA_VERSION + 1)})
    monkeypatch.setattr(HOST, "plain", False)
    with pytest.raises(CleanError, match="written by a newer pulumi-inference"):
        _calls(provider, state)[verb]()
    assert "toy-1" in toys.live


def test_states_without_a_layout_are_of_the_first(toys: ToyLifecycle) -> None:
    assert unpack(toys, {"name": "car", "toy_id": "toy-1"}).facts == {"toy_id": "toy-1"}


def test_a_state_survives_being_packed(toys: ToyLifecycle) -> None:
    state = State("toy-1", {"name": "car", "speed": 3, "wait": False, "__defaults": ["name"]}, {"toy_id": "toy-1"})
    assert unpack(toys, {**pack(state), **PROVIDER}, "toy-1") == state


def test_whole_numbers_are_whole_again(toys: ToyLifecycle) -> None:
    speed = unpack(toys, outputs(speed=3.0)).inputs["speed"]
    assert (speed, type(speed)) == (3, int)


def _break(toys: ToyLifecycle, monkeypatch: pytest.MonkeyPatch) -> None:
    error = UnhealthyError("it broke", State("toy-1", {"name": "car"}, {"toy_id": "toy-1", "status": "failed"}))

    def fail(*_arguments: Any) -> Any:
        raise error

    monkeypatch.setattr(toys, "create", fail)
    monkeypatch.setattr(toys, "update", fail)


def test_without_the_hosts_help_a_failed_create_still_keeps_its_id(
    toys: ToyLifecycle,
    provider: ToyProvider,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _break(toys, monkeypatch)
    made = provider.create({"name": "car"})
    assert (made.id, outs_of(made)["status"]) == ("toy-1", "failed")
    assert "it broke" in capsys.readouterr().err
    updated = provider.update("toy-1", outputs(name="car"), {"name": "car"})
    assert outs_of(updated)["status"] == "failed"


def test_with_the_hosts_help_the_state_is_kept_and_the_call_fails(
    toys: ToyLifecycle, provider: ToyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []
    _break(toys, monkeypatch)
    monkeypatch.setattr(HOST, "keeps_failures", True)
    monkeypatch.setattr(HOST, "fail_but_keep", lambda *arguments: kept.append(arguments))
    provider.create({"name": "car", "colour": "red", **PROVIDER})
    ((thing, outs, inputs, reasons),) = kept
    assert (thing, reasons) == ("toy-1", ["it broke"])
    assert outs.items() >= {"status": "failed", **PROVIDER}.items()
    assert inputs.items() >= {"colour": "red", **PROVIDER}.items()


def test_what_a_user_can_cause_is_a_clean_message_and_our_mistakes_are_not(
    toys: ToyLifecycle, provider: ToyProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOST, "plain", False)
    toys.trouble = ConfigurationError("the region is not set", next_step="Set it.")
    with pytest.raises(CleanError, match=r"^the region is not set\n  Set it\.$"):
        provider.read("toy-1", outputs(name="car"))
    toys.trouble = ZeroDivisionError()  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        provider.read("toy-1", outputs(name="car"))


def test_in_plain_mode_errors_pass_as_they_are_but_for_secrets(toys: ToyLifecycle, provider: ToyProvider) -> None:
    toys.trouble = ConfigurationError("the region is not set", next_step="Not even by s3cret.")
    provider.check({}, {"name": "car"})
    module._context().environment.redactor.add("s3cret")
    with pytest.raises(InferenceError, match=r"^the region is not set\n  Not even by \[secret\]\.$"):
        provider.read("toy-1", outputs(name="car"))


def test_providers_have_nothing_that_the_state_would_have_to_store() -> None:
    assert ToyProvider().__dict__ == {}
    assert ToyProvider.serialize_as_secret_always is False
