"""A second cloud is a folder more: it and ModelArts answer side by side, each in its own words."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference import emulator
from pulumi_inference.emulator import app, clouds

from .cloud import DEPLOY_SECONDS, Cloud, create_body, error

TOY = "/v2/toys"


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of a second cloud beside that of ModelArts."""
    monkeypatch.setattr(emulator, "__path__", [*emulator.__path__, str(Path(__file__).parent / "toy_clouds")])
    clouds.find.cache_clear()
    yield
    clouds.find.cache_clear()
    sys.modules.pop("pulumi_inference.emulator.toy", None)


def oops(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error in the toys' envelope."""
    body = answer.json()["oops"]
    assert body["id"] == answer.headers["X-Toy-Request"]
    assert "X-Request-Id" not in answer.headers
    return answer.status_code, body["code"]


def make(cloud: Cloud, name: str) -> httpx.Response:
    return cloud.http.post(TOY, json={"name": name})


def test_a_folder_is_enough() -> None:
    assert {"huaweicloud", "modelarts", "toy"} <= {cloud.name for cloud in clouds.find()}


def test_what_is_not_there_is_told_in_the_envelope_of_the_owner(cloud: Cloud) -> None:
    assert oops(cloud.http.get(f"{TOY}/a/b")) == (404, "Nowhere")
    assert oops(cloud.http.put(f"{TOY}/a")) == (405, "Nowhere")
    assert error(cloud.http.get("/v2/p/toys")) == (404, "APIG.0101")
    assert error(cloud.http.get("/v3/toys")) == (404, "APIG.0101")
    assert cloud.http.get("/toys").json() == {"error": "there is no such path"}


@pytest.mark.parametrize("host", ["a.toys.example", "A.Toys.Example:8099"])
def test_a_host_of_its_own_is_all_its_own(cloud: Cloud, host: str) -> None:
    path = f"/v1/{cloud.project}/services"
    assert oops(cloud.http.get(path, headers={"Host": host})) == (404, "Nowhere")
    assert cloud.http.get(path).status_code == 200
    assert cloud.http.get("/_emulator", headers={"Host": host}).json()["now"] == cloud.clock.now()


def test_settings(cloud: Cloud) -> None:
    changed = cloud.admin("PATCH", "/settings", {"toy.max_services": 2, "max_services": 1, "toy.colour": "blue"})
    assert (changed["toy.max_services"], changed["max_services"]) == (2, 1)
    assert [make(cloud, name).status_code for name in "abc"] == [201, 201, 409]
    assert cloud.http.get(f"{TOY}/a").json()["colour"] == "blue"
    cloud.create()
    assert error(cloud.call("POST", "/services", json=create_body(service_name="b")))[0] == 400
    cloud.admin("POST", "/reset")
    assert cloud.admin("GET", "/settings") == changed


def test_wrong_settings_are_called_as_they_are_written(cloud: Cloud) -> None:
    for wrong, message in (
        ({"colour": "blue"}, "no such setting: colour; did you mean toy.colour?"),
        ({"zzz": "blue"}, "no such setting: zzz; there are deploy_seconds, "),
        ({"toy.max_services": "2"}, "setting toy.max_services cannot be '2'"),
    ):
        assert message in cloud.http.patch("/_emulator/settings", json=wrong).json()["error"]


def test_seeds(cloud: Cloud) -> None:
    service = {"project_id": cloud.project, "service_id": "s-1", **create_body()}
    answer = cloud.admin("POST", "/seed", {"toy.services": [{"name": "a"}], "services": [service]})
    assert answer == {"services": ["s-1"], "toy.services": ["a"]}
    assert cloud.http.get(f"{TOY}/a").json()["state"] == "seeded"
    assert cloud.status("s-1") == "running"
    overview = cloud.admin("GET", "")
    assert overview["toy.services"] == ["a"]
    assert [item["service_id"] for item in overview["services"]] == ["s-1"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"toys": []}, "no such collection: toys; there are alaya.accounts, "),
        ({"toy.services": [{}]}, "an item lacks 'name'"),
    ],
)
def test_wrong_seeds(cloud: Cloud, document: Any, message: str) -> None:
    assert message in cloud.http.post("/_emulator/seed", json=document).json()["error"]


