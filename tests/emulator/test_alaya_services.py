"""Creating, reading and listing Alaya NeW's services, with everything that its documentation disagrees on."""

from typing import Any

import pytest

from .alayacloud import (
    BASE_MODEL,
    DEPLOY_SECONDS,
    HOST,
    LORA_MODEL,
    NO_SERVICE,
    SCALE,
    UNKNOWN,
    VKS,
    Alaya,
    data,
    expert,
    full_pod,
    lora,
    pod,
    quick_start,
    refusal,
    resource,
)


def test_an_expert_detail(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert(workerConfig=pod(workers=1)))
    found = alaya.detail(service)
    key = found.pop("apikey")
    assert len(key) > 20
    assert found == {
        "serviceId": service,
        "serviceUrl": f"{HOST}/svc/{service}",
        "status": "running",
        "instance": [{"instanceId": "0", "loraModels": [], "baseModelReady": True}],
        "vksId": VKS,
        "namespace": "default",
        "name": "demo",
        "servedName": ["demo"],
        "modelId": BASE_MODEL,
        "mode": "expert",
        "expert": {"headConfig": pod(), "workerConfig": pod(workers=1)},
        "quickStart": None,
    }


def test_a_quick_start_detail(alaya: Alaya) -> None:
    service = alaya.quick_start(backend="sglang", resource=resource(workers=2), extensions={"a": "b"})
    found = alaya.detail(service)
    assert (found["mode"], found["expert"]) == ("quickStart", None)
    engine = {"backend": "sglang", "backendVersion": "0.9.0.1", "backendArgs": ["--x"]}
    assert found["quickStart"] == {**engine, "resource": resource(workers=2)}
    assert alaya.rows(**{"extensions.a": "b"}) == []


