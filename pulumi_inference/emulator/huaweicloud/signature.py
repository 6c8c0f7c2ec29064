"""SDK-HMAC-SHA256 as the server sees it (modelarts.md section 3): recompute from the raw request and compare."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from ..messages import Request

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The three parts of the ``Authorization`` header."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


def parse_authorization(header: str) -> Authorization | None:
    """Read ``SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…``; None when it is not of that form."""
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if algorithm != ALGORITHM or set(parts) != {"Access", "SignedHeaders", "Signature"} or not all(parts.values()):
        return None
    names = tuple(name.lower() for name in parts["SignedHeaders"].split(";"))
    return Authorization(parts["Access"], names, parts["Signature"])


def signing_time(request: Request) -> float | None:
    """The ``X-Sdk-Date`` header as seconds since the epoch, None when missing or malformed."""
    try:
        moment = datetime.strptime(request.headers.get("x-sdk-date", ""), DATE_FORMAT)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()


def canonical_request(request: Request, signed_headers: tuple[str, ...]) -> str:
    """The six parts of section 3.2 for exactly the header list given."""
    headers = {"host": request.host, **request.headers}
    return "\n".join(
        (
            request.method.upper(),
            _canonical_path(request.path),
            _canonical_query(request.query),
            "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in signed_headers),
            ";".join(signed_headers),
            _body_hash(request),
        )
    )


def sign(request: Request, signed_headers: tuple[str, ...], secret_key: str) -> str:
    """The signature that the request should carry, lower-case hex."""
    digest = hashlib.sha256(canonical_request(request, signed_headers).encode()).hexdigest()
    text = f"{ALGORITHM}\n{request.headers.get('x-sdk-date', '')}\n{digest}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def verify(request: Request, authorization: Authorization, secret_key: str) -> bool:
    """Whether the signature is right; ``x-sdk-date`` must be among the signed headers."""
    if "x-sdk-date" not in authorization.signed_headers:
        return False
    expected = sign(request, authorization.signed_headers, secret_key)
    return hmac.compare_digest(expected.encode(), authorization.signature.encode())


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _canonical_path(path: str) -> str:
    encoded = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: tuple[tuple[str, str], ...]) -> str:
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in sorted(query))


def _body_hash(request: Request) -> str:
    declared = request.headers.get("x-sdk-content-sha256")
    return declared if declared and request.body else hashlib.sha256(request.body).hexdigest()
