"""What Alaya NeW's services depend on: models, data centres, clusters and their quotas."""

from typing import Any

import pytest

from .alayacloud import (
    BASE_MODEL,
    DEPLOY_SECONDS,
    GPU,
    LORA_MODEL,
    SCALE,
    STOP_SECONDS,
    VKS,
    Alaya,
    changed,
    data,
    expert,
    lora,
    pod,
    quick_start,
    refusal,
    resource,
)

H800 = "nvidia.com/gpu-h800"


def model(**changes: Any) -> dict[str, Any]:
    """A good body of a new model."""
    meta = {"name": "Qwen", "description": "d"}
    source = {"aidcId": "1", "modelSourcePath": f"/{VKS}/qwen", "modelMeta": meta, "modelType": "base"}
    return changed({**source, "modelExtensions": {"a": "b"}}, **changes)


def create(alaya: Alaya, **changes: Any) -> str:
    return str(data(alaya.http.post("/api/model/v1/create", json=model(**changes)))["id"])


def models(alaya: Alaya, **filters: Any) -> list[dict[str, Any]]:
    found = data(alaya.http.get("/api/model/v1/list", params={"aidcId": "1", **filters}))
    return list(found["rows"])


def cluster(alaya: Alaya, vks: str = VKS) -> dict[str, Any]:
    return dict(data(alaya.http.get(f"/api/vks/v1/{vks}"))["utilizationRate"])


def test_the_models_that_there_are(alaya: Alaya) -> None:
    found = models(alaya)
    assert [(one["id"], one["modelType"]) for one in found] == [(LORA_MODEL, "lora"), (BASE_MODEL, "base")]


def test_a_new_model(alaya: Alaya) -> None:
    made = create(alaya)
    [found] = models(alaya, modelName="qwe")
    assert found == {
        **model(),
        "id": made,
        "modelPath": f"/models/{made}",
        "tenantId": "emulator",
        "createUser": "emulator",
        "createAt": "2024-03-21T00:00:00Z",
        "updateUser": "emulator",
        "updateAt": "2024-03-21T00:00:00Z",
    }
    alaya.settings(check_models=True)
    assert alaya.expert(modelId=made)


def test_a_model_as_in_the_sample(alaya: Alaya) -> None:
    create(alaya, aidcId=7, modelType="LoRA", modelMeta={"name": "x"}, modelExtensions=None)
    [found] = models(alaya, aidcId="7")
    assert (found["aidcId"], found["modelType"]) == ("7", "lora")
    assert (found["modelMeta"], found["modelExtensions"]) == ({"name": "x", "description": ""}, {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aidcId": None}, "aidcId is required"),
        ({"aidcId": True}, "aidcId must be a string"),
        ({"modelSourcePath": None}, "modelSourcePath is required"),
        ({"modelMeta": None}, "modelMeta is required"),
        ({"modelMeta": {}}, "modelMeta.name is required"),
        ({"modelMeta": {"name": "a", "description": 1}}, "modelMeta.description must be a string"),
        ({"modelType": None}, "modelType is required"),
        ({"modelType": "other"}, "modelType must be one of base, lora"),
        ({"modelExtensions": []}, "modelExtensions must be an object"),
    ],
)
def test_wrong_models(alaya: Alaya, changes: dict[str, Any], message: str) -> None:
    assert refusal(alaya.http.post("/api/model/v1/create", json=model(**changes)), 400) == message


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["b", "a", "lora-model", "base-model"]),
        ({"modelType": "LoRA"}, ["b", "lora-model"]),
        ({"modelName": "MODEL"}, ["lora-model", "base-model"]),
        ({"modelExtensions.k": "1"}, ["b"]),
        ({"modelExtensions.k": "2"}, []),
        ({"page": 2, "size": 3}, ["base-model"]),
        ({"aidcId": "2"}, ["c"]),
        ({"aidcId": "3"}, []),
    ],
)
def test_filters_of_models(alaya: Alaya, filters: dict[str, Any], names: list[str]) -> None:
    create(alaya, modelMeta={"name": "a"})
    create(alaya, modelMeta={"name": "b"}, modelType="lora", modelExtensions={"k": 1})
    create(alaya, modelMeta={"name": "c"}, aidcId="2")
    assert [one["modelMeta"]["name"] for one in models(alaya, **filters)] == names


def test_a_list_of_models_needs_the_data_centre(alaya: Alaya) -> None:
    assert refusal(alaya.http.get("/api/model/v1/list"), 400) == "aidcId is required"
    assert refusal(alaya.http.get("/api/model/v1/list?aidcId=1&size=101"), 400)


def test_the_oldest_models_first(alaya: Alaya) -> None:
    alaya.settings(newest_first=False)
    assert [one["id"] for one in models(alaya)] == [BASE_MODEL, LORA_MODEL]


@pytest.mark.parametrize("own", [True, False])
def test_delete_of_a_model_is_code_alone(alaya: Alaya, own: bool) -> None:
    made = create(alaya) if own else BASE_MODEL
    assert alaya.http.delete(f"/api/model/v1/{made}").json() == {"code": 0}
    assert made not in [one["id"] for one in models(alaya)]
    assert refusal(alaya.http.delete(f"/api/model/v1/{made}"), 404) == f"model {made} does not exist"


def test_models_belong_to_an_account(alaya: Alaya) -> None:
    made = create(alaya)
    alaya.sign_in("other")
    assert made not in [one["id"] for one in models(alaya)]
    assert refusal(alaya.http.delete(f"/api/model/v1/{made}"), 404)
    alaya.settings(check_models=True)
    assert made in refusal(alaya.call("POST", "/deployment/expert", expert(modelId=made)))
    assert alaya.expert(modelId=BASE_MODEL)


