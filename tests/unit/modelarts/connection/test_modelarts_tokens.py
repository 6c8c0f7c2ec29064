"""Tokens and projects: asked of the identity service once, renewed in time."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from small_cloud import AK, PROJECT, USER, World

from pulumi_inference.core.errors import AuthenticationError, ConfigurationError, ResponseError, ServerError
from pulumi_inference.huaweicloud.iam import PasswordCredentials
from tests.support.patience import PATIENCE

USER_CREDENTIALS = PasswordCredentials("u", "the-password", "d")

# --- tokens ---


def test_a_token_is_asked_for_once_and_reused(world: World) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    client.get_service("s")
    client.get_service("s")
    assert world.cloud.logins == 1
    login = json.loads(world.cloud.requests[0].content)["auth"]
    assert login["identity"]["methods"] == ["password"]
    assert login["identity"]["password"]["user"] == {"name": "u", "password": "the-password", "domain": {"name": "d"}}
    assert login["scope"] == {"project": {"id": PROJECT}}
    assert world.cloud.requests[-1].headers["x-auth-token"] == "token-1"


def test_without_a_project_id_the_scope_is_the_name_and_the_token_tells_the_id(world: World, served: str) -> None:
    connection = world.connect({"modelartsEndpoint": served, "modelartsProjectName": "sub"}, USER)
    assert connection.project_id == PROJECT
    assert json.loads(world.cloud.requests[0].content)["auth"]["scope"] == {"project": {"name": "sub"}}
    connection.client().get_service("s")
    assert world.cloud.logins == 1


@pytest.mark.parametrize(("left", "logins"), [(301, 1), (299, 2)])
def test_a_token_is_renewed_when_less_than_five_minutes_are_left(world: World, left: float, logins: int) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    client.get_service("s")
    world.clock.advance(world.cloud.token_seconds - left)
    client.get_service("s")
    assert world.cloud.logins == logins


def test_a_rejected_token_is_renewed_once(world: World) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    client.get_service("s")
    world.cloud.accepted = lambda request: request.headers["x-auth-token"] != "token-1"
    assert client.get_service("s") == {"service_id": "s"}
    assert world.cloud.logins == 2


def test_a_token_that_is_rejected_again_is_an_error(world: World) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    world.cloud.accepted = lambda _request: False
    with pytest.raises(AuthenticationError) as caught:
        client.get_service("s")
    assert "invalid token" in str(caught.value)
    assert world.cloud.logins == 2


def test_many_threads_log_in_once(world: World) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda _: client.get_service("s"), range(64)))
    assert world.cloud.logins == 1


def test_many_threads_with_one_rejected_token_log_in_once_more(world: World) -> None:
    client = world.user(modelartsProjectId=PROJECT).client()
    client.get_service("s")
    together = threading.Barrier(16, timeout=PATIENCE)

    def accepted(request: httpx.Request) -> bool:
        if request.headers["x-auth-token"] != "token-1":
            return True
        together.wait()
        return False

    world.cloud.accepted = accepted
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: client.get_service("s"), range(16)))
    assert world.cloud.logins == 2


def test_a_refused_login_is_not_repeated_because_that_locks_the_account(world: World) -> None:
    world.cloud.login_status = 401
    client = world.user(modelartsProjectId=PROJECT).client()
    with pytest.raises(AuthenticationError) as first:
        client.get_service("s")
    first.value.add_context("service a")
    with pytest.raises(AuthenticationError) as second:
        client.get_service("s")
    assert world.cloud.logins == 1
    assert "wrong password" in str(second.value)
    assert "HW_USER_PASSWORD" in str(second.value)
    assert "service a" not in str(second.value)
    assert "the-password" not in str(second.value)


def test_a_login_that_failed_for_another_reason_is_repeated(world: World) -> None:
    world.cloud.login_status = 503
    client = world.user(modelartsProjectId=PROJECT).client()

    def recover(_seconds: float) -> None:
        world.cloud.login_status = 201

    world.clock.on_wait = recover
    assert client.get_service("s") == {"service_id": "s"}


def test_who_waited_for_a_login_that_failed_does_not_try_for_as_long_once_more(world: World) -> None:
    world.cloud.login_status = 503
    login = world.user(modelartsProjectId=PROJECT)._token_authenticator(USER_CREDENTIALS)
    errors: list[ServerError] = []

    def ask() -> None:
        with pytest.raises(ServerError) as caught:
            login.token()
        errors.append(caught.value)

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    second_asks = threading.Event()
    real = world.clock.monotonic

    def monotonic() -> float:
        if threading.current_thread() is second:
            second_asks.set()
        return real()

    def while_the_first_tries(_seconds: float) -> None:
        if second.ident is None:
            second.start()
            assert second_asks.wait(PATIENCE)

    world.clock.monotonic = monotonic  # type: ignore[method-assign]
    world.clock.on_wait = while_the_first_tries
    first.start()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert len(errors) == 2
    assert errors[0] is not errors[1]
    assert real() < 61


def test_tokens_are_secrets(world: World) -> None:
    world.user(modelartsProjectId=PROJECT).client().get_service("s")
    assert world.redactor.redact("x token-1") == "x [secret]"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(201, json={"token": {"expires_at": "2030-01-01T00:00:00Z"}}),
        httpx.Response(201, json={"token": {"expires_at": "soon"}}, headers={"X-Subject-Token": "t"}),
        httpx.Response(201, json=[], headers={"X-Subject-Token": "t"}),
        httpx.Response(201, text="<html>", headers={"X-Subject-Token": "t"}),
    ],
)
def test_a_login_answer_that_is_none(world: World, answer: httpx.Response) -> None:
    world.cloud.log_in = lambda: answer  # type: ignore[method-assign]
    with pytest.raises(ResponseError):
        world.user(modelartsProjectId=PROJECT).client().get_service("s")


# --- projects ---


def test_the_project_is_looked_up_once_by_the_regions_name(world: World, served: str) -> None:
    world.cloud.projects = [{"id": "other", "name": "cn-north-4_sub"}, {"id": PROJECT, "name": "cn-north-4"}]
    connection = world.connect({"modelartsEndpoint": served, "modelartsRegion": "cn-north-4"}, AK)
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: connection.project_id, range(16))) == {PROJECT}
    assert world.cloud.paths() == ["/v3/projects"]
    assert world.cloud.requests[0].url.params["name"] == "cn-north-4"
    assert "x-project-id" not in world.cloud.requests[0].headers
    connection.client().get_service("s")
    assert world.cloud.paths()[1:] == [f"/v1/{PROJECT}/services/s"]


def test_a_project_name_wins_over_the_region(world: World, served: str) -> None:
    world.cloud.projects = [{"id": PROJECT, "name": "sub"}]
    connection = world.connect(
        {"modelartsEndpoint": served, "modelartsRegion": "cn-north-4", "modelartsProjectName": "sub"}, AK
    )
    assert connection.project_id == PROJECT
    assert world.cloud.requests[0].url.params["name"] == "sub"


def test_a_project_that_does_not_exist(world: World, served: str) -> None:
    world.cloud.projects = []
    with pytest.raises(ConfigurationError, match="there is no project named 'nowhere'") as caught:
        _ = world.connect({"modelartsEndpoint": served, "modelartsRegion": "nowhere"}, AK).project_id
    assert "HW_PROJECT_ID" in str(caught.value)


def test_a_look_up_that_failed_is_not_tried_again_for_each_resource(world: World, served: str) -> None:
    world.cloud.projects = []
    connection = world.connect({"modelartsEndpoint": served, "modelartsRegion": "cn-north-4"}, AK)
    for _ in range(3):
        with pytest.raises(ConfigurationError, match="there is no project named 'cn-north-4'"):
            connection.client()
    assert world.cloud.paths() == ["/v3/projects"]


def test_without_region_and_project_both_can_be_set(world: World, served: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _ = world.connect({"modelartsEndpoint": served}, AK).project_id
    assert "modelartsProjectId" in str(caught.value)
    assert "HW_REGION_NAME" in str(caught.value)
