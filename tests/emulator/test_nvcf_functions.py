"""Functions and versions of NVCF: what a body may be, and what comes back of it."""

from typing import Any
from uuid import UUID

import pytest

from .nvcfcloud import ACCOUNT, UNKNOWN, Nvcf, chart_body, function_body, jwt, llm_body, model, path_of, problem

HEALTH = {"protocol": "HTTP", "uri": "/ready", "port": 9000, "timeout": "PT5S", "expectedStatusCode": 204}


def refused(nvcf: Nvcf, body: Any) -> str:
    return problem(nvcf.call("POST", "/functions", body), 400)


def violation(nvcf: Nvcf, field: str, **changes: Any) -> tuple[str, str]:
    """What was rejected of a field, and why."""
    answer = nvcf.call("POST", "/functions", function_body(**changes))
    assert "type" not in answer.json()
    detail = problem(answer, 400)
    start = f"Validation failed: [object=createFunctionRequest, field={field}, rejected="
    assert detail.startswith(start), detail
    rejected, _, message = detail.removeprefix(start).partition(", message=")
    return rejected, message.removesuffix("]")


def test_the_least_function(nvcf: Nvcf) -> None:
    made = nvcf.create()
    assert UUID(made["id"]) != UUID(made["versionId"])
    assert made == {
        **function_body(),
        "id": made["id"],
        "versionId": made["versionId"],
        "ncaId": ACCOUNT,
        "status": "INACTIVE",
        "functionType": "DEFAULT",
        "apiBodyFormat": "CUSTOM",
        "description": "echo",
        "healthUri": "/v2/health/ready",
        "health": {
            "protocol": "HTTP",
            "uri": "/v2/health/ready",
            "port": 8000,
            "timeout": "PT10S",
            "expectedStatusCode": 200,
        },
        "createdAt": "2024-03-21T00:00:00.000Z",
    }
    assert nvcf.read(made) == {**made, "activeInstances": []}


def test_a_full_function(nvcf: Nvcf) -> None:
    body = function_body(
        containerArgs="--all",
        containerEnvironment=[{"key": "A", "value": "1"}, {"key": "A", "value": "2"}],
        models=[model("z"), model("a")],
        resources=[model("r"), model("r")],
        health=HEALTH,
        apiBodyFormat="predict_v2",
        functionType="streaming",
        description="What it is",
        tags=["b", "a", "b"],
        secrets=[{"name": "T", "value": "t"}, {"name": "J", "value": {"a": 1}}],
        rateLimit={"rateLimit": "10-S,500-H", "exemptedNcaIds": ["x", "x"], "syncCheck": True},
    )
    made = nvcf.create(body)
    assert [one["name"] for one in made["models"]] == ["z", "a"]
    assert (made["apiBodyFormat"], made["functionType"]) == ("PREDICT_V2", "STREAMING")
    assert (made["health"], made["healthUri"]) == (HEALTH, "/ready")
    assert sorted(made["tags"]) == ["a", "b"]
    assert made["secrets"] == ["J", "T"]
    assert made["resources"] == [model("r")]
    assert made["rateLimit"] == {"rateLimit": "10-S,500-H", "exemptedNcaIds": ["x"], "syncCheck": True}
    assert made["containerEnvironment"] == body["containerEnvironment"]
    read = nvcf.read(made)
    assert [one["name"] for one in read["models"]] == ["a", "z"]
    listed = nvcf.ok("GET", "/functions")["functions"]
    assert listed == [{name: value for name, value in read.items() if name not in ("secrets", "activeInstances")}]


def test_the_order_of_a_set_is_not_that_of_the_request(nvcf: Nvcf) -> None:
    tags = [f"t{number}" for number in range(9)]
    answered = [nvcf.create(tags=order)["tags"] for order in (tags, tags[::-1])]
    assert answered[0] == answered[1]
    assert answered[0] not in (tags, tags[::-1])


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("PT60S", "PT1M"),
        ("PT3600S", "PT1H"),
        ("P1D", "PT24H"),
        ("PT1.50S", "PT1.5S"),
        ("PT0S", "PT0S"),
        ("pt90m", "PT1H30M"),
        ("-PT90S", "PT-1M-30S"),
        (90, "PT1M30S"),
    ],
)
def test_durations_come_back_in_canonical_form(nvcf: Nvcf, sent: object, answered: str) -> None:
    assert nvcf.create(health={**HEALTH, "timeout": sent})["health"]["timeout"] == answered


