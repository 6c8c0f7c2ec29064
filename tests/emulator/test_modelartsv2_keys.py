"""API keys and intranet connections of ModelArts v2 (modelarts-v2.md sections 3.5 and 8.3 to 8.5)."""

import csv
import io
from typing import Any

import pytest

from .modelartsv2cloud import STOP_SECONDS, UNKNOWN, ModelArtsV2, changed, runtime

KEYS = "/services/api-keys"
INTRANET = "/intranet-connection"
HOUR = 3600.0


def key(**changes: Any) -> dict[str, Any]:
    return changed({"name": "app", "scope": "SERVICE"}, **changes)


def make(v2: ModelArtsV2, **changes: Any) -> tuple[str, str]:
    """Id and value of a new key."""
    answer = v2.call("POST", KEYS, key(**changes))
    assert answer.status_code == 200, answer.text
    (row,) = csv.DictReader(io.StringIO(answer.text))
    (found,) = [one for one in v2.ok("GET", f"{KEYS}?limit=500")["data"] if one["name"] == row["name"]]
    return str(found["key_id"]), row["api_key"]


def test_a_key_is_a_file_that_is_had_once(v2: ModelArtsV2) -> None:
    answer = v2.call("POST", KEYS, key(description="for the app"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["api_key"]
    listed = v2.ok("GET", KEYS)
    (found,) = listed["data"]
    assert row["api_key"] not in str(listed)
    assert set(found) == {
        *("key_id", "name", "description", "create_time", "scope", "domain_id", "project_id", "services"),
        "workspace_id",
    }
    assert (found["name"], found["description"], found["services"]) == ("app", "for the app", [])
    assert (len(found["key_id"]), found["key_id"].lower()) == (32, found["key_id"])
    assert found["create_time"] == str(round(v2.clock.now() * 1000))
    assert row["api_key"] not in str(v2.admin("GET", "/modelartsv2/keys"))


def test_other_forms_of_the_answer(v2: ModelArtsV2) -> None:
    v2.settings(key_answer="csv_bom")
    assert v2.call("POST", KEYS, key()).content.startswith(b"\xef\xbb\xbfname,api_key\r\napp,")
    v2.settings(key_answer="json", key_id_form="uuid")
    made = v2.ok("POST", KEYS, key(name="other"))
    assert made["api_key"]
    assert made["key_id"].count("-") == 4
    plain = made["key_id"].replace("-", "").upper()
    assert v2.ok("GET", f"{KEYS}?key_id={plain}")["data"][0]["key_id"] == made["key_id"]
    assert v2.ok("DELETE", f"{KEYS}/{plain}")["name"] == "other"


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": name} for name in (None, "", "a b", "x" * 65, 1)),
        *({"scope": scope} for scope in (None, "ALL", 1)),
        *({"description": text} for text in ("x" * 257, "a<b", "it's", "a=b")),
    ],
)
def test_keys_that_are_refused(v2: ModelArtsV2, wrong: dict[str, Any]) -> None:
    assert v2.refused("POST", KEYS, key(**wrong))
    assert v2.ok("GET", KEYS)["total"] == 0


def test_names_and_number_of_keys(v2: ModelArtsV2) -> None:
    v2.settings(max_keys=2)
    first, _ = make(v2)
    assert v2.refused("POST", KEYS, key(), status=409)
    make(v2, name="b")
    assert "quota of 2 API keys" in v2.refused("POST", KEYS, key(name="c"))
    v2.ok("DELETE", f"{KEYS}/{first}")
    make(v2)


def test_bind_and_unbind(v2: ModelArtsV2) -> None:
    sid = v2.make()
    identity, _ = make(v2)
    bound = v2.ok("POST", f"/services/{sid}/api-keys/{identity}/bind")
    assert bound["services"] == [{"id": sid, "name": "demo"}]
    assert v2.ok("POST", f"/services/{sid}/api-keys/{identity}/bind") == bound
    assert "unbind it first" in v2.refused("DELETE", f"{KEYS}/{identity}")
    assert v2.ok("POST", f"/services/{sid}/api-keys/{identity}/unbind")["services"] == []
    assert v2.ok("POST", f"/services/{sid}/api-keys/{identity}/unbind")["services"] == []
    assert v2.ok("DELETE", f"{KEYS}/{identity}")["key_id"] == identity
    assert v2.refused("DELETE", f"{KEYS}/{identity}", status=404)
    for verb in ("bind", "unbind"):
        assert v2.refused("POST", f"/services/{sid}/api-keys/{identity}/{verb}", status=404)
        assert v2.refused("POST", f"/services/{UNKNOWN}/api-keys/{identity}/{verb}", status=404)


