"""Where the account's credentials go when a service is called by its URL."""

import pytest
from small_cloud import AK, PROJECT, World

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.invocation import CALLING

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
        (REGION, "https://infer.cn-north-4.myhuaweicloud.com@example.com", "example.com"),
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
