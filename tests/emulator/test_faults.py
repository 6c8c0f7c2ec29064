"""Faults on order, as a client sees them in process."""

from typing import Any

import httpx
import pytest

from .cloud import SETTLE_SECONDS, Cloud, config_item, create_body, error


def fault(cloud: Cloud, **description: Any) -> None:
    cloud.admin("POST", "/faults", description)


def test_status_with_header(cloud: Cloud) -> None:
    fault(cloud, method="POST", status=429, headers={"Retry-After": "7"})
    answer = cloud.call("POST", "/services", json=create_body())
    assert error(answer) == (429, "ModelArts.4206")
    assert answer.headers["Retry-After"] == "7"
    assert cloud.call("GET", "/services").json()["total_count"] == 0
    cloud.create()


def test_own_code_and_message(cloud: Cloud) -> None:
    fault(cloud, status=403, error_code="ModelArts.2785", error_msg="not authorised")
    assert cloud.call("GET", "/services").json() == {"error_code": "ModelArts.2785", "error_msg": "not authorised"}


def test_a_body_of_its_own(cloud: Cloud) -> None:
    fault(cloud, status=200, headers={"Content-Type": "text/html"}, body="<p>Sign in")
    answer = cloud.call("GET", "/services")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "text/html", "<p>Sign in")


def test_skip_and_count(cloud: Cloud) -> None:
    fault(cloud, method="GET", path="/services$", skip=1, count=2, status=503)
    cloud.create()
    statuses = [cloud.call("GET", "/services").status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert cloud.admin("GET", "/faults") == {"faults": []}


def test_for_ever_until_cleared(cloud: Cloud) -> None:
    fault(cloud, count=None, status=500)
    assert {cloud.call("GET", "/services").status_code for _ in range(5)} == {500}
    assert len(cloud.admin("GET", "/faults")["faults"]) == 1
    cloud.admin("DELETE", "/faults")
    assert cloud.call("GET", "/services").status_code == 200


def test_first_fault_that_fits_goes_first(cloud: Cloud) -> None:
    fault(cloud, path="/services", status=500)
    fault(cloud, path="/services", status=503)
    assert [cloud.call("GET", "/services").status_code for _ in range(3)] == [500, 503, 200]


@pytest.mark.parametrize(("commit", "made"), [(False, 0), (True, 1)])
def test_reset_before_or_after_the_commit(cloud: Cloud, commit: bool, made: int) -> None:
    fault(cloud, method="POST", reset=True, commit=commit)
    with pytest.raises(httpx.ReadError):
        cloud.call("POST", "/services", json=create_body())
    assert cloud.call("GET", "/services").json()["total_count"] == made
    assert cloud.admin("GET", "/requests")["requests"][-2]["status"] is None


def test_error_although_it_was_done(cloud: Cloud) -> None:
    fault(cloud, method="POST", status=504, commit=True)
    assert cloud.call("POST", "/services", json=create_body()).status_code == 504
    assert cloud.call("GET", "/services").json()["total_count"] == 1


def test_answer_that_breaks_off(cloud: Cloud) -> None:
    fault(cloud, truncate_bytes=10)
    with pytest.raises(httpx.RemoteProtocolError):
        cloud.call("GET", "/services")
    assert cloud.call("GET", "/services").status_code == 200


def test_delay_longer_than_the_client_waits(cloud: Cloud) -> None:
    fault(cloud, delay_seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        cloud.call("GET", "/services", timeout=0.01)


def test_short_delay_changes_nothing_else(cloud: Cloud) -> None:
    fault(cloud, delay_seconds=0.01)
    assert cloud.call("GET", "/services").status_code == 200


def test_reads_of_the_past(cloud: Cloud) -> None:
    service_id = cloud.running()
    fault(cloud, method="GET", path=service_id, count=2, stale="former")
    cloud.put(service_id, description="new")
    assert "description" not in cloud.detail(service_id)
    assert "description" not in cloud.detail(service_id)
    assert cloud.detail(service_id)["description"] == "new"


def test_service_that_is_not_visible_yet(cloud: Cloud) -> None:
    fault(cloud, method="GET", count=2, stale="missing")
    service_id = cloud.create()
    assert error(cloud.call("GET", f"/services/{service_id}")) == (404, "ModelArts.3502")
    assert cloud.call("GET", "/services").json()["total_count"] == 0
    assert cloud.detail(service_id)["status"] == "deploying"


def test_service_that_is_still_visible(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.call("DELETE", f"/services/{service_id}")
    cloud.clock.advance(SETTLE_SECONDS)
    fault(cloud, method="GET", path=service_id, stale="former")
    assert cloud.status(service_id) == "deleting"
    assert error(cloud.call("GET", f"/services/{service_id}")) == (404, "ModelArts.3502")


def test_deploy_fault_of_one_name_and_phase(cloud: Cloud) -> None:
    cloud.fail_deployment(service_name="^b", phase="update")
    first, second = cloud.running(service_name="ab"), cloud.running(service_name="ba")
    for service_id in (first, second):
        cloud.put(service_id, config=[config_item(instance_count=2)])
    cloud.clock.advance(100)
    counts = [cloud.detail(service_id)["config"][0]["instance_count"] for service_id in (first, second)]
    assert counts == [2, 1]


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"method": "GET", "count": 2},
        {"statuss": 500},
        {"path": "("},
        {"count": 0},
        {"stale": "old"},
        {"deploy": {"outcome": "explode"}},
        {"deploy": {}},
        {"status": "500"},
        {"status": 99},
        {"status": 500, "headers": {"": "x"}},
        {"status": 500, "headers": {"X-A\n": "x"}},
        {"status": 500, "headers": {"X-A": "a\nb"}},
        {"status": 500, "headers": {"X-A": "中"}},
        {"delay_seconds": -1},
        {"deploy": {"outcome": "fail", "after_seconds": "2"}},
        {"deploy": {"outcome": "fail", "phase": "never"}},
        {"deploy": {"outcome": "fail", "seconds": 1}},
        {"deploy": "fail"},
    ],
)
def test_wrong_fault(cloud: Cloud, description: dict[str, Any]) -> None:
    answer = cloud.http.post("/_emulator/faults", json=description)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert cloud.admin("GET", "/faults") == {"faults": []}
