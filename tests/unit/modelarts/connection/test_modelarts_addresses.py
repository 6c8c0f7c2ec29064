"""Where the account's credentials go when a service is called by its URL."""

import pytest
from small_cloud import AK, PROJECT, USER, World

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.invocation.calls import Call, send, stream
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.invocation import CALLING
from pulumi_inference.modelarts.services.endpoint import endpoint_of

SERVICE = "/v1/infers/5f3c1f0e-8c1e-4d53-9f6c-2d6a4bb0a001"
REGION = {"HW_REGION_NAME": "cn-north-4"}
PRIVATE = {"HW_MODELARTS_ENDPOINT": "https://modelarts.example.com"}


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        (REGION, "https://infer-modelarts.cn-north-4.myhuaweicloud.com"),
        (REGION, "https://INFER.cn-south-1.myhuaweicloud.com:443"),
        ({"HW_REGION_NAME": "r1", "HW_CLOUD": "private.example.com"}, "https://infer.r1.private.example.com"),
        ({"HW_MODELARTS_ENDPOINT": "http://modelarts.lab:8080"}, "http://modelarts.lab:8080"),
        (PRIVATE, "https://modelarts.example.com"),
        (REGION, "http://127.0.0.1:9000"),
        (REGION, "http://localhost"),
        (REGION, "https://[::1]:9000"),
    ],
)
def test_the_accounts_own_cloud_and_this_machine_are_called(world: World, environ: dict[str, str], url: str) -> None:
    context = world.context({}, {**AK, "HW_PROJECT_ID": PROJECT, **environ}, {})
    assert CALLING.endpoint(context, url + SERVICE, {}, None).address.base_url == url


@pytest.mark.parametrize(
    ("environ", "url", "host"),
    [
        (REGION, "https://infer.example.com", "infer.example.com"),
        (REGION, "https://myhuaweicloud.com.example.com", "myhuaweicloud.com.example.com"),
        (REGION, "https://evilmyhuaweicloud.com", "evilmyhuaweicloud.com"),
        (REGION, "https://0123.apig.cn-north-4.huaweicloudapis.com", "0123.apig.cn-north-4.huaweicloudapis.com"),
        (REGION, "https://modelarts.eu-west-101.myhuaweicloud.eu", "modelarts.eu-west-101.myhuaweicloud.eu"),
        (PRIVATE, "https://other.com", "other.com"),
    ],
)
def test_a_strange_host_gets_no_credentials(world: World, environ: dict[str, str], url: str, host: str) -> None:
    context = world.context({}, {**AK, "HW_PROJECT_ID": PROJECT, **environ}, {})
    account = CONNECTIONS.today(context, None)
    with pytest.raises(ConfigurationError) as caught:
        CALLING.endpoint(context, f"{url}/score", {}, None)
    first, *_ = str(caught.value).splitlines()
    assert first == (
        f"the account's credentials are not sent to {host}: it is not in the cloud of {account.endpoint}, "
        f"and the URL is not the address of a service in project {PROJECT}"
    )


@pytest.mark.parametrize("url", ["http://infer.cn-north-4.myhuaweicloud.com", "HTTP://example.com"])
def test_nothing_secret_is_sent_in_clear(world: World, url: str) -> None:
    context = world.context({}, {**AK, **REGION, "HW_PROJECT_ID": PROJECT}, {})
    for options in ({}, {"app_code": "the-app-code"}):
        with pytest.raises(ConfigurationError, match="credentials are not sent over plain http; write https://"):
            CALLING.endpoint(context, url + SERVICE, options, None)


@pytest.mark.parametrize("who", [AK, USER])
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://thief.example.com", "http://thief.example.com: credentials are not sent over plain http"),
        ("http://infer.cn-north-4.myhuaweicloud.com", "credentials are not sent over plain http"),
        ("https://infer.cn-north-4.myhuaweicloud.com@thief.example.com", "has a user or a password in it"),
        ("https://user:hunter2@127.0.0.1:8080", "has a user or a password in it"),
        ("ftp://thief.example.com", "is not an endpoint"),
    ],
)
def test_an_address_that_the_cloud_says_gets_no_more_than_one_that_a_user_gives(
    world: World, who: dict[str, str], url: str, reason: str
) -> None:
    context = world.context({"modelartsEndpoint": "emulator:x"}, {}, {})
    context.environment.environ = {**who, "HW_PROJECT_ID": PROJECT}
    account = CONNECTIONS.today(context, None)
    detail = {"service_name": "classifier", "status": "running", "access_address": url + SERVICE}
    for call_it in (send, stream):
        with pytest.raises(ConfigurationError) as caught:
            call_it(endpoint_of(context, account, detail), Call())
        assert reason in str(caught.value)
        assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigurationError):
        CALLING.endpoint(context, url + SERVICE, {}, None)
    assert not [one for one in world.cloud.requests if one.url.path.startswith("/v1/infers")]


@pytest.mark.parametrize("url", ["https://models.example.com", "http://cloud", "http://127.0.0.1:8080"])
def test_the_address_that_the_cloud_says_is_called(world: World, url: str) -> None:
    context = world.context({"modelartsEndpoint": "emulator:x"}, {}, {})
    account = CONNECTIONS.today(context, None)
    detail = {"service_name": "classifier", "status": "running", "access_address": url + SERVICE}
    assert send(endpoint_of(context, account, detail), Call()).status == 200


@pytest.mark.parametrize("name", ["HW_MODELARTS_ENDPOINT", "HW_AUTH_URL"])
@pytest.mark.parametrize(
    ("url", "is_warned"), [("http://lab", True), ("http://127.0.0.1", False), ("https://lab", False)]
)
def test_an_endpoint_in_clear_is_warned_of_once(world: World, name: str, url: str, is_warned: bool) -> None:
    warned: list[str] = []
    context = world.context({}, {**AK, **REGION, "HW_PROJECT_ID": PROJECT, name: f"{url}:8080"}, {})
    context.warn = warned.append
    for _ in range(2):
        CONNECTIONS.today(context, None)
    text = f"environment variable {name}: {url}:8080 is plain http, so that credentials can be read on the way; write https://"
    assert warned == ([text] if is_warned else [])


def test_an_entry_of_no_proxy_that_says_nothing_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,10.0.0.0/99,fd00::/8")
    context = world.context({}, {**AK, **REGION, "HW_PROJECT_ID": PROJECT}, {})
    context.warn = warned.append
    CONNECTIONS.today(context, None)
    assert warned == ["NO_PROXY: '10.0.0.0/99' is neither a host nor a network, and does not count"]


def test_the_proxy_variables_are_read_for_a_connection_and_not_for_each_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = world.context({}, {**AK, **REGION, "HW_PROJECT_ID": PROJECT}, {})
    CONNECTIONS.today(context, None)
    monkeypatch.setattr("urllib.request.getproxies", None)
    assert CONNECTIONS.today(context, None) is CONNECTIONS.of(context, {"endpoint": ""})