def test_a_bound_key_can_be_deleted_if_that_is_set(v2: ModelArtsV2) -> None:
    sid = v2.make()
    identity, _ = make(v2)
    v2.ok("POST", f"/services/{sid}/api-keys/{identity}/bind")
    v2.settings(delete_bound_keys=True)
    v2.ok("DELETE", f"{KEYS}/{identity}")


def test_the_service_takes_its_bindings_with_it(v2: ModelArtsV2) -> None:
    sid = v2.make()
    identity, _ = make(v2)
    v2.ok("POST", f"/services/{sid}/api-keys/{identity}/bind")
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    v2.pass_time(STOP_SECONDS)
    assert v2.ok("GET", KEYS)["data"][0]["services"] == []
    v2.ok("DELETE", f"{KEYS}/{identity}")


def test_many_at_once(v2: ModelArtsV2) -> None:
    sid = v2.make()
    first, second = (make(v2, name=name)[0] for name in "ab")
    sent = {"key_ids": [{"key_id": first}, {"key_id": "f" * 32}, {"key_id": second}]}
    answer = v2.ok("POST", f"/services/{sid}/api-keys/batch-bind", sent)
    assert (answer["total"], answer["success_count"], answer["failure_count"]) == (3, 2, 1)
    assert [item["key_id"] for item in answer["success_items"]] == [first, second]
    (failed,) = answer["failure_items"]
    assert failed["key_id"] == "f" * 32
    assert set(failed) == {"key_id", "error_code", "error_msg"}
    assert v2.ok("GET", f"{KEYS}?service_id={sid}")["total"] == 2
    answer = v2.ok("POST", f"/services/{sid}/api-keys/batch-unbind", sent)
    assert (answer["success_count"], v2.ok("GET", f"{KEYS}?service_id={sid}")["total"]) == (2, 0)
    for wrong in ([], [{}], [first], [{"key_id": first}] * 11):
        assert v2.refused("POST", f"/services/{sid}/api-keys/batch-bind", {"key_ids": wrong})


def test_the_list_of_keys(v2: ModelArtsV2) -> None:
    sid = v2.make(name="chat")
    bound, _ = make(v2, name="bound")
    make(v2, name="loose")
    make(v2, name="all", scope="USER")
    v2.ok("POST", f"/services/{sid}/api-keys/{bound}/bind")

    def names(query: str) -> list[str]:
        return [one["name"] for one in v2.ok("GET", f"{KEYS}?{query}")["data"]]

    assert names("") == ["all", "loose", "bound"]
    expected = {
        "scope=USER": ["all"],
        "name=ou": ["bound"],
        "workspace_id=0": ["all", "loose", "bound"],
        "workspace_id=1": [],
        f"key_id={bound}": ["bound"],
        f"service_id={sid}": ["bound"],
        "service_name=chat": ["bound"],
        f"service_id={sid}&with_user_scope=true": ["all", "bound"],
        "limit=1&offset=1": ["loose"],
    }
    for query, wanted in expected.items():
        assert names(query) == wanted, query
    assert v2.refused("GET", f"{KEYS}?scope=ALL")
    assert v2.refused("GET", f"{KEYS}?with_user_scope=maybe")


def test_a_temporary_key(v2: ModelArtsV2) -> None:
    now = round(v2.clock.now() * 1000)
    made = v2.ok("POST", f"{KEYS}/temp", {"expire_time": 2, "workspace_id": "0"})
    assert made["api_key"]
    assert (made["create_time"], made["expire_time"]) == (str(now), str(now + 7_200_000))
    assert v2.ok("POST", f"{KEYS}/temp", {})["expire_time"] == str(now + 24 * 3_600_000)
    for wrong in (0, 25, "2", 1.5, True):
        assert v2.refused("POST", f"{KEYS}/temp", {"expire_time": wrong})
    assert v2.ok("GET", KEYS)["total"] == 0


