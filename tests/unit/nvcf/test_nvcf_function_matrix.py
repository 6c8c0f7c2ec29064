"""Three tables for a function version: what a change sends, what a comparison answers, what somebody else has done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State, ownership
from tests.support.nvcf import FUNCTION_URN, Nvcf, function, llm, llm_model
from tests.support.world import Values

MARK = ownership.mark(FUNCTION_URN)
NCA = "nca-emulator"
RATES = {"rate_limit": "5-S", "per_nca_id_rate": {"a": "1-S"}, "exempted_nca_ids": ["b"], "sync_check": True}
SENT_RATES = {
    "rateLimit": "5-S",
    "perNcaIdRate": {"a": "1-S"},
    "exemptedNcaIds": ["b"],
    "syncCheck": True,
}
HEALTH = {"protocol": "HTTP", "uri": "/h", "port": 8000, "timeout": "PT90S", "expected_status_code": 200}
MODELS = [
    {"name": name, "version": "1", "uri": f"https://api.ngc.nvidia.com/v2/org/o/models/{name}/1/files"}
    for name in ("b", "a")
]
RESOURCES = [{"name": "r", "version": "1", "uri": "/v2/org/o/resources/r/1/files"}]
PRIORITY = {"priority": {"default_priority": 3, "per_account_priority": {"a": 1}}}
CHART = function(
    container_image=None,
    helm_chart="https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz",
    helm_chart_service_name="entry",
)

Call = tuple[str, Any]


def put(**body: Any) -> Call:
    return ("PUT /functions/f/versions/v1", body)


def tags(*items: str) -> list[str]:
    return [*items, MARK]


def put_secrets(*names: str) -> Call:
    return (
        "PUT /secrets/functions/f/versions/v1",
        {"secrets": [{"name": name, "value": "[redacted]"} for name in names]},
    )


def put_model(name: str = "m", **config: Any) -> dict[str, Any]:
    return {"modelName": name, "llmConfig": config}


CHANGES: dict[str, tuple[Values, Values, list[Call]]] = {
    "nothing": (function(), function(), []),
    "tags": (function(tags=["a"]), function(tags=["b", "a"]), [put(tags=tags("a", "b"))]),
    "tags in another order": (function(tags=["a", "b"]), function(tags=["b", "a"]), []),
    "tags twice": (function(tags=["a"]), function(tags=["a", "a"]), []),
    "tags removed": (function(tags=["a"]), function(), [put(tags=tags())]),
    "tags emptied": (function(tags=["a"]), function(tags=[]), [put(tags=tags())]),
    "rate limit added": (function(), function(rate_limit=RATES), [put(rateLimit=SENT_RATES)]),
    "rate limit changed": (
        function(rate_limit=RATES),
        function(rate_limit={"per_user_rate": "2-M, 9-H"}),
        [put(rateLimit={"perUserRate": "2-M, 9-H", "syncCheck": False})],
    ),
    "rate limit removed": (
        function(rate_limit=RATES),
        function(),
        [("DELETE /ratelimit/functions/f/versions/v1", None)],
    ),
    "rate limit removed beside tags": (
        function(rate_limit=RATES),
        function(tags=["x"]),
        [put(tags=tags("x")), ("DELETE /ratelimit/functions/f/versions/v1", None)],
    ),
    "rate limit and tags": (
        function(),
        function(rate_limit={"rate_limit": "1-D"}, tags=["x"]),
        [put(tags=tags("x"), rateLimit={"rateLimit": "1-D", "syncCheck": False})],
    ),
    "a secret's value": (
        function(secrets={"A": "x", "B": "y"}),
        function(secrets={"A": "z", "B": "y"}),
        [put_secrets("A")],
    ),
    "a further secret": (function(secrets={"A": "x"}), function(secrets={"A": "x", "B": {"k": 1}}), [put_secrets("B")]),
    "the first secret of a version that is not deployed": (
        function(),
        function(secrets={"A": "x"}),
        [put_secrets("A")],
    ),
    "secret and tags": (
        function(secrets={"A": "x"}),
        function(secrets={"A": "y"}, tags=["t"]),
        [put_secrets("A"), put(tags=tags("t"))],
    ),
    "LLM rate and routing": (
        llm(),
        llm(llm_model(token_rate_limit="10-S", routing_method="random")),
        [put(modelUpdates=[put_model(tokenRateLimit="10-S", routingMethod="random")])],
    ),
    "LLM rate of one of two models": (
        llm(llm_model("a", token_rate_limit="1-S"), llm_model("b", token_rate_limit="1-S")),
        llm(llm_model("a", token_rate_limit="1-S"), llm_model("b", token_rate_limit="2-W")),
        [put(modelUpdates=[put_model("b", tokenRateLimit="2-W")])],
    ),
    "LLM models in another order": (llm(llm_model("a"), llm_model("b")), llm(llm_model("b"), llm_model("a")), []),
    "LLM rate removed": (
        llm(llm_model(token_rate_limit="10-S", routing_method="random")),
        llm(llm_model(routing_method="random")),
        [put(modelUpdates=[put_model(tokenRateLimit="")])],
    ),
    "LLM priority": (
        llm(),
        llm(llm_invocation_config=PRIORITY),
        [put(llmInvocationConfig={"priority": {"defaultPriority": 3, "perAccountPriority": {"a": 1}}})],
    ),
    "everything that changes in place at once": (
        llm(secrets={"A": "x"}),
        llm(
            llm_model(token_rate_limit="1-S"),
            secrets={"A": "y"},
            tags=["t"],
            rate_limit={"rate_limit": "5-S"},
            llm_invocation_config=PRIORITY,
        ),
        [
            put_secrets("A"),
            put(
                tags=tags("t"),
                rateLimit={"rateLimit": "5-S", "syncCheck": False},
                modelUpdates=[put_model(tokenRateLimit="1-S")],
                llmInvocationConfig={"priority": {"defaultPriority": 3, "perAccountPriority": {"a": 1}}},
            ),
        ],
    ),
    "duration in another spelling": (function(health=HEALTH), function(health={**HEALTH, "timeout": "PT1M30S"}), []),
    "models in another order": (function(models=MODELS), function(models=MODELS[::-1]), []),
    "an artifact's address without its host": (
        function(models=MODELS[:1]),
        function(models=[{**MODELS[0], "uri": MODELS[0]["uri"].removeprefix("https://api.ngc.nvidia.com")}]),
        [],
    ),
    "defaults named": (
        function(),
        function(
            function_type="DEFAULT",
            api_body_format="CUSTOM",
            health={**HEALTH, "uri": "/v2/health/ready", "timeout": "PT10S"},
            health_uri="/v2/health/ready",
        ),
        [],
    ),
    "defaults no longer named": (function(function_type="DEFAULT", health=HEALTH, description="d"), function(), []),
    "what has a default no longer named": (
        function(description="d", inference_port=8001),
        function(inference_port=None),
        [],
    ),
}


@pytest.mark.parametrize(("before", "after", "calls"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_made_by_the_smallest_calls(nvcf: Nvcf, before: Values, after: Values, calls: list[Call]) -> None:
    state = nvcf.function(before)
    stored = nvcf.world.update(state, after)
    assert [(nvcf.short(str(one)), one.body) for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE")] == calls
    assert stored.id == state.id
    assert nvcf.world.diff(stored, after).changes is False
    assert nvcf.world.told == []
    assert nvcf.writes() == []
    nvcf.world.delete(stored)
    assert nvcf.versions() == []


NEW_VERSION = "makes a new version of the function f, whose id stays"
NEW_FUNCTION = "makes another function than f, with another id for its callers"

REPLACED: dict[str, tuple[Values, Values, list[str], str]] = {
    "image": (function(), function(container_image="nvcr.io/acme/echo:2"), ["container_image"], NEW_VERSION),
    "name": (function(name="one"), function(name="two"), ["name"], NEW_VERSION),
    "port and url": (
        function(),
        function(inference_port=9000, inference_url="/x"),
        ["inference_url", "inference_port"],
        NEW_VERSION,
    ),
    "arguments removed": (function(), function(container_args="--fast"), ["container_args"], NEW_VERSION),
    "variables removed": (
        function(container_environment={"A": "1"}),
        function(),
        ["container_environment"],
        NEW_VERSION,
    ),
    "model added": (function(models=MODELS[:1]), function(models=MODELS), ["models"], NEW_VERSION),
    "all models removed": (function(models=MODELS), function(), ["models"], NEW_VERSION),
    "model's version": (
        function(models=MODELS),
        function(models=[{**MODELS[0], "version": "2"}, MODELS[1]]),
        ["models"],
        NEW_VERSION,
    ),
    "resource": (function(), function(resources=RESOURCES), ["resources"], NEW_VERSION),
    "chart in place of an image": (
        function(),
        CHART,
        ["container_image", "helm_chart", "helm_chart_service_name"],
        NEW_VERSION,
    ),
    "health": (function(), function(health=HEALTH), ["health"], NEW_VERSION),
    "description": (function(description="a"), function(description="b"), ["description"], NEW_VERSION),
    "streaming": (function(), function(function_type="STREAMING"), ["function_type"], NEW_VERSION),
    "body format": (function(), function(api_body_format="PREDICT_V2"), ["api_body_format"], NEW_VERSION),
    "a secret removed": (
        function(secrets={"A": "x", "B": "y"}),
        function(secrets={"A": "x"}),
        ["secrets"],
        NEW_VERSION,
    ),
    "all secrets removed": (function(secrets={"A": "x"}), function(), ["secrets"], NEW_VERSION),
    "image of an LLM": (llm(), llm(container_image="nvcr.io/acme/echo:2"), ["container_image"], NEW_VERSION),
    "to LLM": (
        function(),
        llm(inference_url="/echo"),
        ["function_type", "models"],
        f"{NEW_FUNCTION}: all versions of a function are LLM or none is (DEFAULT before, LLM now)",
    ),
    "from LLM": (
        llm(),
        function(inference_url="/"),
        ["models"],
        f"{NEW_FUNCTION}: all versions of a function are LLM or none is (LLM before, DEFAULT now)",
    ),
    "uris of an LLM": (
        llm(),
        llm(llm_model(uris=["/v1/embeddings"])),
        ["models"],
        f"{NEW_FUNCTION}: all versions of a function have the same uris of the model m",
    ),
    "tokenizer of an LLM": (
        llm(),
        llm(llm_model(tokenizer="other")),
        ["models"],
        f"{NEW_FUNCTION}: all versions of a function have the same tokenizer of the model m",
    ),
}


@pytest.mark.parametrize(("before", "after", "replaces", "told"), REPLACED.values(), ids=REPLACED)
def test_everything_else_makes_a_version_of_the_same_function(
    nvcf: Nvcf, before: Values, after: Values, replaces: list[str], told: str
) -> None:
    state = nvcf.function(before)
    found = nvcf.world.diff(state, after)
    assert (found.changes, sorted(found.replaces), found.delete_before_replace) == (None, sorted(replaces), False)
    assert nvcf.short(nvcf.world.told[-1]).startswith(told)
    assert nvcf.writes() == []

    new = nvcf.replaced(state, after)
    stays = told.startswith(NEW_VERSION)
    assert nvcf.writes() == ["POST /functions/f/versions" if stays else "POST /functions"]
    assert (new.id.split(",")[0] == state.id.split(",")[0]) is stays
    nvcf.remove(state)
    [left] = nvcf.versions()
    assert new.id == f"{left['id']},{left['versionId']}"
    assert nvcf.world.diff(new, after).changes is False


def test_the_first_secret_of_a_deployed_version_makes_a_new_version(nvcf: Nvcf) -> None:
    state = nvcf.function()
    nvcf.deployment(state)
    nvcf.be_function()
    found = nvcf.world.diff(state, function(secrets={"A": "x"}))
    assert found.replaces == ["secrets"]
    new = nvcf.replaced(state, function(secrets={"A": "x"}))
    assert nvcf.version(new)["secrets"] == ["A"]


def test_further_secrets_of_a_deployed_version_are_sent(nvcf: Nvcf) -> None:
    state = nvcf.function(function(secrets={"A": "x"}))
    nvcf.deployment(state)
    nvcf.be_function()
    nvcf.world.update(state, function(secrets={"A": "y", "B": "z"}))
    assert nvcf.writes() == ["PUT /secrets/functions/f/versions/v1"]
    assert sorted(nvcf.version(state)["secrets"]) == ["A", "B"]


def test_secrets_are_in_no_answer_of_the_state_beside_their_place(nvcf: Nvcf) -> None:
    state = nvcf.function(function(secrets={"A": "s3cret-text", "B": {"k": "s3cret-json"}}))
    assert "s3cret" not in str({**state.inputs, "secrets": ""})
    assert "s3cret" not in str(state.facts)
    assert nvcf.world.diff(state, function(secrets={"A": "s3cret-text", "B": {"k": "s3cret-json"}})).changes is False


DRIFTS: dict[str, tuple[Values, Values, list[Call]]] = {
    "tags": (function(tags=["a"]), {"tags": ["b", MARK]}, [put(tags=tags("a"))]),
    "tag added": (function(tags=["a"]), {"tags": ["a", "b", MARK]}, [put(tags=tags("a"))]),
    "rate": (
        function(rate_limit={"rate_limit": "5-S"}),
        {"rateLimit": {"rateLimit": "6-S"}},
        [put(rateLimit={"rateLimit": "5-S", "syncCheck": False})],
    ),
    "rate gone": (
        function(rate_limit={"rate_limit": "5-S"}),
        {"rateLimit": None},
        [put(rateLimit={"rateLimit": "5-S", "syncCheck": False})],
    ),
    "LLM rate": (
        llm(llm_model(token_rate_limit="1-S")),
        {"models": [{"name": "m", "llmConfig": {"uris": ["/v1/chat/completions"], "tokenRateLimit": "9-S"}}]},
        [put(modelUpdates=[put_model(tokenRateLimit="1-S")])],
    ),
    "LLM priority": (
        llm(llm_invocation_config=PRIORITY),
        {"llmInvocationConfig": {"priority": {"defaultPriority": 9}}},
        [put(llmInvocationConfig={"priority": {"defaultPriority": 3, "perAccountPriority": {"a": 1}}})],
    ),
}


@pytest.mark.parametrize(("program", "moved", "calls"), DRIFTS.values(), ids=DRIFTS)
def test_what_changes_in_place_is_put_back(nvcf: Nvcf, program: Values, moved: Values, calls: list[Call]) -> None:
    state = nvcf.function(program)
    nvcf.change_version(state, **moved)
    found = nvcf.world.diff(state, program)
    assert (found.changes, found.replaces) == (True, [])
    assert "changed outside of the program" in nvcf.world.told[0]
    refreshed = nvcf.world.read(state)
    assert refreshed is not None
    assert nvcf.world.diff(refreshed, program).changes is not False
    stored = nvcf.world.update(refreshed, program)
    assert [(nvcf.short(str(one)), one.body) for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE")] == calls
    assert nvcf.world.diff(stored, program).changes is False


FOR_GOOD: dict[str, tuple[Values, Values, list[str]]] = {
    "image": (function(), {"containerImage": "nvcr.io/acme/other:1"}, ["container_image"]),
    "port": (function(), {"inferencePort": 9999}, ["inference_port"]),
    "variables": (
        function(container_environment={"A": "1"}),
        {"containerEnvironment": [{"key": "A", "value": "2"}]},
        ["container_environment"],
    ),
    "a model's uri": (
        function(models=MODELS[:1]),
        {"models": [{"name": "b", "version": "1", "uri": "https://api.ngc.nvidia.com/v2/org/o/models/x/1/files"}]},
        ["models"],
    ),
    "a model more": (
        function(models=MODELS[:1]),
        {"models": MODELS},
        ["models"],
    ),
}


@pytest.mark.parametrize(("program", "moved", "replaces"), FOR_GOOD.values(), ids=FOR_GOOD)
def test_what_nobody_can_change_back_makes_a_new_version(
    nvcf: Nvcf, program: Values, moved: Values, replaces: list[str]
) -> None:
    state = nvcf.function(program)
    nvcf.change_version(state, **moved)
    found = nvcf.world.diff(state, program)
    assert found.replaces == replaces
    new = nvcf.replaced(state, program)
    assert new.id.split(",")[0] == state.id.split(",")[0]
    assert nvcf.world.diff(new, program).changes is False


IGNORED: dict[str, tuple[Values, Values, tuple[str, ...], bool | None, list[str]]] = {
    "tags": (function(tags=["a"]), function(tags=["b"]), ("tags",), False, []),
    "image": (function(), function(container_image="nvcr.io/acme/echo:2"), ("container_image",), False, []),
    "rate": (
        function(rate_limit={"rate_limit": "5-S"}),
        function(rate_limit={"rate_limit": "6-S"}, tags=["x"]),
        ("rate_limit",),
        None,
        ["PUT /functions/f/versions/v1"],
    ),
    "secrets": (function(secrets={"A": "x"}), function(secrets={"A": "y"}), ("secrets",), False, []),
}


@pytest.mark.parametrize(("before", "after", "ignored", "changes", "calls"), IGNORED.values(), ids=IGNORED)
def test_what_is_ignored_stays(
    nvcf: Nvcf, before: Values, after: Values, ignored: tuple[str, ...], changes: bool | None, calls: list[str]
) -> None:
    state = nvcf.function(before)
    # The engine puts the recorded values in place of what it ignores.
    kept = {**after, **{name: state.inputs[name] for name in ignored if name in state.inputs}}
    found = nvcf.world.diff(state, kept, ignored)
    assert (found.changes, found.replaces) == (changes, [])
    nvcf.world.update(state, kept, ignored)
    assert nvcf.writes() == calls
    if calls:
        assert "tags" in nvcf.sent("PUT")[0].body
        assert "rateLimit" not in nvcf.sent("PUT")[0].body


def test_drift_that_is_ignored_stays(nvcf: Nvcf) -> None:
    state = nvcf.function(function(tags=["a"], rate_limit={"rate_limit": "5-S"}))
    nvcf.change_version(state, tags=["mine", MARK])
    program = function(tags=["a"], rate_limit={"rate_limit": "6-S"})
    nvcf.world.update(state, program, ("tags",))
    assert [one.body for one in nvcf.sent("PUT")] == [{"rateLimit": {"rateLimit": "6-S", "syncCheck": False}}]


UNKNOWNS: dict[str, tuple[Values, list[str]]] = {
    "image": (function(container_image=UNKNOWN), ["container_image"]),
    "models": (function(models=UNKNOWN), ["models"]),
    "a model's uri": (function(models=[{**MODELS[0], "uri": UNKNOWN}]), ["models"]),
    "function type": (function(function_type=UNKNOWN), ["function_type"]),
    "tags": (function(tags=["a", UNKNOWN]), []),
    "secrets": (function(secrets=UNKNOWN), []),
    "a secret": (function(secrets={"A": UNKNOWN}), []),
    "rate": (function(rate_limit={"rate_limit": UNKNOWN}), []),
    "duration": (function(health={**HEALTH, "timeout": UNKNOWN}), ["health"]),
}


@pytest.mark.parametrize(("program", "replaces"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_a_change(nvcf: Nvcf, program: Values, replaces: list[str]) -> None:
    state = nvcf.function()
    nvcf.world.next_operation()
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, program)
    assert checked.problems == []
    found = nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs)
    assert (found.changes, found.replaces) == (None, replaces)


@pytest.mark.parametrize("deployed", [False, True])
def test_unknown_first_secrets_of_a_version(nvcf: Nvcf, deployed: bool) -> None:
    state = nvcf.function()
    if deployed:
        nvcf.deployment(state)
        nvcf.be_function()
    nvcf.world.next_operation()
    checked = nvcf.world.lifecycle.check(nvcf.world.context(), state.inputs, function(secrets={"A": UNKNOWN}))
    found = nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, checked.inputs)
    assert found.replaces == (["secrets"] if deployed else [])


def _read(nvcf: Nvcf, state: State) -> Any:
    return nvcf.world.read(state)


def _diff(nvcf: Nvcf, state: State) -> Any:
    found = nvcf.world.diff(state, function())
    return found.changes, found.replaces, found.delete_before_replace


def _update(nvcf: Nvcf, state: State) -> Any:
    with pytest.raises(InferenceError) as caught:
        nvcf.world.update(state, function(tags=["new"]))
    return str(caught.value).splitlines()[0]


def _delete(nvcf: Nvcf, state: State) -> Any:
    nvcf.world.delete(state)
    return nvcf.world.warned


GONE: dict[str, tuple[Callable[[Nvcf, State], Any], Any]] = {
    "read": (_read, None),
    "diff": (_diff, (True, ["version_id"], False)),
    "update": (_update, "NAME was not changed: NAME (ID) is gone from the cloud"),
    "delete": (_delete, ["NAME was gone already; nothing was deleted"]),
}


@pytest.mark.parametrize(("act", "expected"), GONE.values(), ids=GONE)
def test_a_version_that_is_gone(nvcf: Nvcf, act: Callable[[Nvcf, State], Any], expected: Any) -> None:
    state = nvcf.function()
    nvcf.lose_version(state)
    told = repr(expected).replace("NAME", state.inputs["name"]).replace("ID", state.id)
    assert repr(act(nvcf, state)) == told
    assert nvcf.versions() == []


def test_a_version_that_is_gone_is_made_anew_in_its_function_while_another_is_there(nvcf: Nvcf) -> None:
    first = nvcf.function()
    function_id = first.id.split(",")[0]
    nvcf.world.urn = FUNCTION_URN.replace("::echo", "::beside")
    nvcf.world.create(function(function_id=function_id))
    nvcf.lose_version(first)
    nvcf.be_function()
    nvcf.world.next_operation()
    new = nvcf.replaced(first, function())
    assert len({one["id"] for one in nvcf.versions()}) == 2, "nobody else's function is taken for ours"
    assert new.id.split(",")[0] != function_id


def test_versions_side_by_side(nvcf: Nvcf) -> None:
    blue = nvcf.function()
    function_id = blue.id.split(",")[0]
    nvcf.world.urn = FUNCTION_URN.replace("::echo", "::green")
    program = function(function_id=function_id, container_image="nvcr.io/acme/echo:2")
    green = nvcf.world.create(program)
    assert nvcf.writes() == ["POST /functions/f/versions"]
    assert nvcf.world.diff(green, program).changes is False

    newer = {**program, "container_image": "nvcr.io/acme/echo:3"}
    other = nvcf.replaced(green, newer)
    assert nvcf.writes() == ["POST /functions/f/versions"]
    nvcf.remove(green)
    assert {one.split(",")[0] for one in (blue.id, green.id, other.id)} == {function_id}
    assert len(nvcf.versions()) == 2
    assert nvcf.world.diff(other, newer).changes is False


def test_a_function_that_is_not_there_is_told(nvcf: Nvcf) -> None:
    missing = "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10"
    with pytest.raises(InferenceError, match=f"Function id '{missing}': Not found"):
        nvcf.function(function(function_id=missing))
    assert nvcf.versions() == []


def test_naming_the_own_function_changes_nothing(nvcf: Nvcf) -> None:
    state = nvcf.function()
    function_id = state.id.split(",")[0]
    assert nvcf.world.diff(state, function(function_id=function_id)).changes is not True
    assert nvcf.world.diff(state, function(function_id=function_id)).replaces == []
    named = nvcf.world.update(state, function(function_id=function_id))
    assert nvcf.writes() == []
    assert nvcf.world.diff(named, function(function_id=function_id)).changes is False
    assert nvcf.world.diff(named, function()).replaces == [], "no longer named, it stays"


def test_another_function_id_makes_a_version_of_that_one(nvcf: Nvcf) -> None:
    other = nvcf.function()
    nvcf.world.urn = FUNCTION_URN.replace("::echo", "::second")
    state = nvcf.world.create(function())
    assert state.id.split(",")[0] != other.id.split(",")[0]
    program = function(function_id=other.id.split(",")[0])
    found = nvcf.world.diff(state, program)
    assert found.replaces == ["function_id"]
    assert nvcf.world.told[0].startswith("makes another function than")
    new = nvcf.replaced(state, program)
    assert new.id.split(",")[0] == other.id.split(",")[0]


def test_a_named_function_cannot_have_another_kind_of_version(nvcf: Nvcf) -> None:
    blue = nvcf.function()
    function_id = blue.id.split(",")[0]
    nvcf.world.urn = FUNCTION_URN.replace("::echo", "::green")
    green = nvcf.world.create(function(function_id=function_id))
    with pytest.raises(ConfigurationError, match="so this cannot be a version of the function"):
        nvcf.world.diff(green, llm(function_id=function_id))


IMPORTED = {"name": "old", "inferenceUrl": "/echo", "inferencePort": 8000, "containerImage": "nvcr.io/acme/echo:1"}


def imported(nvcf: Nvcf, **more: Any) -> State:
    """A version that somebody has made by other means, as an import records it."""
    made = nvcf.api("POST", "/functions", {**IMPORTED, **more})["function"]
    nvcf.be_function()
    state = State(f"{made['id']},{made['versionId']}", {}, {})
    read = nvcf.world.read(state)
    assert read is not None
    return read


def test_an_imported_version_is_changed_in_place(nvcf: Nvcf) -> None:
    state = imported(nvcf, tags=["a"])
    program = function(name="old", tags=["a"])
    assert nvcf.world.diff(state, program).replaces == []
    stored = nvcf.world.update(state, program)
    assert nvcf.writes() == [], "a mark alone is not worth a call"
    stored = nvcf.world.update(stored, function(name="old", tags=["b"]))
    assert [one.body for one in nvcf.sent("PUT")] == [{"tags": ["b", MARK]}]
    assert nvcf.world.diff(stored, function(name="old", tags=["b"])).changes is False


def test_an_imported_version_is_replaced_in_its_function(nvcf: Nvcf) -> None:
    state = imported(nvcf)
    program = function(name="old", container_image="nvcr.io/acme/echo:2")
    new = nvcf.replaced(state, program)
    assert nvcf.writes() == ["POST /functions/f/versions"]
    nvcf.remove(state)
    [left] = nvcf.versions()
    assert left["tags"] == [MARK]
    assert new.id == f"{left['id']},{left['versionId']}"


def test_the_settings_of_an_llm_function_are_those_of_all_its_versions(nvcf: Nvcf) -> None:
    blue = nvcf.function(llm(llm_model(token_rate_limit="1-S")))
    function_id = blue.id.split(",")[0]
    nvcf.world.urn = FUNCTION_URN.replace("::echo", "::green")
    program = llm(llm_model(token_rate_limit="2-S"), function_id=function_id)
    green = nvcf.world.create(program)
    assert nvcf.world.diff(green, program).changes is False
    nvcf.be_function()
    found = nvcf.world.diff(blue, llm(llm_model(token_rate_limit="1-S")))
    assert found.changes is True
    [note] = nvcf.world.told
    assert "token_rate_limit: changed outside of the program" in note
    silent = nvcf.world.update(blue, llm())
    assert nvcf.world.diff(silent, llm()).changes is False


PLACES: dict[str, tuple[dict[str, str], str, dict[str, str]]] = {
    "an organisation": ({}, "/v2/orgs/emulator/nvcf", {"org": "emulator"}),
    "a team": ({"nvcfTeam": "blue"}, "/v2/orgs/emulator/teams/blue/nvcf", {"org": "emulator", "team": "blue"}),
    "none": ({"nvcfOrg": "no-org"}, "/v2/nvcf", {}),
    "no team": ({"nvcfTeam": "no-team"}, "/v2/orgs/emulator/nvcf", {"org": "emulator"}),
}


@pytest.mark.parametrize(("config", "root", "place"), PLACES.values(), ids=PLACES)
def test_both_path_families(nvcf: Nvcf, config: dict[str, str], root: str, place: dict[str, str]) -> None:
    nvcf.world.configuration.values |= config
    state = nvcf.function(function(tags=["a"], secrets={"S": "x"}))
    assert {name: state.inputs.get(name) for name in ("org", "team")} == {
        "org": place.get("org"),
        "team": place.get("team"),
    }
    assert {one.path.startswith(f"{root}/functions") for one in nvcf.world.cloud.sent()} == {True}
    after = function(tags=["b"], secrets={"S": "y"}, rate_limit={"rate_limit": "1-S"})
    stored = nvcf.world.update(state, after)
    stored = nvcf.world.update(stored, function(tags=["b"], secrets={"S": "y"}))
    assert nvcf.world.diff(stored, function(tags=["b"], secrets={"S": "y"})).changes is False
    nvcf.deployment(stored)
    assert {one.path.startswith(root) for one in nvcf.world.cloud.sent()} == {True}
    nvcf.be_function()
    nvcf.world.delete(stored)
    assert {one.path.startswith(root) for one in nvcf.world.cloud.sent()} == {True}
    assert nvcf.versions() == []


def test_an_organisation_that_is_named_later_is_no_other_place(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfOrg"] = "no-org"
    state = nvcf.function(function(tags=["a"]))
    nvcf.world.configuration.values["nvcfOrg"] = "emulator"
    assert nvcf.world.diff(state, function(tags=["a"])).changes is False
    stored = nvcf.world.update(state, function(tags=["b"]))
    assert [one.path for one in nvcf.world.cloud.sent("PUT")] == [
        "/v2/nvcf/functions/{}/versions/{}".format(*state.id.split(","))
    ]
    assert nvcf.world.diff(stored, function(tags=["b"])).changes is False


def test_another_team_is_another_place(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfTeam"] = "blue"
    state = nvcf.function()
    nvcf.world.configuration.values["nvcfTeam"] = "red"
    found = nvcf.world.diff(state, function())
    assert found.replaces == ["team"]


def test_another_organisation_is_another_place(nvcf: Nvcf) -> None:
    nvcf.seed(accounts=[{"org": "other"}])
    state = nvcf.function()
    nvcf.world.configuration.values["nvcfOrg"] = "other"
    assert nvcf.world.diff(state, function()).replaces == ["org"]
