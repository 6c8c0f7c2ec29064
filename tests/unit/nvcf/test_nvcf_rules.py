"""What makes a program wrong, each rule with its message, and what is only doubtful."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.nvcf.functions.doubts import doubts
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from tests.support.nvcf import function, llm, llm_model, specification
from tests.support.world import Values

URI = "https://api.ngc.nvidia.com/v2/org/o/models/m/1/files"
MODEL = {"name": "m", "version": "1", "uri": URI}
HEALTH = {"protocol": "HTTP", "uri": "/h", "port": 8000, "timeout": "PT10S", "expected_status_code": 200}
CHART = {"helm_chart": "https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz", "helm_chart_service_name": "entry"}
S = specification
UP, DOWN = {"factor": 2.0, "threshold": 80.0}, {"factor": 0.5, "threshold": 20.0}
FUNCTION_ID = "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10"


def chart(**changes: Any) -> Values:
    return function(container_image=None, **{**CHART, **changes})


def model(**changes: Any) -> Values:
    return {name: one for name, one in {**MODEL, **changes}.items() if one is not None}


def rates(**limit: Any) -> Values:
    return function(rate_limit=limit)


def priority(**values: Any) -> Values:
    return llm(llm_invocation_config={"priority": values})


FUNCTIONS: dict[str, tuple[Values, list[str]]] = {
    "right": (function(), []),
    "chart": (chart(), []),
    "chart by http": (chart(helm_chart="http://h/c.tgz"), []),
    "chart by oci": (chart(helm_chart="oci://h/c"), []),
    "models alone": (function(container_image=None, models=[MODEL]), []),
    "llm": (llm(), []),
    "nothing to run": (
        function(container_image=None),
        ["container_image, models or helm_chart is required: there is nothing to run"],
    ),
    "not known what runs": (function(container_image=UNKNOWN), []),
    "chart without service": (
        chart(helm_chart_service_name=None),
        ["helm_chart_service_name: is required with helm_chart: the service that calls go to"],
    ),
    "service without chart": (
        function(helm_chart_service_name="entry"),
        ["helm_chart_service_name: is for helm_chart only, and there is none"],
    ),
    "chart and image": (
        function(**CHART),
        ["container_image: cannot be combined with helm_chart; say it in the deployment's configuration"],
    ),
    "chart and arguments": (
        chart(container_args="-x"),
        ["container_args: cannot be combined with helm_chart; say it in the deployment's configuration"],
    ),
    "chart and variables": (
        chart(container_environment={"A": "1"}),
        ["container_environment: cannot be combined with helm_chart; say it in the deployment's configuration"],
    ),
    "chart that is no address": (
        chart(helm_chart="charts/echo"),
        ['helm_chart: must be a URL that begins with "https://", "http://" or "oci://"'],
    ),
    "image with a scheme": (
        function(container_image="https://nvcr.io/acme/echo:1"),
        ["container_image: is the name of an image, not a URL: write it without https://"],
    ),
    "image in capitals": (
        function(container_image="nvcr.io/Acme/echo:1"),
        [
            'container_image: must be the name of an image, such as "nvcr.io/ORG/NAME:TAG": lower case, with a tag or '
            "a digest"
        ],
    ),
    "image with tag and digest": (
        function(container_image=f"nvcr.io/acme/echo:1@sha256:{'a' * 64}"),
        ["container_image: has a tag and a digest; NVCF takes only one of them from nvcr.io"],
    ),
    "image with tag and digest of elsewhere": (
        function(container_image=f"docker.io/acme/echo:1@sha256:{'a' * 64}"),
        [],
    ),
    "image with a port": (function(container_image="localhost:5000/echo:1"), []),
    "a variable of NVCF": (
        function(container_environment={"NVCF_X": "1"}),
        ["container_environment.NVCF_X: names that begin with NVCF_ are NVCF's own"],
    ),
    "a variable without a name": (
        function(container_environment={"": "1"}),
        ["container_environment: has a blank name"],
    ),
    "a port of NVCF": (
        function(inference_port=8080),
        ["inference_port: is one of NVCF's own, 8080 and 8010; let the container listen on another one"],
    ),
    "the other port of NVCF": (
        function(inference_port=8010),
        ["inference_port: is one of NVCF's own, 8080 and 8010; let the container listen on another one"],
    ),
    "the same model twice": (
        function(models=[MODEL, {**MODEL, "version": "2"}]),
        ['models[1].name: "m" is the name of models[0] too'],
    ),
    "a model without version": (
        function(models=[model(version=None)]),
        ['models[0].version: is required, unless function_type is "LLM"'],
    ),
    "a model without uri": (
        function(models=[MODEL, model(name="n", uri=None)]),
        ['models[1].uri: is required, unless function_type is "LLM"'],
    ),
    "an LLM's model without settings": (
        llm({"name": "m"}),
        ["models[0].llm_config: is required, with the uris that the model serves: function_type is LLM"],
    ),
    "settings of an LLM's model on another one": (
        function(models=[{**MODEL, "llm_config": {"uris": ["/v1/embeddings"]}}]),
        ['models[0].llm_config: is for function_type "LLM" only'],
    ),
    "an LLM without uris": (
        llm(llm_model(uris=[])),
        ["models[0].llm_config.uris: must have at least 1 item, not 0"],
    ),
    "a model that is no address": (
        function(models=[model(uri="m:1")]),
        [
            "models[0].uri: must be the address of an artifact, such as "
            "https://api.ngc.nvidia.com/v2/org/ORG/models/NAME/VERSION/files"
        ],
    ),
    "a model's old address": (
        function(models=[model(uri="/v2/org/o/models/m/versions/1/zip")]),
        [
            "models[0].uri: has parts that NVCF does not take: /versions/ or /zip; write "
            "https://api.ngc.nvidia.com/v2/org/ORG/models/NAME/VERSION/files"
        ],
    ),
    "a resource that is no address": (
        function(resources=[{"name": "r", "version": "1", "uri": "r"}]),
        [
            "resources[0].uri: must be the address of an artifact, such as "
            "https://api.ngc.nvidia.com/v2/org/ORG/resources/NAME/VERSION/files"
        ],
    ),
    "an LLM without a model": (
        function(function_type="LLM"),
        ['models: is required: function_type is "LLM"'],
    ),
    "LLM calls of another type": (
        function(llm_invocation_config={"priority": {"default_priority": 1}}),
        ['llm_invocation_config: is for function_type "LLM" only'],
    ),
    "priorities without one for all": (
        priority(per_account_priority={"a": 1}),
        ["llm_invocation_config.priority.default_priority: is required with per_account_priority"],
    ),
    "too many priorities": (
        priority(default_priority=0, per_account_priority={f"a{number}": 1 for number in range(65)}),
        ["llm_invocation_config.priority.per_account_priority: has 65 accounts, at most 64 are possible"],
    ),
    "a priority below zero": (
        priority(default_priority=0, per_account_priority={"a": -1}),
        ["llm_invocation_config.priority.per_account_priority.a: must be at least 0, not a number"],
    ),
    "the highest priority": (priority(default_priority=4294967295, per_account_priority={"a": 4294967295}), []),
    "no rate": (rates(sync_check=True), ["rate_limit: needs rate_limit, per_nca_id_rate or per_user_rate"]),
    "an exemption from nothing": (
        rates(per_user_rate="1-S", exempted_nca_ids=["a"]),
        ["rate_limit.exempted_nca_ids: are exempted from rate_limit.rate_limit, and there is none"],
    ),
    "exempted and limited": (
        rates(rate_limit="1-S", exempted_nca_ids=["a"], per_nca_id_rate={"a": "1-S"}),
        ['rate_limit.exempted_nca_ids: "a" has a rate of its own in per_nca_id_rate too'],
    ),
    "too many accounts": (
        rates(per_nca_id_rate={f"a{number}": "1-S" for number in range(33)}),
        ["rate_limit.per_nca_id_rate: has 33 accounts, at most 32 are possible"],
    ),
    "too many exemptions": (
        rates(rate_limit="1-S", exempted_nca_ids=[f"a{number}" for number in range(33)]),
        ["rate_limit.exempted_nca_ids: must have at most 32 items, not 33"],
    ),
    "a rate of zero": (
        rates(rate_limit="0-S"),
        [
            'rate_limit.rate_limit: must be a rate such as "10-S" or "10-S,500-H": a number and S, M, H or D, each '
            'unit once, not the text "0-S"'
        ],
    ),
    "a unit twice": (
        rates(rate_limit="1-S,2-S"),
        [
            'rate_limit.rate_limit: must be a rate such as "10-S" or "10-S,500-H": a number and S, M, H or D, each '
            'unit once, not the text "1-S,2-S"'
        ],
    ),
    "a rate by week": (
        rates(per_nca_id_rate={"a": "1-W"}),
        [
            'rate_limit.per_nca_id_rate.a: must be a rate such as "10-S" or "10-S,500-H": a number and S, M, H or '
            "D, each unit once"
        ],
    ),
    "tokens by week": (llm(llm_model(token_rate_limit="1-W, 2-S")), []),
    "tokens by year": (
        llm(llm_model(token_rate_limit="1-Y")),
        [
            'models[0].llm_config.token_rate_limit: must be a rate such as "1000-S" or "1000-S,100000-H": a number '
            'and S, M, H, D or W, each unit once, not the text "1-Y"'
        ],
    ),
    "a tag with a dot": (
        function(tags=["a", "b.c"]),
        ["tags[1]: must be 1 to 128 letters, digits, -, _, : and =, without blanks and dots"],
    ),
    "an empty tag": (
        function(tags=[""]),
        ["tags[0]: must have at least 1 character, not 0"],
    ),
    "a long tag": (function(tags=["x" * 128]), []),
    "a tag too long": (
        function(tags=["x" * 129]),
        ["tags[0]: must be 1 to 128 letters, digits, -, _, : and =, without blanks and dots"],
    ),
    "our mark": (
        function(tags=["pulumi:0123abc"]),
        ["tags[0]: looks like the mark of this library, which it sets itself; remove it"],
    ),
    "as many tags as there may be": (function(tags=[f"t{number}" for number in range(63)]), []),
    "too many tags": (
        function(tags=[f"t{number}" for number in range(64)]),
        ["tags: must have at most 63 items, not 64"],
    ),
    "a tag that is not known": (function(tags=[UNKNOWN]), []),
    "a secret's name": (
        function(secrets={"-a": "x"}),
        ["secrets.-a: a name has 1 to 48 letters, digits, _, . and -, and begins with a letter or digit"],
    ),
    "a secret's long name": (
        function(secrets={"a" * 49: "x"}),
        [f"secrets.{'a' * 49}: a name has 1 to 48 letters, digits, _, . and -, and begins with a letter or digit"],
    ),
    "an empty secret": (
        function(secrets={"A": "  "}),
        ["secrets.A: must have 1 to 32768 characters, without blanks around it"],
    ),
    "a long secret": (
        function(secrets={"A": "x" * 32769}),
        ["secrets.A: must have 1 to 32768 characters, without blanks around it"],
    ),
    "a secret that is a list": (
        function(secrets={"A": ["s3cret"]}),
        ["secrets.A: must be a text or a JSON object"],
    ),
    "a secret that is an object": (function(secrets={"A": {"k": ["s3cret"]}}), []),
    "no telemetry": (
        function(telemetries={}),
        ["telemetries: needs logs_telemetry_id, metrics_telemetry_id or traces_telemetry_id"],
    ),
    "a telemetry that is no id": (
        function(telemetries={"logs_telemetry_id": "x"}),
        [
            "telemetries.logs_telemetry_id: must be an id of the form 6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10, not the "
            'text "x"'
        ],
    ),
    "a name that begins with a hyphen": (
        function(name="-a"),
        ['name: must be letters, digits, - and _, and begin with a letter or digit, not the text "-a"'],
    ),
    "a long name": (function(name="a" * 128), []),
    "a name too long": (function(name="a" * 129), ["name: must have at most 128 characters, not 129"]),
    "a description too long": (
        function(description="a" * 257),
        ["description: must have at most 256 characters, not 257"],
    ),
    "a duration": (
        function(health={**HEALTH, "timeout": "10s"}),
        ['health.timeout: must be an ISO 8601 duration such as "PT10S" or "PT2M", not the text "10s"'],
    ),
    "two paths of health": (
        function(health=HEALTH, health_uri="/v2/health/ready"),
        ['health_uri: is not health.uri, "/h", which counts; remove health_uri'],
    ),
    "the same path twice": (function(health=HEALTH, health_uri="/h"), []),
    "half a health check": (
        function(health={"protocol": "HTTP"}),
        [
            "health.uri: is required",
            "health.port: is required",
            "health.timeout: is required",
            "health.expected_status_code: is required",
        ],
    ),
    "a protocol": (
        function(health={**HEALTH, "protocol": "TCP"}),
        ['health.protocol: must be "HTTP" or "gRPC", not the text "TCP"'],
    ),
    "no url": (function(inference_url=None), ["inference_url: is required"]),
    "a function that is no id": (
        function(function_id="echo"),
        ['function_id: must be an id of the form 6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10, not the text "echo"'],
    ),
    "misspelled": (function(contaner_args="x"), ["unknown property `contaner_args`; did you mean `container_args`?"]),
}


@pytest.mark.parametrize(("program", "messages"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_rules_of_functions(program: Values, messages: list[str]) -> None:
    _, problems = FunctionLifecycle().judge(program)
    assert [str(one) for one in problems] == messages


def test_each_rule_of_functions_is_in_the_table() -> None:
    texts = [text for _, messages in FUNCTIONS.values() for text in messages]
    assert not [one for one in texts if "s3cret" in one]


def deployed(*specifications: Any, **changes: Any) -> Values:
    ids = {"function_id": FUNCTION_ID, "version_id": FUNCTION_ID}
    return {**ids, "specifications": list(specifications) or [S()], **changes}


def scaling(up: Values = UP, down: Values = DOWN) -> Values:
    return deployed(S(autoscaling_configuration={"scale_up_details": up, "scale_down_details": down}))


def sticky(size: str, threshold: str) -> Values:
    return scaling({**UP, "stickiness": {"size": size, "threshold": threshold}})


POLICY = {"name": "Default"}
_PATH = "specifications[0].autoscaling_configuration"

DEPLOYMENTS: dict[str, tuple[Values, list[str]]] = {
    "right": (deployed(), []),
    "no specification": (deployed(specifications=[]), ["specifications: must have at least 1 item, not 0"]),
    "fewer than the least": (
        deployed(S(), S(gpu="H100", min_instances=3, max_instances=2)),
        ["specifications[1].max_instances: is 2, less than min_instances, 3"],
    ),
    "none at most": (
        deployed(S(min_instances=0, max_instances=0)),
        ["specifications[0].max_instances: must be at least 1, not 0"],
    ),
    "less than none": (deployed(S(min_instances=-1)), ["specifications[0].min_instances: must be at least 0, not -1"]),
    "too much at a time": (
        deployed(S(max_request_concurrency=16385)),
        ["specifications[0].max_request_concurrency: must be at most 16384, not 16385"],
    ),
    "as much as can be": (deployed(S(max_request_concurrency=16384)), []),
    "order": (deployed(S(preferred_order=100)), ["specifications[0].preferred_order: must be at most 99, not 100"]),
    "group and clusters": (
        deployed(S(backend="NCP", clusters=["c"])),
        ["specifications[0].backend: cannot be combined with clusters; remove one of the two"],
    ),
    "a group without a name is none": (deployed(S(backend="", clusters=["c"])), []),
    "the same place twice": (
        deployed(S(regions=["a", "b"]), S(gpu="l40", regions=["b", "a"])),
        [
            "specifications[1]: has GPU, instance type and places of specifications[0] too; put its instances there",
        ],
    ),
    "two places": (deployed(S(regions=["a"]), S(regions=["b"])), []),
    "up that is down": (
        scaling(up={**UP, "factor": 1}),
        [f"{_PATH}.scale_up_details.factor: must be over 1 to scale up"],
    ),
    "down that is up": (
        scaling(down={**DOWN, "factor": 1}),
        [f"{_PATH}.scale_down_details.factor: must be under 1 to scale down"],
    ),
    "a factor of nothing": (
        scaling(down={**DOWN, "factor": 0}),
        [f"{_PATH}.scale_down_details.factor: must be more than 0, not 0"],
    ),
    "a long window": (
        sticky("PT61M", "PT1M"),
        [f"{_PATH}.scale_up_details.stickiness.size: must be at most PT1H"],
    ),
    "an hour": (sticky("PT60M", "PT59M"), []),
    "a threshold as long as the window": (
        sticky("PT5M", "PT300S"),
        [f"{_PATH}.scale_up_details.stickiness.threshold: must be shorter than size, PT5M"],
    ),
    "half of the scaling": (
        deployed(S(autoscaling_configuration={"scale_up_details": UP})),
        [f"{_PATH}.scale_down_details: is required"],
    ),
    "a policy": (
        deployed(S(helm_validation_policy={"name": "Loose"})),
        ['specifications[0].helm_validation_policy.name: must be "Default" or "Unrestricted", not the text "Loose"'],
    ),
    "no types": (
        deployed(S(helm_validation_policy={"name": "Default", "extra_kubernetes_types": []})),
        [
            "specifications[0].helm_validation_policy.extra_kubernetes_types: must have at least 1 item, not 0",
        ],
    ),
    "a type without a group": (
        deployed(S(helm_validation_policy={**POLICY, "extra_kubernetes_types": [{"version": "v1", "kind": "Pod"}]})),
        ["specifications[0].helm_validation_policy.extra_kubernetes_types[0].group: is required"],
    ),
    "what to do": (deployed(on_redeploy="ask"), ['on_redeploy: must be "error" or "redeploy", not the text "ask"']),
    "no time": (deployed(timeouts={"create": "0s"}), ['timeouts.create: must be longer than nothing, such as "20m"']),
    "not known": (deployed(S(gpu=UNKNOWN, min_instances=UNKNOWN, autoscaling_configuration=UNKNOWN)), []),
}


@pytest.mark.parametrize(("program", "messages"), DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_rules_of_deployments(program: Values, messages: list[str]) -> None:
    _, problems = DeploymentLifecycle().judge(program)
    assert [str(one) for one in problems] == messages


DOUBTS: dict[str, tuple[Values, list[str]]] = {
    "none": (function(health=HEALTH), []),
    "health elsewhere": (
        function(health={**HEALTH, "port": 9000}),
        ["health.port: is 9000, while calls go to inference_port 8000"],
    ),
    "gRPC watched by HTTP": (
        function(inference_url="/grpc", health=HEALTH),
        ['health.protocol: is HTTP, while inference_url "/grpc" makes it a gRPC function'],
    ),
    "an image that moves": (
        function(container_image="nvcr.io/acme/echo"),
        ["container_image: nvcr.io/acme/echo has neither tag nor digest, so what runs may change without the program"],
    ),
    "many secrets": (
        function(secrets={f"S{number}": "s3cret" * 500 for number in range(3)}),
        ["secrets: have more than 8 KB together, which NVIDIA's page gives as the limit"],
    ),
    "a chart with gRPC": (
        chart(inference_url="/grpc"),
        ["inference_url: gRPC with a Helm chart is called unsupported on one of NVIDIA's pages"],
    ),
    "not known": (function(health=UNKNOWN, container_image=UNKNOWN, secrets={"A": UNKNOWN}), []),
}


@pytest.mark.parametrize(("program", "messages"), DOUBTS.values(), ids=DOUBTS)
def test_what_is_doubtful(program: Values, messages: list[str]) -> None:
    assert list(doubts(program)) == messages
