"""The shell knows no cloud: what is not in a cloud's folder serves any."""

import itertools
import re
import sqlite3
from pathlib import Path

import httpx
import pytest

from pulumi_inference import emulator
from pulumi_inference.emulator import clouds
from pulumi_inference.emulator.clock import MANUAL_START, ManualClock
from pulumi_inference.emulator.messages import ApiError

from .cloud import Cloud, config_item, create_body, error

SHELL = Path(emulator.__path__[0])
NAMES = {"modelarts", "huawei", "apig", "nvcf", "nvidia", "alaya", *(cloud.name for cloud in clouds.find())}
FORMER_FILE = Path(__file__).with_name("old_file.sql")


@pytest.mark.parametrize("source", sorted(SHELL.glob("*.py")), ids=lambda source: source.name)
def test_no_file_of_the_shell_names_a_cloud(source: Path) -> None:
    text = source.read_text(encoding="utf-8").lower()
    assert [name for name in sorted(NAMES) if name in text] == []
    assert not re.search(r"\biam\b", text)


def test_each_folder_is_a_cloud() -> None:
    assert [cloud.name for cloud in clouds.find()] == sorted(file.parent.name for file in SHELL.glob("*/__init__.py"))


def test_no_two_clouds_have_a_name_or_a_path_in_common() -> None:
    for first, second in itertools.combinations(clouds.find(), 2):
        assert not set(first.paths) & set(second.paths)
        if first.prefix == second.prefix:
            assert not set(first.seeds) & set(second.seeds)
            assert not set(first.faults) & set(second.faults)
            assert not {route.pattern for route in first.admin} & {route.pattern for route in second.admin}
    written = Cloud(Path(":memory:")).admin("GET", "/settings")
    count = sum(len(cloud.settings.__dataclass_fields__) for cloud in clouds.find() if cloud.settings)
    assert len(written) == count + 4


@pytest.mark.parametrize("path", ["/", "/v1x/p/services", "/v4/a", "/favicon.ico"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_path_that_is_no_clouds(cloud: Cloud, method: str, path: str) -> None:
    answer = cloud.http.request(method, path)
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no such path"})
    assert answer.headers["X-Request-Id"]
    assert "Allow" not in answer.headers


def test_what_no_route_fits_is_told_in_the_clouds_own_envelope() -> None:
    def oops(status: int, code: str | None, message: str) -> ApiError:
        return ApiError(status, f"{code}: oops, {message}")

    one = clouds.Cloud(name="one", error=oops)
    assert (one.missed("GET", ()).status, one.missed("GET", ()).message) == (404, "None: oops, there is no such path")
    wrong = one.missed("PUT", ("GET", "POST"))
    assert (wrong.status, wrong.headers) == (405, {"Allow": "GET, POST"})


def test_a_path_and_a_method_that_the_admin_door_does_not_have(cloud: Cloud) -> None:
    assert cloud.http.get("/_emulator/nothing").json() == {"error": "there is no such path"}
    answer = cloud.http.put("/_emulator/settings")
    assert answer.json() == {"error": "this path does not have the method PUT"}
    assert answer.headers["Allow"] == "GET, PATCH"


def test_iam_answers_on_any_host(cloud: Cloud) -> None:
    transport = cloud.http._transport
    answer = httpx.Client(transport=transport).get("https://iam.example.com/v3/projects?name=x", headers={})
    assert answer.json()["error"]["code"] == 401
    assert error(cloud.http.delete("/v3/projects")) == (405, "APIG.0101")


def test_file_of_the_time_before_the_clouds_had_folders(tmp_path: Path) -> None:
    file = tmp_path / "emulator.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(FORMER_FILE.read_text(encoding="utf-8"))
        connection.execute(f"PRAGMA application_id = {0x50494E46}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    cloud = Cloud(file, ManualClock(MANUAL_START + 5))
    overview = cloud.admin("GET", "")
    settings = overview["settings"]
    assert (settings["max_services"], settings["sold_out"], settings["max_skew_seconds"]) == (5, ["x"], None)
    assert (overview["clock_offset"], overview["faults"], overview["requests"]) == (60, 3, 4)
    assert [model["model_id"] for model in overview["models"]] == ["m-1"]
    (service,) = cloud.call("GET", "/services").json()["services"]
    assert (service["service_name"], service["status"]) == ("demo", "deploying")
    answer = cloud.put(service["service_id"], description="new")
    assert (error(answer), answer.headers["Retry-After"]) == ((429, "ModelArts.4206"), "3")
    other = cloud.create(create_body(service_name="xyz", config=[config_item()]))
    cloud.clock.advance(30)
    assert (cloud.status(service["service_id"]), cloud.status(other)) == ("running", "failed")
    assert [fault["deploy"] and fault["count"] for fault in cloud.admin("GET", "/faults")["faults"]] == [1, None]
