"""Calls in the cloud's own paths: plain, polled, streamed, large, and what goes wrong."""

import io
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .nvcfcalls import KEY, Calls, problem, spec

CONTAINER = "urn:inference-service:problem-details:"


def test_plain(calls: Calls) -> None:
    version = calls.put(secrets={"TOKEN": "hush"})
    answer = calls.pexec(version, {"x": "中"}, X_Mine="1", NVCF_Sub="somebody", Connection="x-gone", X_Gone="1")
    assert answer.status_code == 200
    assert answer.headers["NVCF-STATUS"] == "fulfilled"
    assert answer.headers["Access-Control-Expose-Headers"] == "nvcf-reqid"
    seen = answer.json()
    assert (seen["method"], seen["path"], seen["echo"]) == ("POST", "/echo", {"x": "中"})
    assert (seen["function_id"], seen["version_id"]) == (version["id"], version["versionId"])
    headers = seen["headers"]
    assert headers["nvcf-reqid"] == answer.headers["NVCF-REQID"]
    assert (headers["x-mine"], headers["nvcf-sub"]) == ("1", "key")
    assert headers["nvcf-poll-seconds"] == "60"
    assert not {"authorization", "x-gone", "connection"} & set(headers)
    assert "hush" not in answer.text
    assert set(seen["secrets"]) == {"TOKEN"}


def test_any_version_in_turn(calls: Calls) -> None:
    first = calls.put()
    second = calls.put(id=first["id"])
    third = calls.put(id=first["id"], status="INACTIVE")
    path = f"/v2/nvcf/pexec/functions/{first['id']}"
    seen = {calls.http.post(path, json={}).json()["version_id"] for _ in range(4)}
    assert seen == {first["versionId"], second["versionId"]}
    assert third["versionId"] not in seen


def test_polled(calls: Calls) -> None:
    version = calls.put()
    first = calls.pexec(version, X_Emulator_Seconds="5", NVCF_POLL_SECONDS="4")
    assert (first.status_code, first.content, first.headers["NVCF-STATUS"]) == (202, b"", "in-progress")
    assert "NVCF-PERCENT-COMPLETE" not in first.headers
    again = calls.poll(first)
    assert (again.status_code, again.headers["NVCF-REQID"]) == (202, first.headers["NVCF-REQID"])
    assert calls.running(version) == 1
    calls.clock.advance(5)
    last = calls.poll(first)
    assert (last.status_code, last.json()["echo"]) == (200, {"x": 1})
    assert last.headers["NVCF-STATUS"] == "fulfilled"
    assert problem(calls.poll(first)) == (404, "")
    assert calls.running(version) == 0


def test_every_request_lets_time_pass(calls: Calls) -> None:
    calls.admin("PATCH", "/settings", {"nvcf.hold_seconds": 3600, "seconds_per_request": 3})
    answer = calls.pexec(calls.put(), X_Emulator_Seconds="5")
    polls = 0
    while answer.status_code == 202:
        polls += 1
        answer = calls.poll(answer)
    assert (answer.status_code, polls) == (200, 2)


def test_held_in_real_time_until_done(calls: Calls) -> None:
    calls.admin("PATCH", "/settings", {"nvcf.hold_seconds": 0.02})
    version = calls.put()
    assert calls.pexec(version, X_Emulator_Seconds="0.01").status_code == 200
    assert calls.pexec(version, X_Emulator_Seconds="0.5").status_code == 202


def test_progress(calls: Calls) -> None:
    version = calls.put()
    first = calls.pexec(version, X_Emulator_Seconds="8", X_Emulator_Progress="3")
    assert (first.status_code, first.content) == (202, b"")
    calls.clock.advance(5)
    told = [calls.poll(first) for _ in range(3)]
    assert [one.status_code for one in told] == [202, 202, 202]
    assert [one.headers.get("NVCF-PERCENT-COMPLETE") for one in told] == ["25", "50", None]
    assert [one.content for one in told] == [b'{"report": 1}', b'{"report": 2}', b""]
    calls.clock.advance(3)
    assert calls.poll(first).status_code == 200