def vpc(**changes: Any) -> dict[str, Any]:
    return changed({"scene": "VPC", "vpc_id": "v-1", "subnet_id": "s-1"}, **changes)


def connection(v2: ModelArtsV2, identity: str) -> dict[str, Any]:
    (found,) = v2.ok("GET", f"{INTRANET}/requests?id={identity}")["data"]
    return dict(found)


def test_an_intranet_connection(v2: ModelArtsV2) -> None:
    sid = v2.make()
    made = v2.ok("POST", INTRANET, vpc(service_id=sid, custom_urls=["https://own.example"]))
    assert (made["status"], made["type"], made["url_list"]) == ("CONNECTING", "SERVICE", [])
    assert (made["service_name"], made["service_type"], made["vpc_id"]) == ("demo", "REAL_TIME", "v-1")
    assert (made["custom_url_list"], made["dispatcher_group_id"]) == (
        ["https://own.example"],
        v2.service(sid)["dispatcher_group_id"],
    )
    v2.pass_time(STOP_SECONDS)
    found = connection(v2, made["id"])
    assert (found["status"], len(found["url_list"])) == ("CONNECTED", 1)
    v2.ok("POST", f"{INTRANET}/{made['id']}/modify", {"custom_urls": []})
    assert connection(v2, made["id"])["custom_url_list"] == []
    assert v2.ok("PUT", f"{INTRANET}/{made['id']}", {"action": "CANCEL", "reason": "done"})["status"] == "CANCELED"
    assert (connection(v2, made["id"])["message"], connection(v2, made["id"])["url_list"]) == ("done", [])
    answer = v2.ok("POST", f"{INTRANET}/delete", {"intranet_connection_ids": [made["id"]]})
    assert answer["intranet_connections"][0]["status"] == "DELETING"
    assert connection(v2, made["id"])["status"] == "DELETING"
    v2.pass_time(STOP_SECONDS)
    assert v2.ok("GET", f"{INTRANET}/requests")["total"] == 0


def test_a_connection_that_has_to_be_approved(v2: ModelArtsV2) -> None:
    sid = v2.make(runtime_config=runtime(intranet_approval_enable=True))
    first, second, third, fourth = (v2.ok("POST", INTRANET, vpc(service_id=sid))["id"] for _ in range(4))
    assert connection(v2, first)["status"] == "APPROVING"
    v2.ok("PUT", f"{INTRANET}/{first}", {"action": "APPROVE"})
    assert v2.ok("PUT", f"{INTRANET}/{second}", {"action": "REJECT", "reason": "no"})["message"] == "no"
    v2.admin("POST", f"/modelartsv2/intranet-connections/{third}/approve")
    v2.admin("POST", f"/modelartsv2/intranet-connections/{fourth}/reject", {"reason": "never"})
    v2.pass_time(STOP_SECONDS)
    found = [connection(v2, identity) for identity in (first, second, third, fourth)]
    assert [one["status"] for one in found] == ["CONNECTED", "REJECTED", "CONNECTED", "REJECTED"]
    assert found[3]["message"] == "never"
    assert "REJECTED" in v2.refused("PUT", f"{INTRANET}/{second}", {"action": "APPROVE"})
    answer = v2.http.post(f"/_emulator/modelartsv2/intranet-connections/{third}/approve")
    assert (answer.status_code, "CONNECTED" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("setting", "wants", "status"), [("always", False, "APPROVING"), ("never", True, "CONNECTING")]
)
def test_who_approves(v2: ModelArtsV2, setting: str, wants: bool, status: str) -> None:
    v2.settings(intranet_approval=setting)
    sid = v2.make(runtime_config=runtime(intranet_approval_enable=wants))
    assert v2.ok("POST", INTRANET, vpc(service_id=sid))["status"] == status