def test_faults_wait_for_what_is_their_clouds(cloud: Cloud) -> None:
    cloud.admin("POST", "/faults", {"toy.deploy": {"outcome": "broken", "name": "^a"}})
    cloud.admin("POST", "/faults", {"deploy": {"outcome": "fail"}})
    make(cloud, "a")
    service_id = cloud.create()
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.http.get(f"{TOY}/a").json()["state"] == "broken"
    assert cloud.status(service_id) == "failed"
    assert cloud.admin("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({}, "stale, alaya.deploy, deploy, publish, modelartsv2.deploy, modelartsv2.connect, nvcf.deploy, "),
        ({}, "nvcf.deploy, nvcf.registry or toy.deploy"),
        ({"toy.deploy": {}}, "not a toy.deploy fault: "),
        ({"toy.deploy": {"outcome": "x", "name": "("}}, "not a toy.deploy fault: "),
        ({"toy.deploy": {"outcome": "x", "phase": "any"}}, "no such field: phase; there are outcome, name"),
        ({"toy.deploy": {"outcome": 1}}, "outcome cannot be 1"),
    ],
)
def test_wrong_faults(cloud: Cloud, fault: Any, message: str) -> None:
    assert message in cloud.http.post("/_emulator/faults", json=fault).json()["error"]


def test_faults_of_requests_come_in_the_envelope_of_the_owner(cloud: Cloud) -> None:
    cloud.admin("POST", "/faults", {"status": 503, "count": 3, "headers": {"Retry-After": "1"}})
    answer = make(cloud, "a")
    assert oops(answer) == (503, "Trouble")
    assert answer.headers["Retry-After"] == "1"
    assert error(cloud.call("GET", "/services")) == (503, "ModelArts.0010")
    assert set(cloud.http.get("/nobody").json()) == {"error"}
    cloud.admin("POST", "/faults", {"status": 409, "error_code": "Mine"})
    assert oops(make(cloud, "a")) == (409, "Mine")


def test_mistakes_of_the_emulator_come_in_the_envelope_of_the_owner(cloud: Cloud) -> None:
    assert oops(cloud.http.get(f"{TOY}/broken")) == (500, "Trouble")


def test_changes_behind_the_back(cloud: Cloud) -> None:
    service_id = cloud.running()
    make(cloud, "a")
    cloud.admin("PATCH", "/toy/services/a", {"state": "lost"})
    cloud.admin("PATCH", f"/services/{service_id}", {"status": "failed"})
    assert (cloud.http.get(f"{TOY}/a").json()["state"], cloud.status(service_id)) == ("lost", "failed")
    answer = cloud.http.patch("/_emulator/toy/services/b", json={})
    assert (answer.status_code, answer.json()) == (400, {"error": "there is no toy b"})
    assert cloud.http.patch("/_emulator/services/a", json={}).json() == {"error": "there is no service a"}


def test_time_passes_for_both(cloud: Cloud) -> None:
    make(cloud, "a")
    service_id = cloud.create()
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.status(service_id) == "running"
    assert cloud.http.get(f"{TOY}/a").json()["state"] == "old"


def test_no_credentials_of_either_in_the_log(cloud: Cloud) -> None:
    cloud.http.get(f"{TOY}/a", headers={"X-Toy-Key": "secret-key"})
    headers = cloud.admin("GET", "/requests")["requests"][-1]["headers"]
    assert headers["x-toy-key"] == headers["x-auth-token"] == "[redacted]"


def test_welcome_to_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []

    def stop(text: str) -> None:
        printed.append(text)
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_tell", stop)
    app.serve(database=tmp_path / "emulator.db")
    lines = printed[0].splitlines()
    titles, _, rest = lines[0].partition(" at http://127.0.0.1:")
    assert {"ModelArts and IAM", "Toys"} <= set(titles.split(", "))
    assert rest
    assert "  no key needed" in lines
    url = lines[0].split(" at ")[1].split()[0]
    assert {f"  export HW_MODELARTS_ENDPOINT={url}", f"  export TOY_URL={url}"} <= set(lines)