def test_progress_without_a_part_of_the_result(calls: Calls) -> None:
    first = calls.pexec(calls.put(), X_Emulator_Seconds="8", X_Emulator_Progress="1", X_Emulator_Partial="false")
    calls.clock.advance(4)
    told = calls.poll(first)
    assert (told.headers["NVCF-PERCENT-COMPLETE"], told.json()) == ("50", None)


def test_poll_of_a_request_that_was_given_up(calls: Calls) -> None:
    first = calls.pexec(calls.put(), X_Emulator_Seconds="60", NVCF_POLL_SECONDS="1")
    calls.clock.advance(11)
    assert problem(calls.poll(first)) == (504, "worker did not acknowledge the status request.")


@pytest.mark.parametrize("poll", ["", "x", "-1", "1.5", "3601", "9" * 30])
def test_wrong_poll_seconds(calls: Calls, poll: str) -> None:
    assert problem(calls.pexec(calls.put(), NVCF_POLL_SECONDS=poll)) == (400, "failed to parse poll duration")


@pytest.mark.parametrize(("poll", "seen"), [("0", "1"), ("1", "1"), ("3600", "3600")])
def test_poll_seconds(calls: Calls, poll: str, seen: str) -> None:
    answer = calls.pexec(calls.put(), NVCF_POLL_SECONDS=poll)
    assert answer.json()["headers"]["nvcf-poll-seconds"] == seen


def test_poll_seconds_in_the_old_spelling_are_ignored(calls: Calls) -> None:
    path = f"/v2/nvcf/pexec/functions/{calls.put()['id']}"
    answer = calls.http.post(path, json={}, headers={"NVCF-POLL_SECONDS": "9999"})
    assert answer.json()["headers"]["nvcf-poll-seconds"] == "60"


def test_events(calls: Calls) -> None:
    answer = calls.pexec(calls.put(), Accept="text/event-stream")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.headers["NVCF-REQID"]
    assert '"nvcf-poll-seconds": "1200"' in answer.text
    assert answer.text.endswith("data: [DONE]\n\n")
    assert calls.pexec(calls.put(), {"stream": True}).headers["Content-Type"] == "text/event-stream"


def test_events_are_not_polled_for(calls: Calls) -> None:
    version = calls.put()
    asked = {"Accept": "text/event-stream", "X_Emulator_Seconds": "9"}
    assert calls.pexec(version, **asked, NVCF_POLL_SECONDS="10").status_code == 200
    late = calls.pexec(version, **asked, NVCF_POLL_SECONDS="5")
    assert (late.status_code, late.content) == (504, b"")


@pytest.mark.parametrize(
    ("status", "kind", "title"),
    [(400, "bad-request", "Bad Request"), (503, "service-unavailable", "Service Unavailable"), (599, "", "")],
)
def test_container_fails(calls: Calls, status: int, kind: str, title: str) -> None:
    answer = calls.pexec(calls.put(), X_Emulator_Status=str(status), X_Emulator_Error="no such input")
    assert (answer.status_code, answer.headers["NVCF-STATUS"]) == (status, "errored")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": CONTAINER + kind, "title": title, "status": status, "detail": "no such input"}


def test_container_fails_without_a_word(calls: Calls) -> None:
    answer = calls.pexec(calls.put(), X_Emulator_Status="500", X_Emulator_Error="")
    assert answer.json()["detail"] == "Inference error"


def test_container_fails_after_a_while(calls: Calls) -> None:
    first = calls.pexec(calls.put(), X_Emulator_Status="500", X_Emulator_Seconds="3")
    assert first.status_code == 202
    calls.clock.advance(3)
    last = calls.poll(first)
    assert (last.status_code, CONTAINER in last.text) == (500, True)
    assert problem(calls.poll(first)) == (404, "")


def test_refused_calls_do_not_count(calls: Calls) -> None:
    version = calls.put(rateLimit={"rateLimit": "3-M,1-S"})
    given = []
    for _ in range(4):
        given += [calls.pexec(version).status_code for _ in range(2)]
        calls.clock.advance(1)
    assert given == [200, 429, 200, 429, 200, 429, 429, 429]


