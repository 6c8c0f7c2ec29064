"""Request signing with an access key pair: SDK-HMAC-SHA256 (reference/modelarts.md, section 3)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.http.exchange import WireRequest

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "x-sdk-date"
PAYLOAD_HEADER = "x-sdk-content-sha256"


@dataclass(frozen=True)
class AccessKeyCredentials:
    """An access key and its secret key; ``security_token`` belongs to temporary pairs."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def canonical_request(
    method: str, path: str, query: Sequence[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> str:
    """The canonical request (3.2).

    ``path`` is percent-decoded; ``headers`` are those to sign, host included, with lower-case names.
    """
    names = sorted(headers)
    return "\n".join(
        [
            method.upper(),
            _canonical_uri(path),
            "&".join(f"{_quote(name)}={_quote(value)}" for name, value in sorted(query)),
            "".join(f"{name}:{headers[name].strip()}\n" for name in names),
            ";".join(names),
            _payload_hash(headers, body),
        ]
    )


def signature(secret_key: str, date: str, canonical: str) -> str:
    """The signature (3.3) of a canonical request made at ``date`` (the value of X-Sdk-Date)."""
    text = "\n".join([ALGORITHM, date, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


class AkSkAuthenticator:
    """Signs requests; names the project in them when it is given one."""

    def __init__(self, credentials: AccessKeyCredentials, *, clock: Clock, project_id: str | None = None) -> None:
        self._credentials = credentials
        self._clock = clock
        extra = {"x-project-id": project_id, "x-security-token": credentials.security_token}
        self._extra = {name: value for name, value in extra.items() if value is not None}

    def __repr__(self) -> str:
        return f"AkSkAuthenticator({self._credentials!r})"

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:
        """X-Sdk-Date and Authorization, with X-Project-Id and X-Security-Token where they are known."""
        date = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        added = {**self._extra, DATE_HEADER: date}
        signed = {"host": request.host, **added}
        for name in ("content-type", PAYLOAD_HEADER):
            if name in request.headers:
                signed[name] = request.headers[name]
        canonical = canonical_request(request.method, request.path, request.query, signed, request.body)
        names = ";".join(sorted(signed))
        value = signature(self._credentials.secret_key, date, canonical)
        access = self._credentials.access_key
        added["authorization"] = f"{ALGORITHM} Access={access}, SignedHeaders={names}, Signature={value}"
        return added

    def refresh(self, rejected: Mapping[str, str]) -> bool:  # noqa: ARG002 - the protocol's parameter
        """Never: a second signature by the same key is no better, and five wrong ones lock the key."""
        return False


def _canonical_uri(path: str) -> str:
    uri = "/".join(_quote(segment) for segment in path.split("/"))
    return uri if uri.endswith("/") else uri + "/"


def _quote(text: str) -> str:
    return quote(text, safe="-_.~")


def _payload_hash(headers: Mapping[str, str], body: bytes) -> str:
    if body and PAYLOAD_HEADER in headers:
        return headers[PAYLOAD_HEADER]
    return hashlib.sha256(body).hexdigest()