def test_data_centres(alaya: Alaya) -> None:
    [own] = data(alaya.http.get("/api/aidc/v1/list"))
    assert set(own) == {"id", "code", "name", "nameEn", "country", "address", "endpoInt"}
    assert own["id"] == "1"
    alaya.seed(aidcs=[{"id": 2, "nameEn": "Two"}])
    alaya.settings(osm_endpoint=True)
    found = data(alaya.http.get("/api/aidc/v1/list"))
    assert [(one["id"], "osmEndpointInt" in one, "endpoInt" in one) for one in found] == [
        ("1", True, False),
        ("2", True, False),
    ]


def test_an_unknown_data_centre(alaya: Alaya) -> None:
    create(alaya, aidcId="9")
    alaya.settings(check_clusters=True)
    answer = alaya.http.post("/api/model/v1/create", json=model(aidcId="9"))
    assert refusal(answer) == "data centre 9 does not exist"
    create(alaya)


def test_the_cluster_that_there_is(alaya: Alaya) -> None:
    found = cluster(alaya)
    names = [one["name"] for one in found["gpu"]]
    assert names == [GPU, H800, "nvidia.com/gpu-h800-80gb-hbm3", "nvidia.com/gpu-h800-pcie"]
    for one in found["gpu"]:
        assert set(one) == {"name", "displayName", "hard", "used", "ratio"}
        assert one["used"] == 0 < one["hard"]
        assert [part.isdigit() for part in one["ratio"].split(":")] == [True] * 3
    assert set(found["mem"]) == {"hard", "used"}


def test_an_unknown_cluster(alaya: Alaya) -> None:
    assert refusal(alaya.http.get("/api/vks/v1/vc-none"), 404) == "cluster vc-none does not exist"


def test_use_is_what_runs(alaya: Alaya) -> None:
    worker = pod(workers=3, resource=resource(mem=10, gpu={"gpuType": GPU, "count": 2}))
    service = alaya.expert(scale={**SCALE, "min": 2}, workerConfig=worker)
    assert alaya.used() == 2 * (1 + 3 * 2)
    assert cluster(alaya)["mem"]["used"] == 2 * (32 + 3 * 10)
    alaya.running(service)
    assert alaya.used() == 14
    alaya.ok("POST", f"/deployment/{service}/cancel")
    assert alaya.used() == 14
    alaya.clock.advance(STOP_SECONDS)
    assert (alaya.used(), cluster(alaya)["mem"]["used"]) == (0, 0)


def test_use_by_type_cluster_and_form(alaya: Alaya) -> None:
    alaya.seed(clusters=[{"id": "vc-2", "gpu": [{"name": GPU, "used": 5}], "mem": {"used": 7}}])
    alaya.expert(vksId="vc-2", headConfig=pod(resource=resource(gpu={"gpuType": H800, "count": 8})))
    assert (alaya.used(GPU, "vc-2"), cluster(alaya, "vc-2")["mem"]["used"]) == (5, 7 + 32)
    alaya.quick_start(resource=resource(workers=2, gpu={"gpuType": GPU, "count": 4}))
    assert (alaya.used(), alaya.used(H800)) == (8, 0)
    alaya.quick_start(resource=resource(gpu={"gpuType": GPU, "count": 4}))
    assert alaya.used() == 12
    alaya.sign_in("other")
    assert alaya.used() == 12


def test_lora_takes_no_gpu_and_failures_give_theirs_back(alaya: Alaya) -> None:
    base, _ = alaya.with_lora()
    assert alaya.used() == 1
    alaya.admin("POST", f"/alaya/services/{base}/crash")
    assert alaya.used() == 0


def test_scaling_takes_more_for_a_while(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert())
    alaya.ok("PUT", f"/deployment/{service}/scale", {"scale": {**SCALE, "min": 2}})
    assert alaya.used() == 3
    alaya.clock.advance(DEPLOY_SECONDS)
    assert alaya.used() == 2


def test_quota(alaya: Alaya) -> None:
    alaya.seed(clusters=[{"id": VKS, "gpu": [{"name": GPU, "hard": 4, "used": 1}]}])
    big = expert(headConfig=pod(resource=resource(gpu={"gpuType": GPU, "count": 4})))
    service = alaya.expert(**big)
    alaya.stopped(alaya.running(service))
    alaya.settings(check_quota=True)
    message = f"quota exceeded: 4 of {GPU} are needed, 3 are left"
    assert refusal(alaya.call("POST", "/deployment/expert", big)) == message
    assert refusal(alaya.call("PUT", f"/deployment/expert/{service}", big)) == message
    other = quick_start(resource=resource(gpu={"gpuType": H800, "count": 1}))
    assert refusal(alaya.call("POST", "/deployment", other)) == f"quota exceeded: 1 of {H800} are needed, 0 are left"
    small = alaya.running(alaya.expert())
    alaya.ok("PUT", f"/deployment/{small}/scale", {"scale": {**SCALE, "min": 3}})
    alaya.clock.advance(DEPLOY_SECONDS)
    answer = alaya.call("PUT", f"/deployment/{small}/scale", {"scale": {**SCALE, "min": 4, "max": 4}})
    assert refusal(answer) == f"quota exceeded: 1 of {GPU} are needed, 0 are left"
    assert alaya.behind(small)["scale"]["min"] == 3
    alaya.ok("POST", "/deployment/lora", lora(small))
    alaya.ok("PUT", f"/deployment/{small}/scale", {"scale": SCALE})