def test_defaults_that_depend_on_the_rest(nvcf: Nvcf) -> None:
    grpc = nvcf.create(inferenceUrl="/grpc", inferencePort=None)
    assert (grpc["health"]["protocol"], grpc["health"]["port"]) == ("gRPC", 8000)
    assert nvcf.create(inferencePort=9, healthUri="/h")["health"]["port"] == 9
    older = nvcf.create(healthUri="/h")
    assert older["health"]["uri"] == older["healthUri"] == "/h"
    models = nvcf.create(containerImage=None, models=[model()])
    assert models["containerArgs"].startswith("tritonserver --model-repository ")
    assert "containerArgs" not in nvcf.create(models=[model()])
    assert nvcf.create(containerImage=None, models=[model()], containerArgs="x")["containerArgs"] == "x"


def test_what_is_empty_is_left_out(nvcf: Nvcf) -> None:
    made = nvcf.create(tags=[], resources=[], models=[], containerEnvironment=[], secrets=[], description="")
    absent = {"tags", "resources", "models", "containerEnvironment", "secrets", "description", "rateLimit"}
    assert not absent & set(made)


def test_nulls_and_unknown_fields_are_ignored(nvcf: Nvcf) -> None:
    assert "helmChart" not in nvcf.create({**function_body(), "helmChart": None, "zzz": 1, "functionType": None})


def test_charts(nvcf: Nvcf) -> None:
    made = nvcf.create(chart_body())
    assert made["helmChartServiceName"] == "echo"
    assert "containerImage" not in made
    for changes, name in (
        ({"containerImage": "a"}, "containerImage"),
        ({"containerArgs": "a"}, "containerArgs"),
        ({"containerEnvironment": []}, "containerEnvironment"),
    ):
        text = f"Invalid request: Cannot specify both '{name}' and 'helmChart' properties in the payload"
        assert refused(nvcf, chart_body(**changes)) == text
    for body in (chart_body(helmChartServiceName=None), function_body(helmChartServiceName="a")):
        assert refused(nvcf, body) == (
            "Invalid request: Either both or none of 'helmChart' and 'helmChartServiceName' properties must be "
            "specified"
        )


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"name": None}, "Invalid request: 'name' cannot be empty/null in the create function payload"),
        ({"name": " "}, "Invalid request: 'name' cannot be empty/null in the create function payload"),
        (
            {"containerImage": None},
            "Invalid request: One of the following properties 'containerImage', 'models', or 'helmChart' must be "
            "specified in the payload",
        ),
        ({"models": [model(), model()]}, "Invalid request: duplicate model names are not allowed in 'models'"),
        (
            {"models": [model(version=None)]},
            "Invalid request: non-LLM function models must specify both 'version' and 'uri'",
        ),
        ({"telemetries": {}}, "Invalid request: Telemetry object must have at least one UUID specified."),
        ({"functionType": "LLM"}, "Invalid request: 'models' must be specified when functionType is LLM"),
        (
            {"functionType": "LLM", "models": [model()]},
            "Invalid request: LLM function models must specify 'llmConfig'",
        ),
        (
            {"functionType": "LLM", "models": [model(llmConfig={"uris": []})]},
            "Invalid request: LLM function models must specify non-empty 'llmConfig.uris'",
        ),
        ({"llmInvocationConfig": {}}, "Only LLM functions support llmInvocationConfig"),
    ],
)
def test_rules_of_the_whole(nvcf: Nvcf, changes: dict[str, Any], detail: str) -> None:
    answer = nvcf.call("POST", "/functions", function_body(**changes))
    assert problem(answer, 400) == detail
    assert answer.json()["type"] == "urn:nv-boot:problem-details:bad-request"


