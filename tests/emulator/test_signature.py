"""The signature by the four vectors of modelarts.md section 3.4 and by Huawei's own signer."""

import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from pulumi_inference.emulator.huaweicloud import signature
from pulumi_inference.emulator.messages import Request

JSON = {"content-type": "application/json;charset=UTF-8"}
SERVICES = "https://modelarts.cn-north-4.myhuaweicloud.com/v1/p1/services"
PUBLISHED_URL = (
    "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
    "?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"
)
BODY = b'{"service_name":"a","infer_type":"real-time","config":[]}'

VECTORS = [
    (
        "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
        ("GET", PUBLISHED_URL, {"content-type": "application/json", "x-sdk-date": "20191115T033655Z"}, b""),
        "content-type;host;x-sdk-date",
        "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
        "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
    ),
    (
        "example-secret-key",
        (
            "GET",
            f"{SERVICES}?service_name=a+b%2F%E4%B8%AD&limit=10&offset=0&tags=",
            {**JSON, "x-sdk-date": "20240321T000000Z"},
            b"",
        ),
        "content-type;host;x-sdk-date",
        "de91d08394d0a22aefdfd16e784cb2b456c840fed525018115b8ca7e54a0e824",
        "53e7f0298aa763960b81bab4d584cc0f8d23e61173e1d119deb37bf5ec7c2256",
    ),
    (
        "example-secret-key",
        ("POST", SERVICES, {**JSON, "x-project-id": "p1", "x-sdk-date": "20240321T000000Z"}, BODY),
        "content-type;host;x-project-id;x-sdk-date",
        "bf1ad172c8246ee3f0c5fe943714fada1b6d6069d9419cb20d250072716728cb",
        "338382b763488f6e53bb5ad9af1b36ff4b67aabebe3975ca76581a24af130959",
    ),
    (
        "example-secret-key",
        ("DELETE", "http://127.0.0.1:8080/v1/p1/services/id-1,id-2", {"x-sdk-date": "20240321T000000Z"}, b""),
        "host;x-sdk-date",
        "aeb074f4a53376a003e032037d4b681f2984e7396ea9eeece0618870544812f6",
        "c87e109bf7485999c8c56fceacb05879ff6d6a0d2cd4ec0997f7084b27087455",
    ),
]


def request_of(method: str, url: str, headers: dict[str, str], body: bytes) -> Request:
    parts = urlsplit(url)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Request(method, parts.path, query, headers, body, parts.netloc, parts.scheme)


@pytest.mark.parametrize(("secret", "sent", "signed", "digest", "expected"), VECTORS, ids=["1", "2", "3", "4"])
def test_vector(
    secret: str, sent: tuple[str, str, dict[str, str], bytes], signed: str, digest: str, expected: str
) -> None:
    request = request_of(*sent)
    names = tuple(signed.split(";"))
    canonical = signature.canonical_request(request, names)
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    assert signature.sign(request, names, secret) == expected
    assert signature.verify(request, signature.Authorization("AK", names, expected), secret)
    assert not signature.verify(request, signature.Authorization("AK", names, expected), f"{secret}x")


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body"),
    [
        ("GET", "/v1/p/services", [("service_name", "a b/中~*"), ("tags", ""), ("limit", "5")], JSON, b""),
        ("GET", "/v1/p/services", [("b", "2"), ("a", "2"), ("a", "1"), ("A", "3")], {}, b""),
        ("DELETE", "/v1/p/services/a,b", [], {}, b""),
        ("PUT", "/v1/p/services/a+b c/中", [], JSON, b'{"status":"stopped"}'),
        ("POST", "/v1/infers/x/", [], {"content-type": "text/plain"}, b"not json"),
        ("POST", "/v1/infers/x", [], {**JSON, "x-sdk-content-sha256": "UNSIGNED-PAYLOAD"}, b"{}"),
        ("POST", "/v1/p/services", [], {**JSON, "x-security-token": "temporary", "x-project-id": "p"}, b"{}"),
    ],
)
def test_agrees_with_the_official_signer(
    method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], body: bytes
) -> None:
    sent = SdkRequest(
        method=method,
        schema="https",
        host="modelarts.example.com",
        resource_path=path,
        query_params=query,
        header_params={**headers},
        body=body,
    )
    Signer(BasicCredentials("AK", "SK", "p")).sign(sent)
    lowered = {name.lower(): value for name, value in sent.header_params.items()}
    request = Request(method, path, tuple(query), lowered, body, "modelarts.example.com")
    authorization = signature.parse_authorization(lowered["authorization"])
    assert authorization is not None
    assert authorization.access_key == "AK"
    assert signature.verify(request, authorization, "SK")


def test_raw_path_is_decoded_before_it_is_encoded() -> None:
    plain = Request("GET", "/v1/p/services/a,b", headers={"x-sdk-date": "20240321T000000Z"}, host="h")
    encoded = Request("GET", "/v1/p/services/a%2cb", headers={"x-sdk-date": "20240321T000000Z"}, host="h")
    assert signature.sign(plain, ("host", "x-sdk-date"), "SK") == signature.sign(encoded, ("host", "x-sdk-date"), "SK")


def test_date_has_to_be_signed() -> None:
    request = Request("GET", "/v1/p/services", headers={"x-sdk-date": "20240321T000000Z"}, host="h")
    right = signature.sign(request, ("host",), "SK")
    assert not signature.verify(request, signature.Authorization("AK", ("host",), right), "SK")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=a, SignedHeaders=h",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=h, Signature=s",
        "V11-HMAC-SHA256 Access=a, SignedHeaders=h, Signature=s",
        "Bearer x",
    ],
)
def test_malformed_header(header: str) -> None:
    assert signature.parse_authorization(header) is None
