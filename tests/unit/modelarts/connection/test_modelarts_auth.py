"""From settings to a connection: addresses and credentials."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from small_cloud import AK, PROJECT, USER, Configuration, World

from pulumi_inference.core.errors import AuthenticationError, ConfigurationError
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.huaweicloud.settings import SETTINGS
from pulumi_inference.modelarts.connection import CONNECTIONS, ModelArtsConnection

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


# --- where a thing was made ---


def _connect_to(
    world: World, endpoint: str, region: str | None, values: Mapping[str, str], environ: Mapping[str, str]
) -> ModelArtsConnection:
    made = {"endpoint": endpoint, "region": region, "project_id": PROJECT}
    return CONNECTIONS.of(world.context(values, environ, {}), made)


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


@pytest.mark.parametrize(
    "credentials", [{}, {"UserName": "emulator", "Password": "emulator", "DomainName": "emulator"}]
)
def test_the_emulator_believes_us(tmp_path: Path, credentials: dict[str, str]) -> None:
    values = {"modelartsEndpoint": "emulator:db", **{f"modelarts{key}": text for key, text in credentials.items()}}

    def open_emulator(_endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://emulator.example.com", EmulatorTransport(tmp_path / "db")

    connection = CONNECTIONS.today(Context(Environment(Configuration(values, {}), open_emulator, {})), None)
    assert connection.client().list_services() == []


def test_the_emulator_does_not_believe_a_wrong_key(tmp_path: Path) -> None:
    values = {"modelartsEndpoint": "emulator:db", "modelartsAccessKey": "emulator", "modelartsSecretKey": "wrong"}

    def open_emulator(_endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://emulator.example.com", EmulatorTransport(tmp_path / "db")

    with pytest.raises(AuthenticationError) as caught:
        CONNECTIONS.today(
            Context(Environment(Configuration(values, {}), open_emulator, {})), None
        ).client().list_services()
    assert "clock" in str(caught.value)


def test_every_setting_has_its_variable_and_its_key() -> None:
    assert len({one.field for one in SETTINGS}) == len(list(SETTINGS))
    for one in SETTINGS:
        assert SETTINGS.key(one.field) == f"modelarts{one.section_key[0].upper()}{one.section_key[1:]}"
        assert one.env[0].startswith("HW_")
        assert set(one.bound_to) <= {other.field for other in SETTINGS}