@pytest.mark.parametrize(
    ("field", "changes", "rejected", "message"),
    [
        ("name", {"name": "-a"}, "-a", "Invalid function name: Must conform to regex ^[a-z0-9A-Z][a-z0-9A-Z\\-_]*$"),
        ("name", {"name": "a" * 129}, "a" * 129, "Invalid function name: must be 1 - 128 characters long"),
        ("inferenceUrl", {"inferenceUrl": None}, "null", "must not be null"),
        ("description", {"description": "a" * 257}, None, "Maximum description length of 256 is exceeded."),
        ("tags", {"tags": [f"t{n}" for n in range(65)]}, None, "Maximum number of tags of 64 is exceeded."),
        ("tags[]", {"tags": ["a.b"]}, "a.b", 'must match "[a-zA-Z0-9\\-_:=]+"'),
        ("tags[]", {"tags": ["a" * 129]}, "a" * 129, "Maximum tag length of 128 is exceeded."),
        ("containerEnvironment[0].value", {"containerEnvironment": [{"key": "a"}]}, "null", "must not be null"),
        ("resources[0].uri", {"resources": [{"name": "a", "version": "1"}]}, "null", "must not be null"),
        ("health.port", {"health": {**HEALTH, "port": 0}}, "0", "must be greater than 0"),
        ("health.protocol", {"health": {**HEALTH, "protocol": None}}, "null", "must not be null"),
        ("secrets[0].name", {"secrets": [{"name": "a b", "value": "v"}]}, "a b", None),
        ("secrets[0].name", {"secrets": [{"name": "a" * 49, "value": "v"}]}, "a" * 49, None),
        ("secrets[0].value", {"secrets": [{"name": "a", "value": " "}]}, " ", "Invalid secret value specified"),
        ("rateLimit.rateLimit", {"rateLimit": {"rateLimit": "1-S,2-S"}}, "1-S,2-S", None),
        ("rateLimit.perNcaIdRate", {"rateLimit": {"perNcaIdRate": {"a": "1"}}}, '{"a": "1"}', None),
        ("rateLimit", {"rateLimit": {"syncCheck": True}}, '{"syncCheck": true}', None),
        ("rateLimit", {"rateLimit": {"perUserRate": "1-S", "exemptedNcaIds": ["a"]}}, None, None),
        (
            "rateLimit",
            {"rateLimit": {"rateLimit": "1-S", "exemptedNcaIds": ["a"], "perNcaIdRate": {"a": "1-S"}}},
            None,
            None,
        ),
    ],
)
def test_rules_of_fields(
    nvcf: Nvcf, field: str, changes: dict[str, Any], rejected: str | None, message: str | None
) -> None:
    found = violation(nvcf, field, **changes)
    assert rejected in (None, found[0])
    assert message in (None, found[1])


def test_what_was_rejected_is_quoted_with_secrets_and_cut(nvcf: Nvcf) -> None:
    value = "s3cret" * 6000
    rejected, _ = violation(nvcf, "secrets[0].value", secrets=[{"name": "a", "value": value}])
    assert rejected == f"{value[:256]}... (truncated for log/response, total length 36000 chars)"
    detail = refused(nvcf, function_body(name="-", description="a" * 300, tags=["."]))
    assert detail.count("[object=createFunctionRequest, ") == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"inferencePort": "x"},
        {"inferencePort": 2**31},
        {"inferenceUrl": "/a b"},
        {"containerArgs": ["a"]},
        {"models": {}},
        {"functionType": "OTHER"},
        {"tags": [1]},
        {"health": {**HEALTH, "timeout": "10 s"}},
        {"telemetries": {"logsTelemetryId": "x"}},
        {"secrets": ["x"]},
    ],
)
def test_what_cannot_be_read(nvcf: Nvcf, changes: dict[str, Any]) -> None:
    assert refused(nvcf, function_body(**changes)) == "Failed to read request"


def test_no_json(nvcf: Nvcf) -> None:
    answer = nvcf.http.post("/v2/nvcf/functions", content=b"{")
    assert problem(answer, 400) == "Failed to read request"
    assert refused(nvcf, []) == "Failed to read request"


