"""Which value wins, what is inherited, what is refused."""

from collections.abc import Mapping

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.settings import Resolved, Setting, Settings, is_emulator, open_endpoint

SETTINGS = Settings(
    "cloud",
    (
        Setting("endpoint", ("CLOUD_ENDPOINT",), secret=False, description="", bound_to=("region",)),
        Setting("region", ("CLOUD_REGION", "OLD_REGION"), secret=False, description=""),
        Setting(
            "project_id",
            ("CLOUD_PROJECT",),
            secret=False,
            description="",
            bound_to=("region", "access_key"),
        ),
        Setting("access_key", ("CLOUD_AK",), secret=False, description="", credential=True),
        Setting("secret_key", ("CLOUD_SK",), secret=True, description="", credential=True),
        Setting("token", ("CLOUD_TOKEN",), secret=True, description="", credential=True),
    ),
)


class Configuration:
    def __init__(self, values: Mapping[str, str], connections: Mapping[str, Mapping[str, str]]) -> None:
        self.values = values
        self.sections = connections

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        return self.sections


ENVIRON = {
    "CLOUD_REGION": "env-region",
    "CLOUD_PROJECT": "env-project",
    "CLOUD_AK": "env-ak",
    "CLOUD_SK": "env-sk",
    "CLOUD_TOKEN": "env-token",
}


def found(
    values: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    connection: str | None = None,
    **sections: Mapping[str, str],
) -> Resolved:
    configuration = Configuration(values or {}, sections)
    return SETTINGS.resolve(Environment(configuration, lambda _endpoint: ("", None), environ or {}), connection)


def test_nothing_set_is_nothing_found() -> None:
    assert found().values == {}
    assert found().get("region") is None


def test_the_configuration_wins_over_the_environment_field_by_field() -> None:
    resolved = found({"cloudRegion": "r"}, ENVIRON)
    assert (resolved.get("region"), resolved.get("project_id")) == ("r", "env-project")
    assert str(resolved.origins["region"]) == "stack configuration cloudRegion"
    assert str(resolved.origins["project_id"]) == "environment variable CLOUD_PROJECT"
    assert resolved.is_configured("region")
    assert not resolved.is_configured("project_id")
    assert not resolved.is_configured("endpoint")


def test_the_first_variable_that_is_set_wins() -> None:
    assert found(environ={"CLOUD_REGION": "new", "OLD_REGION": "old"}).get("region") == "new"
    assert found(environ={"CLOUD_REGION": "", "OLD_REGION": "old"}).get("region") == "old"


def test_blank_is_not_set_and_surrounding_blanks_are_dropped() -> None:
    resolved = found({"cloudRegion": "  ", "cloudEndpoint": " https://x\n"}, {"CLOUD_REGION": " r "})
    assert (resolved.get("region"), resolved.get("endpoint")) == ("r", "https://x")


def test_credentials_of_two_sources_are_never_mixed() -> None:
    resolved = found({"cloudAccessKey": "ak"}, ENVIRON)
    assert (resolved.get("access_key"), resolved.get("secret_key"), resolved.get("token")) == ("ak", None, None)


def test_a_connection_without_credentials_uses_the_default_ones() -> None:
    resolved = found({}, ENVIRON, "west", west={"region": "w"})
    assert (resolved.get("region"), resolved.get("secret_key")) == ("w", "env-sk")
    assert str(resolved.origins["region"]) == "connection west.region"
    assert resolved.connection == "west"


def test_a_connection_with_credentials_uses_only_its_own() -> None:
    resolved = found({"cloudToken": "t"}, ENVIRON, "other", other={"accessKey": "a", "secretKey": "s"})
    assert resolved.values == {"region": "env-region", "access_key": "a", "secret_key": "s"}


def test_a_connection_does_not_inherit_what_is_bound_to_what_it_changes() -> None:
    default = {"cloudEndpoint": "https://default", "cloudProjectId": "p"}
    assert found(default, {}, "west", west={"region": "w"}).values == {"region": "w"}
    assert found(default, {}, "same", same={}).values == {"endpoint": "https://default", "project_id": "p"}


def test_an_unknown_connection_names_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        found({}, {}, "wset", west={}, east={})
    assert "no connection 'wset' (did you mean 'west'?); there are: east, west" in str(caught.value)
    with pytest.raises(ConfigurationError, match="there are: none"):
        found({}, {}, "west")


def test_an_unknown_name_in_a_connection_suggests_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"'west': unknown setting 'acessKey' \(did you mean 'accessKey'\?\)"):
        found({}, {}, "west", west={"acessKey": "a"})


def test_secrets_are_known_and_not_shown() -> None:
    resolved = found({}, ENVIRON)
    assert set(resolved.secrets()) == {"env-sk", "env-token"}
    assert "env-sk" not in repr(resolved)
    assert "env-ak" not in repr(resolved)


def test_without_drops_values_and_origins() -> None:
    resolved = found({}, ENVIRON).without("region", "endpoint")
    assert resolved.get("region") is None
    assert "region" not in resolved.origins
    assert resolved.get("access_key") == "env-ak"


def test_only_emulator_endpoints_go_to_the_factory() -> None:
    def factory(endpoint: str) -> tuple[str, None]:
        return f"http://opened/{endpoint}", None

    assert open_endpoint("emulator:x.db", factory) == ("http://opened/emulator:x.db", None)
    assert open_endpoint("https://api.example.com", factory) == ("https://api.example.com", None)
    assert not is_emulator("http://emulator")
