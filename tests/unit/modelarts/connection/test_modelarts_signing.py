"""The signature against the published vectors, and against Huawei's own library."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]
from huaweicloudsdkcore.sdk_request import SdkRequest  # type: ignore[import-untyped]
from huaweicloudsdkcore.signer import signer as official  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.http.exchange import WireRequest
from pulumi_inference.huaweicloud.signing import AccessKeyCredentials, AkSkAuthenticator, canonical_request, signature

EXAMPLE = AccessKeyCredentials("EXAMPLEACCESSKEY", "example-secret-key")
DOCUMENTED = AccessKeyCredentials("QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc")
CLOUD = "modelarts.cn-north-4.myhuaweicloud.com"
JSON = "application/json;charset=UTF-8"

# number, credentials, method, host, path, query, headers to sign besides host, body, hash, signature
VECTORS: list[Any] = [
    (
        DOCUMENTED,
        "GET",
        "service.region.example.com",
        "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
        [("limit", "2"), ("marker", "13551d6b-755d-4757-b956-536f674975c0")],
        {"content-type": "application/json", "x-sdk-date": "20191115T033655Z"},
        b"",
        "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
        "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
    ),
    (
        EXAMPLE,
        "GET",
        CLOUD,
        "/v1/p1/services",
        [("service_name", "a b/中"), ("limit", "10"), ("offset", "0"), ("tags", "")],
        {"content-type": JSON, "x-sdk-date": "20240321T000000Z"},
        b"",
        "de91d08394d0a22aefdfd16e784cb2b456c840fed525018115b8ca7e54a0e824",
        "53e7f0298aa763960b81bab4d584cc0f8d23e61173e1d119deb37bf5ec7c2256",
    ),
    (
        EXAMPLE,
        "POST",
        CLOUD,
        "/v1/p1/services",
        [],
        {"content-type": JSON, "x-sdk-date": "20240321T000000Z", "x-project-id": "p1"},
        b'{"service_name":"a","infer_type":"real-time","config":[]}',
        "bf1ad172c8246ee3f0c5fe943714fada1b6d6069d9419cb20d250072716728cb",
        "338382b763488f6e53bb5ad9af1b36ff4b67aabebe3975ca76581a24af130959",
    ),
    (
        EXAMPLE,
        "DELETE",
        "127.0.0.1:8080",
        "/v1/p1/services/id-1,id-2",
        [],
        {"x-sdk-date": "20240321T000000Z"},
        b"",
        "aeb074f4a53376a003e032037d4b681f2984e7396ea9eeece0618870544812f6",
        "c87e109bf7485999c8c56fceacb05879ff6d6a0d2cd4ec0997f7084b27087455",
    ),
]


def _clock(date: str) -> ManualClock:
    return ManualClock(datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())


def _request(
    method: str, host: str, path: str, query: Sequence[tuple[str, str]], headers: dict[str, str], body: bytes
) -> WireRequest:
    return WireRequest(method, path, tuple(query), headers, body, host)


@pytest.mark.parametrize(("who", "method", "host", "path", "query", "headers", "body", "digest", "signed"), VECTORS)
def test_vectors(
    who: AccessKeyCredentials,
    method: str,
    host: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
    digest: str,
    signed: str,
) -> None:
    canonical = canonical_request(method, path, query, {"host": host, **headers}, body)
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    assert signature(who.secret_key, headers["x-sdk-date"], canonical) == signed


@pytest.mark.parametrize(("who", "method", "host", "path", "query", "headers", "body", "digest", "signed"), VECTORS)
def test_the_authenticator_makes_the_same_headers(
    who: AccessKeyCredentials,
    method: str,
    host: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
    digest: str,
    signed: str,
) -> None:
    sent = {name: value for name, value in headers.items() if name == "content-type"} | {"user-agent": "not signed"}
    authenticator = AkSkAuthenticator(who, clock=_clock(headers["x-sdk-date"]), project_id=headers.get("x-project-id"))
    added = authenticator.authenticate(_request(method, host, path, query, sent, body))
    names = ";".join(sorted({"host", *headers}))
    expected = f"SDK-HMAC-SHA256 Access={who.access_key}, SignedHeaders={names}, Signature={signed}"
    assert added["authorization"] == expected
    assert added["x-sdk-date"] == headers["x-sdk-date"]
    assert added.get("x-project-id") == headers.get("x-project-id")


def test_a_temporary_key_sends_and_signs_its_token() -> None:
    credentials = AccessKeyCredentials("ak", "sk", "session-token")
    added = AkSkAuthenticator(credentials, clock=ManualClock()).authenticate(_request("GET", "h", "/", [], {}, b""))
    assert added["x-security-token"] == "session-token"
    assert "SignedHeaders=host;x-sdk-date;x-security-token," in added["authorization"]


def test_an_announced_payload_hash_is_taken_as_it_is() -> None:
    announced = {"x-sdk-content-sha256": "UNSIGNED-PAYLOAD"}
    assert canonical_request("PUT", "/", [], announced, b"body").endswith("\nUNSIGNED-PAYLOAD")
    assert canonical_request("PUT", "/", [], announced, b"").endswith(hashlib.sha256(b"").hexdigest())


def test_there_is_no_second_try_with_the_same_key() -> None:
    assert AkSkAuthenticator(EXAMPLE, clock=ManualClock()).refresh({}) is False


def test_no_secret_in_repr() -> None:
    credentials = AccessKeyCredentials("ak", "the-secret", "the-token")
    shown = repr(credentials) + repr(AkSkAuthenticator(credentials, clock=ManualClock()))
    assert "ak" in shown
    assert "the-secret" not in shown
    assert "the-token" not in shown


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning")
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segments=st.lists(TEXT, min_size=1, max_size=4),
    query=st.dictionaries(TEXT.filter(bool), TEXT, max_size=4),
    body=st.one_of(st.just(b""), st.binary(max_size=40)),
    project_id=st.one_of(st.none(), st.just("p1")),
)
def test_it_agrees_with_the_official_library(
    method: str, segments: list[str], query: dict[str, str], body: bytes, project_id: str | None
) -> None:
    path = "/" + "/".join(segments)
    headers = {"content-type": JSON, "x-sdk-date": "20240321T000000Z"}
    if project_id:
        headers["x-project-id"] = project_id
    theirs = SdkRequest(
        method=method,
        schema="https",
        host=CLOUD,
        resource_path=quote(path),
        query_params=list(query.items()),
        header_params={"Host": CLOUD, **headers},
        body=body,
    )
    official.Signer(BasicCredentials(EXAMPLE.access_key, EXAMPLE.secret_key, "p1")).sign(theirs)
    authenticator = AkSkAuthenticator(EXAMPLE, clock=_clock(headers["x-sdk-date"]), project_id=project_id)
    ours = authenticator.authenticate(_request(method, CLOUD, path, list(query.items()), {"content-type": JSON}, body))
    assert ours["authorization"] == theirs.header_params["Authorization"]
