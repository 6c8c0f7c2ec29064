"""What can be changed of a version of NVCF in place: tags, rate limit, LLM settings, secrets."""

from typing import Any

import pytest

from .nvcfcloud import UNKNOWN, Nvcf, function_body, llm_body, path_of, problem, spec


def put(nvcf: Nvcf, function: dict[str, Any], **body: Any) -> dict[str, Any]:
    return dict(nvcf.ok("PUT", path_of(function), body)["function"])


@pytest.mark.parametrize("where", ["", "/metadata"])
def test_tags(nvcf: Nvcf, where: str) -> None:
    made = nvcf.create(tags=["a"], rateLimit={"rateLimit": "1-S"}, secrets=[{"name": "S", "value": "v"}])
    answer = nvcf.ok("PUT", f"{where}{path_of(made)}", {"tags": ["b", "b"]})["function"]
    assert answer["tags"] == ["b"]
    assert answer["rateLimit"] == {"rateLimit": "1-S"}
    assert not {"secrets", "activeInstances"} & set(answer)
    assert "tags" not in put(nvcf, made, tags=[])
    assert "tags" not in nvcf.read(made)


def test_tags_of_a_version_are_its_own_and_change_in_any_state(nvcf: Nvcf) -> None:
    first = nvcf.create(tags=["a"])
    second = nvcf.create_version(first, function_body(tags=["a"]))
    deployment = nvcf.deployed(first)
    put(nvcf, first, tags=["b"])
    assert nvcf.read(second)["tags"] == ["a"]
    assert nvcf.deployment(first)["deploymentId"] == deployment["deploymentId"]


def test_the_rate_limit_is_replaced_as_a_whole_and_cleared_by_its_own_call(nvcf: Nvcf) -> None:
    made = nvcf.create(rateLimit={"rateLimit": "1-S", "exemptedNcaIds": ["a"]})
    assert put(nvcf, made, rateLimit={"perUserRate": "2-M"})["rateLimit"] == {"perUserRate": "2-M"}
    assert nvcf.call("DELETE", f"/ratelimit{path_of(made)}").status_code == 204
    assert "rateLimit" not in nvcf.read(made)
    answer = nvcf.call("PUT", f"/ratelimit{path_of(made)}", {"rateLimit": {"rateLimit": "3-D"}})
    assert (answer.status_code, answer.content) == (204, b"")
    assert nvcf.read(made)["rateLimit"] == {"rateLimit": "3-D"}
    detail = problem(nvcf.call("PUT", path_of(made), {"rateLimit": {"rateLimit": "x"}}), 400)
    assert detail.startswith("Validation failed: [object=updateFunctionRequest, field=rateLimit.rateLimit, rejected=x")


def test_nothing_to_update(nvcf: Nvcf) -> None:
    made = nvcf.create()
    for body in ({}, {"tags": None}, {"modelUpdates": []}, {"name": "other"}):
        assert problem(nvcf.call("PUT", path_of(made), body), 400) == (
            "Invalid request: at least one of 'tags', 'rateLimit', 'modelUpdates', or 'llmInvocationConfig' must be "
            "specified"
        )


def test_llm_settings_are_those_of_all_versions(nvcf: Nvcf) -> None:
    first = nvcf.create(llm_body())
    second = nvcf.create_version(first, llm_body())
    updates = [{"modelName": "m", "llmConfig": {"tokenRateLimit": "5-S", "routingMethod": "random"}}]
    priority = {"priority": {"defaultPriority": 1, "perAccountPriority": {"a": 0}}}
    put(nvcf, second, modelUpdates=updates, llmInvocationConfig=priority)
    for version in (first, second):
        read = nvcf.read(version)
        assert read["llmInvocationConfig"] == priority
        assert read["models"][0]["llmConfig"] == {
            "uris": ["/v1/chat/completions"],
            "tokenRateLimit": "5-S",
            "routingMethod": "random",
        }