def test_secrets_of_one_name(nvcf: Nvcf) -> None:
    secrets = [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]
    assert refused(nvcf, function_body(secrets=secrets)).endswith("': Duplicate secrets keys in the payload")
    assert nvcf.ok("GET", "/functions")["functions"] == []
    assert nvcf.create(secrets=secrets[:1] * 2)["secrets"] == ["a"]


def test_versions(nvcf: Nvcf) -> None:
    first = nvcf.create()
    second = nvcf.create_version(first, function_body(name="other"))
    assert (second["id"], second["name"]) == (first["id"], "other")
    versions = nvcf.ok("GET", f"/functions/{first['id']}/versions")["functions"]
    assert [one["versionId"] for one in versions] == [first["versionId"], second["versionId"]]
    assert nvcf.ok("GET", "/functions/ids") == {"functionIds": [first["id"]]}
    assert nvcf.call("DELETE", path_of(first)).status_code == 204
    assert problem(nvcf.call("DELETE", path_of(first)), 404) == (
        f"Function id '{first['id']}', version '{first['versionId']}': Not found in account '{ACCOUNT}'"
    )
    nvcf.ok("DELETE", path_of(second))
    gone = f"Function id '{first['id']}': Not found in account '{ACCOUNT}'"
    assert problem(nvcf.call("GET", f"/functions/{first['id']}/versions"), 404) == gone
    assert problem(nvcf.call("POST", f"/functions/{first['id']}/versions", function_body()), 404) == gone


def test_a_version_of_an_unknown_function(nvcf: Nvcf) -> None:
    path = f"/functions/{UNKNOWN}/versions"
    assert "must be specified" in problem(nvcf.call("POST", path, function_body(containerImage=None)), 400)
    assert problem(nvcf.call("POST", path, function_body()), 404).endswith(f"Not found in account '{ACCOUNT}'")


def test_the_quota_counts_versions_but_stops_functions_only(nvcf: Nvcf) -> None:
    nvcf.settings(max_functions=2)
    first = nvcf.create()
    nvcf.create_version(first)
    assert refused(nvcf, function_body()) == (
        f"Account '{ACCOUNT}': Reached or exceeded the max limit for the number of functions allowed: 2. "
        "Please contact your account team for more details"
    )
    nvcf.create_version(first)
    nvcf.settings(max_functions=4)
    nvcf.create()


def test_visibility(nvcf: Nvcf) -> None:
    nvcf.admin("POST", "/seed", {"nvcf.accounts": [{"org": "acme"}]})
    own = nvcf.create()
    nvcf.sign_in(jwt(org="acme"))
    shared, public = nvcf.create(rateLimit={"rateLimit": "1-S"}), nvcf.create()
    nvcf.create()
    nvcf.ok("POST", f"/authorizations{path_of(shared)}", {"authorizedParties": [{"ncaId": ACCOUNT}]})
    nvcf.admin("PUT", f"/nvcf/authorizations/functions/{public['id']}", {"accounts": ["*"]})
    nvcf.sign_in("nvapi-emulator")

    def listed(visibility: Any) -> list[str]:
        found = nvcf.ok("GET", "/functions", params={"visibility": visibility} if visibility else {})["functions"]
        return [one["id"] for one in found]

    assert listed(None) == [public["id"], own["id"], shared["id"]]
    assert listed("private") == [own["id"]]
    assert listed("AUTHORIZED,private") == [own["id"], shared["id"]]
    assert listed(["public", "authorized"]) == [public["id"], shared["id"]]
    assert "visibility" in problem(nvcf.call("GET", "/functions?visibility=mine"), 400)
    for foreign in (shared, public):
        read = nvcf.read(foreign)
        assert read["ownedByDifferentAccount"] is True
        assert not {"containerImage", "inferenceUrl", "rateLimit", "activeInstances", "secrets"} & set(read)
        assert read["health"] == foreign["health"]