def test_switch_that_leaves_the_containers_answer_alone(calls: Calls) -> None:
    switch = {"NVCF_Feature_Disable_Worker_Compatibility": "true"}
    failed = calls.pexec(calls.put(), X_Emulator_Status="500", X_Emulator_Error="busy", **switch)
    assert (failed.status_code, failed.json()) == (500, {"error": "busy"})
    assert calls.pexec(calls.put(), X_Emulator_Files="a.txt", **switch).status_code == 200
    assert calls.pexec(calls.put(), X_Emulator_Seconds="61", **switch).status_code == 504


@pytest.mark.parametrize(("trouble", "source"), [("connection", "inference-connection"), ("worker", "nvcf-worker")])
def test_worker_in_trouble(calls: Calls, trouble: str, source: str) -> None:
    answer = calls.pexec(calls.put(), X_Emulator_Trouble=trouble)
    assert answer.status_code == 500
    assert answer.json()["type"].startswith(f"urn:{source}")


def test_silence(calls: Calls) -> None:
    version = calls.put()
    nobody = calls.pexec(version, X_Emulator_Silent="request")
    assert (nobody.status_code, nobody.content, nobody.headers["NVCF-STATUS"]) == (504, b"", "errored")
    assert problem(calls.poll(nobody)) == (404, "")
    first = calls.pexec(version, X_Emulator_Silent="status", X_Emulator_Seconds="1")
    assert problem(calls.poll(first)) == (504, "worker did not acknowledge the status request.")


def unzipped(answer: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_large_result(calls: Calls) -> None:
    version, most = calls.put(), 5 * 1024 * 1024
    assert len(calls.pexec(version, X_Emulator_Bytes=str(most)).content) == most
    answer = calls.pexec(version, X_Emulator_Bytes=str(most + 1))
    assert (answer.status_code, answer.content, answer.headers["NVCF-STATUS"]) == (302, b"", "fulfilled")
    location = answer.headers["Location"]
    assert location.startswith("https://api.nvcf.nvidia.com/nvcf-storage/")
    files = unzipped(httpx.Client(transport=calls.http._transport).get(location))
    assert {name: len(content) for name, content in files.items()} == {
        f"{answer.headers['NVCF-REQID']}.response": most + 1
    }
    calls.clock.advance(35 * 60)
    late = calls.http.get(location)
    assert (late.status_code, "Request has expired" in late.text) == (403, True)


def test_log_tells_whether_the_key_was_sent_to_the_storage(calls: Calls) -> None:
    location = calls.pexec(calls.put(), X_Emulator_Files="a.txt").headers["Location"]
    calls.http.get(location)
    calls.http.get(location, headers={"Authorization": ""})
    logged = calls.admin("GET", "/requests")["requests"][-2:]
    assert [one["headers"]["authorization"] for one in logged] == ["[redacted]", "[redacted]"]
    httpx.Client(transport=calls.http._transport).get(location)
    assert "authorization" not in calls.admin("GET", "/requests")["requests"][-1]["headers"]


def test_files_of_the_container_after_a_poll(calls: Calls) -> None:
    first = calls.pexec(calls.put(), X_Emulator_Seconds="2", X_Emulator_Files="a.txt, b/c.bin, ../out")
    calls.clock.advance(2)
    last = calls.poll(first)
    assert last.status_code == 302
    names = set(unzipped(calls.http.get(last.headers["Location"])))
    assert names == {f"{first.headers['NVCF-REQID']}.response", "a.txt", "b/c.bin"}


def test_result_in_another_region(calls: Calls) -> None:
    answer = calls.pexec(calls.put(), X_Emulator_Region="true")
    assert (answer.status_code, answer.content) == (302, b"")
    there = calls.http.get(answer.headers["Location"])
    assert (there.status_code, there.json()["echo"]) == (200, {"x": 1})


@pytest.mark.parametrize("status", ["INACTIVE", "DEPLOYING", "ERROR"])
def test_what_is_not_deployed(calls: Calls, status: str) -> None:
    version = calls.put(status=status)
    which = f"Function id '{version['id']}' version '{version['versionId']}'"
    told = (404, f"{which}: Specified function in account 'nca-emulator' is not found")
    assert problem(calls.pexec(version)) == told


def test_degraded(calls: Calls) -> None:
    version = calls.put(status="DEGRADED")
    told = f"Function id '{version['id']}': DEGRADED function cannot be invoked"
    assert problem(calls.pexec(version)) == (400, told)
    assert calls.pexec(calls.put(status="DEGRADING")).status_code == 200


def test_functions_of_others(calls: Calls) -> None:
    assert problem(calls.pexec(calls.put(ncaId="nca-other")))[0] == 404
    assert calls.pexec(calls.put(ncaId="nca-other", shared=("nca-emulator",))).status_code == 200
    public = calls.put(ncaId="nca-other", shared=("*",))
    assert calls.pexec(public).status_code == 200
    calls.admin("PATCH", "/settings", {"nvcf.credits": False})
    assert problem(calls.pexec(public))[0] == 402


def test_key_with_other_resources(calls: Calls) -> None:
    own, other = calls.put(), calls.put()
    calls.key("nvapi-narrow", scopes=["invoke_function"], resources=[f"function:{own['id']}/*"])
    narrow = {"Authorization": "Bearer nvapi-narrow"}
    assert calls.pexec(own, **narrow).status_code == 200
    which = f"Function id '{other['id']}', version '{other['versionId']}'"
    told = (403, f"{which}: Missing resource entry in ApiKey for the function")
    assert problem(calls.pexec(other, **narrow)) == told
    assert calls.pexec(calls.put(ncaId="nca-other", shared=("*",)), **narrow).status_code == 200


def test_key_without_the_scope(calls: Calls) -> None:
    calls.key("nvapi-list", scopes=["list_functions"])
    assert problem(calls.pexec(calls.put(), Authorization="Bearer nvapi-list"))[0] == 403


@pytest.mark.parametrize("path", ["functions/x", "functions/{fid}/versions/x", "status/x"])
def test_ids_that_are_none(calls: Calls, path: str) -> None:
    url = f"/v2/nvcf/pexec/{path.format(fid=uuid4())}"
    assert problem(calls.http.request("GET" if "status" in path else "POST", url))[0] == 400


def test_unknown_request(calls: Calls) -> None:
    answer = calls.http.get(f"/v2/nvcf/pexec/status/{uuid4()}")
    assert problem(answer) == (404, "")
    assert answer.json() == {"title": "Not Found", "status": 404}


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"\xff"])
def test_body_that_is_no_json(calls: Calls, body: bytes) -> None:
    answer = calls.http.post(f"/v2/nvcf/pexec/functions/{calls.put()['id']}", content=body)
    assert problem(answer)[0] == 400