def test_a_lora_detail(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    found = alaya.detail(adapter)
    assert found.pop("apiKey") not in ("", alaya.detail(base)["apikey"])
    assert found == {
        "serviceId": adapter,
        "status": "running",
        "serviceUrl": f"{HOST}/svc/{adapter}",
        "baseServiceId": base,
        "namespace": "default",
        "modelId": LORA_MODEL,
        "name": "adapter",
        "servedName": ["adapter"],
    }


def test_address_and_key_come_with_running_and_stay(alaya: Alaya) -> None:
    service = alaya.expert()
    assert {alaya.detail(service)[name] for name in ("serviceUrl", "apikey")} == {""}
    alaya.settings(null_until_running=True)
    assert {alaya.detail(service)[name] for name in ("serviceUrl", "apikey")} == {None}
    assert {alaya.rows()[0][name] for name in ("serviceUrl", "apikey")} == {None}
    alaya.running(service)
    first = alaya.detail(service)
    alaya.stopped(service)
    alaya.ok("PUT", f"/deployment/expert/{service}", expert(name="new"))
    again = alaya.detail(service)
    assert again["status"] == "starting"
    assert first["apikey"]
    assert [again[name] for name in ("serviceUrl", "apikey")] == [first[name] for name in ("serviceUrl", "apikey")]


def test_unknown_services(alaya: Alaya) -> None:
    for service in (UNKNOWN, "expert", "x"):
        assert service in refusal(alaya.call("GET", f"/deployment/{service}"), 404)
    assert refusal(alaya.call("PUT", f"/deployment/expert/{UNKNOWN}", expert()), 404) == NO_SERVICE
    assert refusal(alaya.call("PUT", f"/deployment/lora/{UNKNOWN}", lora(UNKNOWN)), 404) == NO_SERVICE


def test_an_answer_without_the_id(alaya: Alaya) -> None:
    base = alaya.running(alaya.expert())
    alaya.settings(empty_create_answer=True)
    assert alaya.ok("POST", "/deployment/expert", expert(name="b")) == {}
    assert alaya.ok("POST", "/deployment/lora", lora(base)) == {}
    assert alaya.quick_start() != ""
    assert alaya.names() == ["quick", "adapter", "b", "demo"]


@pytest.mark.parametrize(
    ("setting", "value", "password"),
    [("plain", "s3cret", "s3cret"), ("masked", "******", "******"), ("missing", None, None)],
)
def test_the_password_in_the_answer(alaya: Alaya, setting: str, value: Any, password: Any) -> None:
    service = alaya.expert(headConfig=full_pod(), workerConfig=full_pod(workers=1))
    if setting:
        alaya.settings(password_in_answer=setting)
    for config in alaya.detail(service)["expert"].values():
        assert config["imagePullSecret"].get("password") == password
        assert config["imagePullSecret"]["username"] == "me"
    assert alaya.behind(service)["headConfig"]["imagePullSecret"]["password"] == "s3cret"


def test_a_secret_without_a_password(alaya: Alaya) -> None:
    service = alaya.expert(headConfig=pod(imagePullSecret={"registry": "r"}))
    assert alaya.detail(service)["expert"]["headConfig"]["imagePullSecret"] == {"registry": "r"}


def test_misspelled_states(alaya: Alaya) -> None:
    alaya.settings(old_spelling=True)
    service = alaya.expert()
    assert (alaya.status(service), alaya.rows()[0]["status"]) == ("staring", "staring")
    assert [len(alaya.rows(status=word)) for word in ("staring", "starting", "STARTING", "stoped")] == [1, 1, 1, 0]
    alaya.running(service)
    alaya.ok("POST", f"/deployment/{service}/cancel")
    assert alaya.status(service) == "stoping"
    alaya.clock.advance(1)
    assert alaya.status(service) == "stoped"


def test_misspelled_arguments(alaya: Alaya) -> None:
    service = alaya.quick_start()
    alaya.settings(backen_args=True)
    found = alaya.detail(service)["quickStart"]
    assert found["backenArgs"] == ["--x"]
    assert "backendArgs" not in found


def test_scale_and_extensions_are_not_answered_unless_set(alaya: Alaya) -> None:
    service, quick = alaya.expert(extensions={"a": {"b": 1}}), alaya.quick_start()
    assert {"scale", "extensions"}.isdisjoint(alaya.detail(service))
    alaya.settings(detail_has_scale=True)
    found = alaya.detail(service)
    assert (found["scale"], found["extensions"]) == (SCALE, {"a": {"b": 1}})
    assert alaya.detail(quick)["scale"] is None
    base, adapter = alaya.with_lora()
    assert "scale" in alaya.detail(base)
    assert "scale" not in alaya.detail(adapter)


def test_what_samples_lack(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    alaya.settings(detail_without_id=True, detail_without_instances=True, served_name="missing")
    found = alaya.detail(base)
    assert {"serviceId", "instance", "servedName"}.isdisjoint(found)
    assert "serviceId" not in alaya.detail(adapter)
    assert alaya.detail(adapter)["servedName"] == ["adapter"]
    assert alaya.rows()[0]["serviceId"] == adapter


def test_a_bare_lora_detail(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    alaya.settings(bare_lora_detail=True)
    assert alaya.call("GET", f"/deployment/{adapter}").json()["serviceId"] == adapter
    assert alaya.detail(base)["serviceId"] == base


@pytest.mark.parametrize(
    ("setting", "in_detail", "in_row"),
    [
        ("documented", ["a", "b"], "a,b"),
        ("list", ["a", "b"], ["a", "b"]),
        ("text", "a,b", "a,b"),
        ("missing", None, "a,b"),
    ],
)
def test_the_served_names(alaya: Alaya, setting: str, in_detail: Any, in_row: Any) -> None:
    service = alaya.expert(servedName=["a", "b"])
    alaya.settings(served_name=setting)
    assert alaya.detail(service).get("servedName") == in_detail
    assert alaya.rows()[0]["servedName"] == in_row


@pytest.mark.parametrize(
    ("setting", "of_base", "of_lora", "of_row"),
    [("documented", "apikey", "apiKey", "apikey"), ("apikey", *["apikey"] * 3), ("apiKey", *["apiKey"] * 3)],
)
def test_the_name_of_the_key(alaya: Alaya, setting: str, of_base: str, of_lora: str, of_row: str) -> None:
    base, adapter = alaya.with_lora()
    alaya.settings(key_name=setting)
    found = [alaya.detail(base), alaya.detail(adapter), *alaya.rows()]
    assert [[name for name in ("apikey", "apiKey") if name in one] for one in found] == [
        [of_base],
        [of_lora],
        [of_row],
        [of_row],
    ]


def test_null_for_what_was_not_sent(alaya: Alaya) -> None:
    service, quick = alaya.expert(headConfig=pod(cmd=["x"]), workerConfig=pod()), alaya.quick_start()
    alaya.settings(absent_as_null=True)
    found = alaya.detail(service)["expert"]
    assert found["headConfig"] == {
        **dict.fromkeys(("imagePullSecret", "labels", "env", "args", "pvcMounts")),
        **pod(cmd=["x"]),
    }
    assert found["workerConfig"]["workers"] is None
    assert alaya.detail(quick)["quickStart"]["resource"] == {**resource(), "workers": None}
    alone = alaya.expert()
    assert alaya.detail(alone)["expert"]["workerConfig"] is None


def test_numbers_as_text(alaya: Alaya) -> None:
    mount = {"pvcName": "p", "containerPath": "/m", "readOnly": True}
    service = alaya.expert(headConfig=pod(pvcMounts=[mount]), workerConfig=pod(workers=2))
    alaya.settings(numbers_as_text=True, detail_has_scale=True)
    found = alaya.detail(service)
    head, worker = found["expert"]["headConfig"], found["expert"]["workerConfig"]
    assert (head["resource"]["cpu"], head["resource"]["gpu"]["count"], worker["workers"]) == ("4", "1", "2")
    assert head["pvcMounts"] == [mount]
    assert found["scale"] == {name: str(value) for name, value in SCALE.items()}


def test_a_row(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    of_lora, of_base = alaya.rows()
    assert of_base == {
        "serviceId": base,
        "serviceUrl": f"{HOST}/svc/{base}",
        "apikey": alaya.detail(base)["apikey"],
        "status": "running",
        "vksId": VKS,
        "namespace": "default",
        "name": "demo",
        "servedName": "demo",
        "modelId": BASE_MODEL,
        "type": "base",
    }
    assert (of_lora["serviceId"], of_lora["type"], of_lora["vksId"]) == (adapter, "lora", VKS)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["adapter", "quick", "demo-2", "demo"]),
        ({"name": "demo"}, ["demo-2", "demo"]),
        ({"name": ""}, ["adapter", "quick", "demo-2", "demo"]),
        ({"vksId": "vc-2"}, ["demo-2"]),
        ({"namespace": "other"}, ["demo-2"]),
        ({"modelId": LORA_MODEL}, ["adapter"]),
        ({"modelType": "lora"}, ["adapter"]),
        ({"modelType": "base"}, ["quick", "demo-2", "demo"]),
        ({"model": "expert"}, ["demo-2", "demo"]),
        ({"mode": "expert"}, ["demo-2", "demo"]),
        ({"model": "quickstart"}, ["quick"]),
        ({"mode": "quickStart"}, ["quick"]),
        ({"model": "lora"}, ["adapter"]),
        ({"model": "other"}, []),
        ({"status": "running"}, ["demo"]),
        ({"status": "starting"}, ["adapter", "quick", "demo-2"]),
        ({"extensions.owner": "me"}, ["demo-2", "demo"]),
        ({"extensions.owner": "me", "extensions.n": "2"}, ["demo-2"]),
        ({"extensions.none": "x"}, []),
        ({"aidcId": "1"}, ["adapter", "quick", "demo"]),
        ({"aidcId": "7"}, ["demo-2"]),
        ({"unknown": "x"}, ["adapter", "quick", "demo-2", "demo"]),
        ({"name": "demo", "status": "running", "vksId": VKS}, ["demo"]),
        ({"size": 2}, ["adapter", "quick"]),
        ({"size": 3, "page": 2}, ["demo"]),
        ({"page": 9}, []),
    ],
)
def test_filters_and_pages(alaya: Alaya, filters: dict[str, Any], names: list[str]) -> None:
    alaya.seed(clusters=[{"id": "vc-2", "aidcId": "7"}])
    base = alaya.running(alaya.expert(extensions={"owner": "me"}))
    place = {"vksId": "vc-2", "namespace": "other"}
    extension = {"owner": "me", "n": 2}
    alaya.ok("POST", "/deployment/expert", expert(name="demo-2", extensions=None, extension=extension, **place))
    alaya.quick_start()
    alaya.lora(base)
    assert alaya.names(**filters) == names


def test_the_count_is_of_all_pages(alaya: Alaya) -> None:
    for number in range(12):
        alaya.expert(name=f"s{number}")
    found = alaya.ok("GET", "/deployment/list")
    assert (found["count"], len(found["rows"])) == (12, 10)
    assert alaya.names(page=2) == ["s1", "s0"]
    assert alaya.ok("GET", "/deployment/list", params={"name": "s1", "size": 1})["count"] == 3
    assert len(alaya.rows(size=100)) == 12
    alaya.settings(count_as_text=True)
    assert alaya.ok("GET", "/deployment/list")["count"] == ""


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ({"size": 101}, "size must be an integer from 1 to 100"),
        ({"size": 0}, "size must be an integer from 1 to 100"),
        ({"size": "ten"}, "size must be an integer from 1 to 100"),
        ({"page": 0}, "page must be an integer from 1"),
        ({"page": -1}, "page must be an integer from 1"),
    ],
)
def test_wrong_pages(alaya: Alaya, page: dict[str, Any], message: str) -> None:
    assert refusal(alaya.call("GET", "/deployment/list", params=page), 400) == message