def test_public_functions_are_left_alone(nvcf: Nvcf) -> None:
    made = nvcf.create()
    nvcf.admin("PUT", f"/nvcf/authorizations{path_of(made)}", {"accounts": ["*"]})
    path, function = path_of(made), f"Function id '{made['id']}'"
    for method, where, body in (
        ("DELETE", path, None),
        ("PUT", path, {"tags": []}),
        ("POST", f"/deployments{path}", {"deploymentSpecifications": [{**SPEC}]}),
        ("DELETE", f"/deployments{path}", None),
        ("DELETE", f"/authorizations{path}", None),
    ):
        assert "public function" in problem(nvcf.call(method, where, body), 400)
    answer = nvcf.call("POST", f"/functions/{made['id']}/versions", function_body())
    assert problem(answer, 400) == f"{function}: Cannot create version of a public function"


SPEC = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 0, "maxInstances": 1}


def test_llm_versions_are_one_family(nvcf: Nvcf) -> None:
    first = nvcf.create(llm_body(llmInvocationConfig={"priority": {"defaultPriority": 3}}))
    config = {"uris": ["/v1/chat/completions"], "routingMethod": "Round_Robin"}
    second = nvcf.create_version(first, llm_body(models=[{"name": "m", "llmConfig": config}]))
    assert second["llmInvocationConfig"] == {"priority": {"defaultPriority": 3}}
    assert "tokenRateLimit" not in second["models"][0]["llmConfig"]
    assert nvcf.read(first)["models"][0]["llmConfig"] == {
        "uris": ["/v1/chat/completions"],
        "tokenRateLimit": "1000-S",
        "routingMethod": "Round_Robin",
    }
    path = f"/functions/{first['id']}/versions"
    where = f"Function id '{first['id']}', version '{first['versionId']}'"
    for changes, name in (({"uris": ["/v1/responses"]}, "uris"), ({"tokenizer": "t"}, "tokenizer")):
        body = llm_body(models=[{"name": "m", "llmConfig": {**config, **changes}}])
        text = f"{where}: 'llmConfig.{name}' for model 'm' must match existing versions"
        assert problem(nvcf.call("POST", path, body), 400) == text
    text = f"Function id '{first['id']}': all versions must share the same functionType; existing version "
    assert problem(nvcf.call("POST", path, function_body()), 400) == f"{text}'{first['versionId']}' is 'LLM'"


def test_streaming_and_default_may_be_mixed(nvcf: Nvcf) -> None:
    first = nvcf.create()
    assert nvcf.create_version(first, function_body(functionType="STREAMING"))["functionType"] == "STREAMING"
    assert "is 'DEFAULT'" in problem(nvcf.call("POST", f"/functions/{first['id']}/versions", llm_body()), 400)


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("routingMethod", "fastest", "supported values are [power-of-two, wait-and-widen, round-robin, random, "),
        ("tokenRateLimit", "10", "expected comma-separated '<positiveInteger>-<unit>' entries with unit in "),
    ],
)
def test_settings_of_models(nvcf: Nvcf, name: str, value: str, rest: str) -> None:
    config = {"uris": ["/v1/embeddings"], name: value}
    detail = refused(nvcf, llm_body(models=[{"name": "m", "llmConfig": config}]))
    assert detail.startswith(f"Invalid request: 'llmConfig.{name}' for model 'm' is invalid; {rest}")
    good = {"uris": ["/v1/embeddings"], "routingMethod": "PULSAR", "tokenRateLimit": "1-S,2-W"}
    assert nvcf.create(llm_body(models=[{"name": "m", "llmConfig": good}]))["models"][0]["llmConfig"] == good


@pytest.mark.parametrize(
    ("priority", "message"),
    [
        ({"defaultPriority": -1}, "defaultPriority must be >= 0"),
        ({"defaultPriority": 2**32}, "defaultPriority must be <= 4294967295"),
        ({"perAccountPriority": {"a": 1}}, "Invalid priority: 'defaultPriority' is required when"),
        ({"defaultPriority": 1, "perAccountPriority": {"a": -1}}, "priority must be >= 0"),
        ({"defaultPriority": 1, "perAccountPriority": {str(n): 1 for n in range(65)}}, "Maximum number of "),
    ],
)
def test_priorities(nvcf: Nvcf, priority: dict[str, Any], message: str) -> None:
    assert f"message={message}" in refused(nvcf, llm_body(llmInvocationConfig={"priority": priority}))