def test_body_that_is_too_large(calls: Calls) -> None:
    assert problem(calls.pexec(calls.put(), "x" * 5 * 1024 * 1024))[0] == 413


def test_wrong_verb_and_preflight(calls: Calls) -> None:
    path = f"/v2/nvcf/pexec/functions/{calls.put()['id']}"
    assert calls.http.put(path).status_code == 405
    answer = calls.http.options(path, headers={"Authorization": "", "Access-Control-Request-Method": "POST"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (200, "POST")


@pytest.mark.parametrize(
    ("key", "status", "told"),
    [
        (None, 401, "Header of type `authorization` was missing"),
        ("Bearer ä", 401, "Unauthorized access"),
        ("Basic YTpi", 500, "no bearer"),
        ("Bearer nvapi-other", 403, "Authorization failed"),
    ],
)
def test_who_may_not_come_in(calls: Calls, key: str | None, status: int, told: str) -> None:
    client = httpx.Client(transport=calls.http._transport, base_url=calls.http.base_url)
    headers = {} if key is None else {"Authorization": key.encode("latin-1")}
    answer = client.post(f"/v2/nvcf/pexec/functions/{calls.put()['id']}", json={}, headers=headers)
    assert (answer.status_code, told in answer.text) == (status, True)
    assert "urn:" not in answer.text
    assert answer.headers["Content-Type"].startswith("application/problem" if status == 403 else "text/plain")


@pytest.mark.parametrize(
    ("limits", "answers"),
    [
        ({"rateLimit": "2-S"}, [200, 200, 429]),
        ({"rateLimit": "3-M,1-S"}, [200, 429, 429]),
        ({"rateLimit": "1-S", "exemptedNcaIds": ["nca-emulator"]}, [200, 200, 200]),
        ({"rateLimit": "1-S", "perNcaIdRate": {"nca-emulator": "2-S"}}, [200, 200, 429]),
        ({"perUserRate": "1-H"}, [200, 429, 429]),
    ],
)
def test_rate_limits(calls: Calls, limits: dict[str, Any], answers: list[int]) -> None:
    version = calls.put(rateLimit=limits)
    given = [calls.pexec(version) for _ in range(3)]
    assert [one.status_code for one in given] == answers
    for one in given:
        assert one.status_code == 200 or problem(one) == (429, "")
    calls.clock.advance(3600)
    assert calls.pexec(version).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"), [("X_Emulator_Stauts", "500"), ("X_Emulator_Status", "9"), ("X_Emulator_Seconds", "x")]
)
def test_orders_that_make_no_sense(calls: Calls, name: str, value: str) -> None:
    status, told = problem(calls.pexec(calls.put(), **{name: value}))
    assert (status, told.startswith("X-Emulator: ")) == (400, True)


def test_orders_in_the_body(calls: Calls) -> None:
    answer = calls.pexec(calls.put(), {"emulator": {"status": 418}})
    assert (answer.status_code, "inference-service" in answer.json()["type"]) == (418, True)


class TestExec:
    """The older envelope."""

    def post(self, calls: Calls, body: Any, version: dict[str, Any] | None = None) -> httpx.Response:
        return calls.http.post(f"/v2/nvcf/exec/functions/{(version or calls.put())['id']}", json=body)

    def test_plain(self, calls: Calls) -> None:
        answer = self.post(calls, {"requestBody": {"x": 1}})
        body = answer.json()
        assert (answer.status_code, body["status"], body["percentComplete"]) == (200, "fulfilled", 100)
        assert body["response"]["echo"] == {"x": 1}
        assert not {"responseReference", "errorCode"} & set(body)

    def test_polled(self, calls: Calls) -> None:
        asked = {"requestHeader": {"pollDurationSeconds": 1}, "requestBody": {"emulator": {"seconds": 5}}}
        first = self.post(calls, asked)
        assert (first.status_code, first.json()["status"]) == (202, "in-progress")
        calls.clock.advance(5)
        last = calls.http.get(f"/v2/nvcf/exec/status/{first.json()['reqId']}").json()
        assert (last["status"], last["response"]["headers"]["nvcf-poll-seconds"]) == ("fulfilled", "1")

    def test_large_and_failed(self, calls: Calls) -> None:
        large = self.post(calls, {"requestBody": {"emulator": {"files": "a"}}})
        assert (large.status_code, large.json()["status"]) == (200, "fulfilled")
        assert calls.http.get(large.json()["responseReference"]).status_code == 200
        failed = self.post(calls, {"requestBody": {"emulator": {"status": 500}}})
        assert (failed.status_code, failed.json()["status"], failed.json()["errorCode"]) == (500, "errored", 500)

    def test_errors_of_the_platform_come_without_the_envelope(self, calls: Calls) -> None:
        assert problem(self.post(calls, {}))[0] == 400
        assert problem(self.post(calls, {"requestBody": 1}, {"id": str(uuid4())}))[0] == 404
        wrong = {"requestHeader": {"pollDurationSeconds": 9999}, "requestBody": 1}
        assert problem(self.post(calls, wrong)) == (400, "failed to parse poll duration")


def test_secrets_are_not_in_the_log(calls: Calls) -> None:
    calls.pexec(calls.put())
    assert KEY["Authorization"] not in str(calls.admin("GET", "/requests"))


def test_waits_for_its_turn(calls: Calls) -> None:
    version = calls.put(spec(minInstances=1, maxRequestConcurrency=1))
    first = calls.pexec(version, X_Emulator_Seconds="5")
    second = calls.pexec(version, X_Emulator_Seconds="5")
    calls.clock.advance(6)
    assert [calls.poll(first).status_code, calls.poll(second).status_code] == [200, 202]
    calls.clock.advance(4)
    assert calls.poll(second).status_code == 200
