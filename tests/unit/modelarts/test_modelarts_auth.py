"""From settings to a connection: addresses, credentials, tokens, projects."""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import AuthenticationError, ConfigurationError, ResponseError
from pulumi_inference.core.redact import Redactor
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.modelarts import auth
from pulumi_inference.modelarts.auth import ModelArtsConnection, connect, connect_to

AK = {"HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "the-secret-key"}
USER = {"HW_USER_NAME": "u", "HW_USER_PASSWORD": "the-password", "HW_DOMAIN_NAME": "d"}
PROJECT = "0123456789abcdef0123456789abcdef"


class Configuration:
    """A stack's configuration as two dictionaries."""

    def __init__(self, values: Mapping[str, str], connections: Mapping[str, Mapping[str, str]]) -> None:
        self.values = values
        self.sections = connections

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        return self.sections


class Cloud:
    """Stands behind an ``emulator:`` endpoint and answers as ModelArts and IAM, as far as these tests ask."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.requests: list[httpx.Request] = []
        self.logins = 0
        self.login_status = 201
        self.token_seconds = 86400.0
        self.accepted: Callable[[httpx.Request], bool] = lambda _request: True
        self.projects: list[dict[str, str]] = [{"id": PROJECT, "name": "emulator"}]
        self.token_project: dict[str, str] | None = {"id": PROJECT}

    def __call__(self, endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://cloud", httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/v3/auth/tokens":
            return self.log_in()
        if request.url.path == "/v3/projects":
            return httpx.Response(200, json={"projects": self.projects})
        if not self.accepted(request):
            return httpx.Response(401, json={"error_code": "APIG.0301", "error_msg": "decrypt token fail"})
        return httpx.Response(200, json={"service_id": "s"})

    def log_in(self) -> httpx.Response:
        self.logins += 1
        if self.login_status != 201:
            error = {"code": self.login_status, "message": "wrong password", "title": "Unauthorized"}
            return httpx.Response(self.login_status, json={"error": error})
        end = datetime.fromtimestamp(self.clock.now() + self.token_seconds, UTC)
        token = {"expires_at": end.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "project": self.token_project}
        return httpx.Response(201, json={"token": token}, headers={"X-Subject-Token": f"token-{self.logins}"})

    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]


class World:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.cloud = Cloud(self.clock)
        self.redactor = Redactor()
        self.options: dict[str, Any] = {"clock": self.clock, "redactor": self.redactor}

    def connect(
        self,
        values: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        connection: str | None = None,
        **sections: Mapping[str, str],
    ) -> ModelArtsConnection:
        configuration = Configuration(values or {}, sections)
        return connect(configuration, environ or {}, self.cloud, connection, **self.options)

    def user(self, **values: str) -> ModelArtsConnection:
        """A connection that authenticates by token."""
        credentials = {"modelartsUserName": "u", "modelartsPassword": "the-password", "modelartsDomainName": "d"}
        return self.connect({"modelartsEndpoint": "emulator:x", **credentials, **values})


@pytest.fixture
def world() -> World:
    return World()


# --- where ---


@pytest.mark.parametrize(
    ("environ", "endpoint", "iam"),
    [
        (
            {"HW_REGION_NAME": "cn-north-4"},
            "https://modelarts.cn-north-4.myhuaweicloud.com",
            "https://iam.cn-north-4.myhuaweicloud.com",
        ),
        (
            {"HW_REGION_NAME": "eu-de", "HW_CLOUD": "otc.t-systems.com"},
            "https://modelarts.eu-de.otc.t-systems.com",
            "https://iam.eu-de.otc.t-systems.com",
        ),
        (
            {"HW_REGION_NAME": "r1", "HW_CLOUD": "private.example.com"},
            "https://modelarts.r1.private.example.com",
            "https://iam.r1.private.example.com",
        ),
        (
            {"HW_MODELARTS_ENDPOINT": "https://modelarts.cn-east-3.myhuaweicloud.com/"},
            "https://modelarts.cn-east-3.myhuaweicloud.com",
            "https://iam.cn-east-3.myhuaweicloud.com",
        ),
        ({"HW_MODELARTS_ENDPOINT": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (
            {"HW_REGION_NAME": "cn-north-4", "HW_AUTH_URL": "https://iam.myhuaweicloud.com:443/v3"},
            "https://modelarts.cn-north-4.myhuaweicloud.com",
            "https://iam.myhuaweicloud.com:443",
        ),
    ],
)
def test_endpoints(world: World, environ: dict[str, str], endpoint: str, iam: str) -> None:
    connection = world.connect(environ={**AK, **environ})
    assert connection.endpoint == endpoint
    assert connection.iam_endpoint == iam


def test_the_region_is_read_from_a_cloud_endpoint(world: World) -> None:
    environ = {**AK, "HW_MODELARTS_ENDPOINT": "https://modelarts.cn-east-3.myhuaweicloud.com"}
    assert world.connect(environ=environ).region == "cn-east-3"
    assert world.connect(environ={**AK, "HW_MODELARTS_ENDPOINT": "http://127.0.0.1:1"}).region is None


def test_without_region_and_endpoint_both_ways_to_set_it_are_told(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        world.connect(environ=AK)
    assert "pulumi config set inference:modelartsRegion cn-north-4" in str(caught.value)
    assert "HW_REGION_NAME" in str(caught.value)


@pytest.mark.parametrize("region", ["cn north", "x/y", "a@b", "-"])
def test_a_region_that_cannot_be_part_of_a_host(world: World, region: str) -> None:
    with pytest.raises(ConfigurationError, match="is no region name"):
        world.connect(environ={**AK, "HW_REGION_NAME": region})


@pytest.mark.parametrize("name", ["modelartsEndpoint", "modelartsIamEndpoint"])
def test_a_wrong_address_is_told_at_once(world: World, name: str) -> None:
    with pytest.raises(ConfigurationError, match="'modelarts' is not an endpoint"):
        world.connect({"modelartsRegion": "cn-north-4", name: "modelarts"}, AK)


# --- who ---


def test_without_credentials_both_ways_are_told(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        world.connect({"modelartsRegion": "cn-north-4"})
    for name in ("modelartsAccessKey", "HW_ACCESS_KEY", "HW_SECRET_KEY", "modelartsUserName", "HW_USER_PASSWORD"):
        assert name in str(caught.value)


def test_half_credentials_say_where_the_half_is(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        world.connect({"modelartsRegion": "cn-north-4", "modelartsAccessKey": "ak"}, {"HW_SECRET_KEY": "sk"})
    assert "not complete: there is only access_key (stack configuration modelartsAccessKey)" in str(caught.value)
    assert "half from the configuration and half from the environment" in str(caught.value)


def test_an_access_key_wins_over_a_password(world: World) -> None:
    values = {"modelartsAccessKey": "ak", "modelartsSecretKey": "sk", "modelartsProjectId": PROJECT}
    world.user(**values).client().get_service("s")
    assert world.cloud.paths() == [f"/v1/{PROJECT}/services/s"]
    request = world.cloud.requests[0]
    assert request.headers["authorization"].startswith("SDK-HMAC-SHA256 Access=ak, SignedHeaders=content-type;host;")
    assert request.headers["x-project-id"] == PROJECT
    assert request.headers["content-type"] == "application/json;charset=UTF-8"


def test_secrets_are_redacted_and_never_shown(world: World) -> None:
    connection = world.connect(environ={**AK, **USER, "HW_REGION_NAME": "cn-north-4"})
    assert world.redactor.redact("the-secret-key the-password") == "[secret] [secret]"
    shown = repr(connection) + repr(vars(connection))
    assert "the-secret-key" not in shown
    assert "the-password" not in shown


# --- the embedded emulator ---


def test_the_embedded_emulator_needs_nothing_else(world: World) -> None:
    connection = world.connect({"modelartsEndpoint": "emulator:x"})
    connection.client().get_service("s")
    assert (connection.endpoint, connection.region) == ("emulator:x", "emulator")
    assert len(connection.project_id) == 32
    assert "Access=emulator," in world.cloud.requests[0].headers["authorization"]


def test_the_environment_is_for_the_real_cloud_and_not_for_the_emulator(world: World) -> None:
    environ = {**AK, "HW_REGION_NAME": "cn-north-4", "HW_PROJECT_ID": PROJECT, "HW_AUTH_URL": "https://real"}
    connection = world.connect({"modelartsEndpoint": "emulator:x"}, environ)
    connection.client().get_service("s")
    assert connection.region == "emulator"
    assert connection.project_id != PROJECT
    assert "Access=emulator," in world.cloud.requests[0].headers["authorization"]


def test_the_configuration_counts_for_the_emulator_too(world: World) -> None:
    values = {"modelartsRegion": "r", "modelartsProjectId": PROJECT, "modelartsAccessKey": "me"}
    connection = world.connect({"modelartsEndpoint": "emulator:x", "modelartsSecretKey": "sk", **values})
    connection.client().get_service("s")
    assert (connection.region, connection.project_id) == ("r", PROJECT)
    assert "Access=me," in world.cloud.requests[0].headers["authorization"]


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


def test_without_a_project_id_the_scope_is_the_name_and_the_token_tells_the_id(world: World) -> None:
    connection = world.user(modelartsProjectName="sub", modelartsProjectId="")
    connection.settings = connection.settings.without("project_id")
    fresh = world.connect(
        {"modelartsEndpoint": "http://127.0.0.1:1", "modelartsProjectName": "sub"}, {**USER}
    )
    fresh._transport = httpx.MockTransport(world.cloud.answer)
    assert fresh.project_id == PROJECT
    assert json.loads(world.cloud.requests[0].content)["auth"]["scope"] == {"project": {"name": "sub"}}
    fresh.client().get_service("s")
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
    together = threading.Barrier(16, timeout=20)

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


def _signed(world: World, **values: str) -> ModelArtsConnection:
    connection = world.connect({"modelartsEndpoint": "http://127.0.0.1:1", **values}, AK)
    connection._transport = httpx.MockTransport(world.cloud.answer)
    return connection


def test_the_project_is_looked_up_once_by_the_regions_name(world: World) -> None:
    world.cloud.projects = [{"id": "other", "name": "cn-north-4_sub"}, {"id": PROJECT, "name": "cn-north-4"}]
    connection = _signed(world, modelartsRegion="cn-north-4")
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: connection.project_id, range(16))) == {PROJECT}
    assert world.cloud.paths() == ["/v3/projects"]
    assert world.cloud.requests[0].url.params["name"] == "cn-north-4"
    assert "x-project-id" not in world.cloud.requests[0].headers
    connection.client().get_service("s")
    assert world.cloud.paths()[1:] == [f"/v1/{PROJECT}/services/s"]


def test_a_project_name_wins_over_the_region(world: World) -> None:
    world.cloud.projects = [{"id": PROJECT, "name": "sub"}]
    connection = _signed(world, modelartsRegion="cn-north-4", modelartsProjectName="sub")
    assert connection.project_id == PROJECT
    assert world.cloud.requests[0].url.params["name"] == "sub"


def test_a_project_that_does_not_exist(world: World) -> None:
    world.cloud.projects = []
    with pytest.raises(ConfigurationError, match="there is no project named 'nowhere'") as caught:
        _ = _signed(world, modelartsRegion="nowhere").project_id
    assert "HW_PROJECT_ID" in str(caught.value)


def test_without_region_and_project_both_can_be_set(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _ = _signed(world).project_id
    assert "modelartsProjectId" in str(caught.value)
    assert "HW_REGION_NAME" in str(caught.value)


# --- where a thing was made ---


def _connect_to(
    world: World, endpoint: str, region: str | None, values: Mapping[str, str], environ: Mapping[str, str]
) -> ModelArtsConnection:
    configuration = Configuration(values, {})
    return connect_to(endpoint, region, PROJECT, configuration, environ, world.cloud, **world.options)


def test_a_thing_is_read_where_it_was_made_with_todays_credentials(world: World) -> None:
    today = {"modelartsRegion": "cn-south-1", "modelartsIamEndpoint": "https://iam.example.com"}
    made_in = "https://modelarts.cn-north-4.myhuaweicloud.com"
    connection = _connect_to(world, made_in, "cn-north-4", today, AK)
    assert (connection.endpoint, connection.region, connection.project_id) == (made_in, "cn-north-4", PROJECT)
    assert connection.iam_endpoint == "https://iam.cn-north-4.myhuaweicloud.com"


def test_where_nothing_moved_the_configured_identity_service_is_kept(world: World) -> None:
    today = {"modelartsRegion": "cn-north-4", "modelartsIamEndpoint": "https://iam.example.com"}
    endpoint = "https://modelarts.cn-north-4.myhuaweicloud.com"
    assert _connect_to(world, endpoint, "cn-north-4", today, AK).iam_endpoint == "https://iam.example.com"


def test_what_was_made_on_an_emulator_is_read_there_with_its_own_credentials(world: World) -> None:
    today = {"modelartsRegion": "cn-north-4", "modelartsAccessKey": "real", "modelartsSecretKey": "sk"}
    _connect_to(world, "emulator:x", "emulator", today, {}).client().get_service("s")
    assert "Access=emulator," in world.cloud.requests[0].headers["authorization"]


def test_what_was_made_in_the_cloud_is_not_read_with_the_emulators_credentials(world: World) -> None:
    made_in = "https://modelarts.cn-north-4.myhuaweicloud.com"
    with pytest.raises(ConfigurationError, match="credentials are not set"):
        _connect_to(world, made_in, "cn-north-4", {"modelartsEndpoint": "emulator:x"}, {})
    connection = _connect_to(world, made_in, "cn-north-4", {"modelartsEndpoint": "emulator:x"}, AK)
    assert connection.settings.get("access_key") == "ak"


# --- against the emulator, which checks signatures and tokens ---


@pytest.mark.parametrize("credentials", [{}, {"UserName": "emulator", "Password": "emulator", "DomainName": "emulator"}])
def test_the_emulator_believes_us(tmp_path: Path, credentials: dict[str, str]) -> None:
    values = {"modelartsEndpoint": "emulator:db", **{f"modelarts{key}": text for key, text in credentials.items()}}

    def open_emulator(_endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://emulator.example.com", EmulatorTransport(tmp_path / "db")

    connection = connect(Configuration(values, {}), {}, open_emulator)
    assert connection.client().list_services() == []


def test_the_emulator_does_not_believe_a_wrong_key(tmp_path: Path) -> None:
    values = {"modelartsEndpoint": "emulator:db", "modelartsAccessKey": "emulator", "modelartsSecretKey": "wrong"}

    def open_emulator(_endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://emulator.example.com", EmulatorTransport(tmp_path / "db")

    with pytest.raises(AuthenticationError) as caught:
        connect(Configuration(values, {}), {}, open_emulator).client().list_services()
    assert "clock" in str(caught.value)


def test_every_setting_has_its_variable_and_its_key() -> None:
    assert len({one.field for one in auth.MODELARTS_SETTINGS}) == len(auth.MODELARTS_SETTINGS)
    for one in auth.MODELARTS_SETTINGS:
        assert one.key.startswith("modelarts")
        assert one.env[0].startswith("HW_")
        assert set(one.bound_to) <= {other.field for other in auth.MODELARTS_SETTINGS}