def test_whole_names_and_the_oldest_first(alaya: Alaya) -> None:
    for name in ("demo", "demo-2"):
        alaya.expert(name=name)
    alaya.settings(newest_first=False)
    assert alaya.names(name="demo") == ["demo", "demo-2"]
    alaya.settings(fuzzy_names=False)
    assert alaya.names(name="demo") == ["demo"]


def test_a_list_that_shows_new_things_later(alaya: Alaya) -> None:
    alaya.settings(list_seconds=5)
    service = alaya.expert()
    assert (alaya.rows(), alaya.status(service)) == ([], "starting")
    alaya.clock.advance(4)
    assert alaya.rows() == []
    alaya.clock.advance(1)
    assert alaya.names() == ["demo"]


def test_names_need_not_be_unique_unless_set(alaya: Alaya) -> None:
    first, second = alaya.expert(), alaya.expert()
    assert first != second
    alaya.settings(unique_names=True)
    assert refusal(alaya.call("POST", "/deployment/expert", expert())) == "the name demo is taken"
    assert refusal(alaya.call("POST", "/deployment", quick_start(name="demo"))) == "the name demo is taken"
    other = alaya.stopped(alaya.running(alaya.expert(name="other")))
    assert refusal(alaya.call("PUT", f"/deployment/expert/{other}", expert())) == "the name demo is taken"
    alaya.ok("PUT", f"/deployment/expert/{other}", expert(name="other"))
    alaya.sign_in("second")
    assert alaya.expert()