@pytest.mark.parametrize(
    ("updates", "status", "end"),
    [
        ([{"modelName": "x", "llmConfig": {"routingMethod": "random"}}], 404, "': Model 'x' not found"),
        ([{"modelName": "m", "llmConfig": {"routingMethod": "x"}}], 400, "pulsar-multiregion]"),
        (
            [{"modelName": "m", "llmConfig": {}}],
            400,
            "Invalid request: at least one of 'tokenRateLimit' or 'routingMethod' must be specified",
        ),
        (
            [{"modelName": "m", "llmConfig": {"routingMethod": "random"}}] * 2,
            400,
            "Invalid request: duplicate model names are not allowed in 'modelUpdates'",
        ),
        ([{"llmConfig": {"routingMethod": "random"}}], 400, "message=must not be null]"),
    ],
)
def test_wrong_updates_of_models(nvcf: Nvcf, updates: list[Any], status: int, end: str) -> None:
    made = nvcf.create(llm_body())
    assert problem(nvcf.call("PUT", path_of(made), {"modelUpdates": updates}), status).endswith(end)
    assert nvcf.read(made)["models"] == made["models"]


def test_llm_settings_of_another_function(nvcf: Nvcf) -> None:
    path = path_of(nvcf.create())
    updates = [{"modelName": "m", "llmConfig": {"routingMethod": "random"}}]
    answer = nvcf.call("PUT", path, {"modelUpdates": updates})
    assert problem(answer, 400).endswith("Only LLM functions support model config updates")
    answer = nvcf.call("PUT", path, {"llmInvocationConfig": {}})
    assert problem(answer, 400) == "Only LLM functions support llmInvocationConfig"


def secrets(**values: Any) -> dict[str, Any]:
    return {"secrets": [{"name": name, "value": value} for name, value in values.items()]}


def test_secrets_are_merged_by_name_and_never_answered(nvcf: Nvcf) -> None:
    made = nvcf.create(**secrets(A="old-a", B={"b": 1}))
    answer = nvcf.call("PUT", f"/secrets{path_of(made)}", secrets(A="new-a", C="c"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert nvcf.read(made)["secrets"] == ["A", "B", "C"]
    for path in (path_of(made), "/functions", f"/functions/{made['id']}/versions"):
        text = nvcf.call("GET", path).text
        assert "new-a" not in text
        assert "old-a" not in text


def test_the_first_secret_of_a_deployed_version(nvcf: Nvcf) -> None:
    without, with_one = nvcf.create(), nvcf.create(**secrets(A="a"))
    for made in (without, with_one):
        nvcf.deploy(made)
    answer = nvcf.call("PUT", f"/secrets{path_of(without)}", secrets(A="a"))
    where = f"Function id '{without['id']}', version '{without['versionId']}'"
    assert problem(answer, 400) == f"{where}: Add secrets only when the function is 'INACTIVE'"
    nvcf.ok("PUT", f"/secrets{path_of(with_one)}", secrets(B="b"))
    assert nvcf.read(with_one)["secrets"] == ["A", "B"]
    nvcf.ok("DELETE", f"/deployments{path_of(without)}")
    nvcf.ok("PUT", f"/secrets{path_of(without)}", secrets(A="a"))
    nvcf.deploy(without, spec())
    nvcf.ok("PUT", f"/secrets{path_of(without)}", secrets(B="b"))


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ({}, "Missing secrets in the payload"),
        ({"secrets": []}, "Missing secrets in the payload"),
        (
            {"secrets": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]},
            "Duplicate secrets keys in the payload",
        ),
        ({"secrets": [{"name": "a"}]}, "rejected=null, message=must not be null]"),
    ],
)
def test_wrong_secrets(nvcf: Nvcf, body: Any, end: str) -> None:
    made = nvcf.create()
    assert problem(nvcf.call("PUT", f"/secrets{path_of(made)}", body), 400).endswith(end)


@pytest.mark.parametrize(
    ("method", "where", "body"),
    [("PUT", "", {"tags": []}), ("PUT", "/secrets", secrets(A="a")), ("DELETE", "/ratelimit", None)],
)
def test_what_is_not_there_cannot_be_changed(nvcf: Nvcf, method: str, where: str, body: Any) -> None:
    path = path_of({"id": UNKNOWN, "versionId": UNKNOWN})
    assert "Not found" in problem(nvcf.call(method, f"{where}{path}", body), 404)