def test_a_connection_that_fails(v2: ModelArtsV2) -> None:
    v2.settings(connect_seconds=9)
    v2.admin("POST", "/faults", {"modelartsv2.connect": {"outcome": "fail", "message": "no route"}})
    made = v2.ok("POST", INTRANET, {"scene": "POOL", "pool_id": "p", "type": "GLOBAL"})
    v2.pass_time(9)
    found = connection(v2, made["id"])
    assert (found["status"], found["message"], found["pool_id"], found["service_id"]) == ("FAILED", "no route", "p", "")
    assert "FAILED" in v2.refused("PUT", f"{INTRANET}/{made['id']}", {"action": "CANCEL"})
    v2.ok("PUT", f"{INTRANET}/{made['id']}", {"action": "RETRY"})
    v2.pass_time(8)
    assert connection(v2, made["id"])["status"] == "CONNECTING"
    v2.pass_time(1)
    assert connection(v2, made["id"])["status"] == "CONNECTED"
    v2.admin("POST", "/faults", {"modelartsv2.connect": {"outcome": "hang"}})
    made = v2.ok("POST", INTRANET, {"scene": "POOL", "pool_id": "p", "type": "GLOBAL"})
    v2.pass_time(5 * HOUR)
    assert connection(v2, made["id"])["status"] == "CONNECTING"


@pytest.mark.parametrize(
    "wrong",
    [
        *({"scene": scene} for scene in (None, "CLOUD")),
        *({name: None} for name in ("vpc_id", "subnet_id", "service_id")),
        {"type": "ALL"},
        {"service_id": UNKNOWN},
        {"custom_urls": ["ftp://a"]},
        {"custom_urls": ["https://a"] * 11},
        {"custom_urls": [f"https://{'a' * 1024}"]},
        {"scene": "POOL"},
    ],
)
def test_connections_that_are_refused(v2: ModelArtsV2, wrong: dict[str, Any]) -> None:
    assert v2.refused("POST", INTRANET, vpc(**{"service_id": v2.make(), **wrong}))
    assert v2.ok("GET", f"{INTRANET}/requests")["total"] == 0


def test_other_wrong_calls_of_connections(v2: ModelArtsV2) -> None:
    made = v2.ok("POST", INTRANET, vpc(type="GLOBAL"))["id"]
    assert v2.refused("PUT", f"{INTRANET}/{made}", {"action": "GO"})
    assert v2.refused("PUT", f"{INTRANET}/{made}", {})
    assert v2.refused("POST", f"{INTRANET}/{made}/modify", {})
    assert v2.refused("POST", f"{INTRANET}/delete", {"intranet_connection_ids": []})
    assert v2.refused("POST", f"{INTRANET}/delete", {"intranet_connection_ids": [made, UNKNOWN]})
    assert v2.refused("PUT", f"{INTRANET}/{UNKNOWN}", {"action": "CANCEL"}, status=404)
    assert v2.refused("POST", f"{INTRANET}/{UNKNOWN}/modify", {"custom_urls": []}, status=404)
    assert connection(v2, made)["status"] == "CONNECTING"


def test_the_lists_of_connections(v2: ModelArtsV2) -> None:
    sid = v2.make()
    first = v2.ok("POST", INTRANET, vpc(service_id=sid))["id"]
    second = v2.ok("POST", INTRANET, {"scene": "POOL", "pool_id": "p", "type": "GLOBAL"})["id"]

    def found(query: str, which: str = "requests") -> list[str]:
        return [one["id"] for one in v2.ok("GET", f"{INTRANET}/{which}?{query}")["data"]]

    assert found("") == [second, first]
    assert found("sort_dir=ASC") == found("sort_dir=ASC", "reviews") == [first, second]
    for query, wanted in {
        "scene=VPC": first,
        f"service_id={sid}": first,
        "service_name=demo": first,
        "vpc_id=v-1": first,
        "pool_id=p": second,
        f"id={second}": second,
    }.items():
        assert found(query) == found(query, "reviews") == [wanted]
    assert found("type=GLOBAL", "reviews") == [second]
    assert found("applicant_user_name=nobody", "reviews") == []
    assert found("status=FAILED") == found("workspace_id=1") == []
    assert v2.refused("GET", f"{INTRANET}/requests?status=up")
