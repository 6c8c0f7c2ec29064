"""What ModelArts v2 says of a service as a whole: its state, and its events (section 7)."""

import pytest

from .modelartsv2cloud import ModelArtsV2


@pytest.mark.parametrize(
    ("blue", "green", "service"),
    [
        ("RUNNING", "RUNNING", "RUNNING"),
        ("RUNNING", "STOPPED", "RUNNING"),
        ("STOPPED", "STOPPED", "STOPPED"),
        ("FAILED", "FAILED", "FAILED"),
        ("FAILED", "STOPPED", "CONCERNING"),
        ("RUNNING", "FAILED", "CONCERNING"),
        ("RUNNING", "ERROR", "CONCERNING"),
        ("RUNNING", "CONCERNING", "CONCERNING"),
        ("RUNNING", "DEPLOYING", "DEPLOYING"),
        ("UPGRADING", "RESTARTING", "DEPLOYING"),
        ("RUNNING", "UPGRADING", "UPGRADING"),
        ("STOPPING", "INTERRUPTING", "UPGRADING"),
        ("RUNNING", "STOPPING", "STOPPING"),
        ("RUNNING", "DELETING", "RUNNING"),
        ("DELETING", "DELETING", "INIT"),
    ],
)
def test_the_state_of_a_service_follows_from_its_deployments(
    v2: ModelArtsV2, blue: str, green: str, service: str
) -> None:
    sid, _ = v2.running()
    v2.add(sid, name="green")
    v2.pass_time()
    for name, status in (("blue", blue), ("green", green)):
        v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{name}", {"status": status})
    assert v2.status(sid) == service
    assert v2.ok("GET", f"/services?status={service}" if service != "INIT" else "/services")["total"] == 1


def test_the_list_of_events(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()

    def told(query: str) -> list[str]:
        return [event["event_info"] for event in v2.ok("GET", f"/services/{sid}/events{query}")["data"]]

    first, last = "Deployment blue is being deployed.", "Deployment blue is running."
    assert told("") == [last, first]
    assert told("?sort_dir=ASC&sort_key=update_at") == [first, last]
    assert told("?event_type=WARNING") == []
    assert told("?event_info_key=running") == [last]
    end = round(v2.clock.now() * 1000)
    assert told(f"?start_time={end}") == [last]
    assert told(f"?end_time={end - 1}") == [first]
    assert told("?limit=1&offset=1") == [first]
    for query in ("event_type=BAD", "event_info_key=a%25", "start_time=x", "sort_key=id"):
        assert v2.refused("GET", f"/services/{sid}/events?{query}")