def test_a_read_of_the_past(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert())
    alaya.ok("POST", f"/deployment/{service}/cancel")
    alaya.admin("POST", "/faults", {"method": "GET", "count": 2, "stale": "former"})
    assert (alaya.status(service), alaya.rows()[0]["status"]) == ("running", "running")
    alaya.admin("POST", "/faults", {"method": "GET", "count": 2, "stale": "missing"})
    assert refusal(alaya.call("GET", f"/deployment/{service}"), 404)
    assert alaya.rows() == []
    alaya.clock.advance(DEPLOY_SECONDS)
    alaya.ok("DELETE", f"/deployment/{service}")
    alaya.admin("POST", "/faults", {"method": "GET", "stale": "former"})
    assert alaya.status(service) == "stopped"
    assert refusal(alaya.call("GET", f"/deployment/{service}"), 404)


def test_a_lost_answer_leaves_the_service(alaya: Alaya) -> None:
    alaya.admin("POST", "/faults", {"method": "POST", "status": 502, "commit": True})
    assert refusal(alaya.call("POST", "/deployment/expert", expert()), 502)
    assert alaya.names() == ["demo"]


def test_models_and_places_are_not_looked_at_unless_set(alaya: Alaya) -> None:
    alaya.expert(modelId="none", vksId="vc-none", namespace="none")
    alaya.settings(check_models=True)
    assert refusal(alaya.call("POST", "/deployment/expert", expert(modelId="none"))) == "model none does not exist"
    alaya.settings(check_clusters=True)
    answer = alaya.call("POST", "/deployment/expert", expert(vksId="vc-none"))
    assert refusal(answer) == "cluster vc-none does not exist"
    answer = alaya.call("POST", "/deployment", quick_start(namespace="none"))
    assert refusal(answer) == f"cluster {VKS} has no namespace none"
    assert data(alaya.call("POST", "/deployment", quick_start()))


def test_a_model_of_the_other_type_is_refused(alaya: Alaya) -> None:
    base = alaya.running(alaya.expert())
    answer = alaya.call("POST", "/deployment/expert", expert(modelId=LORA_MODEL))
    assert refusal(answer) == f"model {LORA_MODEL} is of type lora, not base"
    answer = alaya.call("POST", "/deployment/lora", lora(base, modelId=BASE_MODEL))
    assert refusal(answer) == f"model {BASE_MODEL} is of type base, not lora"
