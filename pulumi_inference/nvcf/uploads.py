"""The content of an asset on its way to the storage, at an address that is as good as a key."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pulumi_inference.core.errors import ApiError, InferenceError, ResponseError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Body, Due
from pulumi_inference.core.http.proxies import is_loopback
from pulumi_inference.core.redact import Redactor

UPLOAD_SECONDS = 30 * 60.0
"""Seconds that one try may take: the address is good for 35 minutes."""

LARGEST = 5 * 2**30
"""Bytes that an asset may have."""

_SHORTEST_SECRET = 16


def upload(
    http: HttpClient, redactor: Redactor, url: str, content: Body, *, content_type: str, description: str
) -> str | None:
    """Sends the content to the storage, without our key, and answers the request's id.

    Args:
        http: the client of the API that has answered the address.
        redactor: learns what is secret in the address.
        url: the address.
        content: what is sent.
        content_type: media type, just as the asset has it.
        description: description, just as the asset has it.

    Raises:
        ResponseError: the address is none that anything may be sent to.
        InferenceError: the storage refuses.
    """
    parts, own = urlsplit(url), urlsplit(http.base_url)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and (is_loopback(parts.hostname or "") or parts.netloc == own.netloc)
    )
    if not is_safe or not parts.hostname or parts.username is not None:
        raise ResponseError("the address that NVCF says to upload to is no https address", next_step=_STEP)
    params = parse_qsl(parts.query, keep_blank_values=True)
    redactor.add(*(value for _name, value in params if len(value) >= _SHORTEST_SECRET))
    storage = http.elsewhere(f"{parts.scheme}://{parts.netloc}").within(UPLOAD_SECONDS)
    try:
        return storage.request(
            "PUT",
            quote(unquote(parts.path)) or "/",
            params=params,
            content=content,
            headers={"content-type": content_type, "x-amz-meta-nvcf-asset-description": description},
            due=Due.ANYTHING,
        ).request_id
    except ApiError as error:
        raise InferenceError(
            f"the storage at {parts.hostname} refuses the upload (HTTP {error.status})",
            details=[f"request id {error.request_id}"] if error.request_id else [],
            next_step="Run the command again: the address is good for 35 minutes, and a new one is asked for.",
        ) from None
    finally:
        storage.close()


_STEP = "Check invocation_endpoint; if it is right, ask NVIDIA's support."
