"""The content of an asset on its way to the storage, at an address that is as good as a key (reference 10)."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Body, Due
from pulumi_inference.core.invocation.address import check_way

LARGEST = 5 * 2**30
"""Bytes that an asset may have."""

UPLOAD_SECONDS = 60.0
"""Seconds that the storage may say nothing while it is sent a file."""

_LARGEST_ANSWER = 2**16


def upload(http: HttpClient, url: str, content: Body, *, content_type: str, description: str) -> None:
    """Sends the content to the storage, without our key.

    Args:
        http: the client of the API that has answered the address.
        url: the address.
        content: what is sent.
        content_type: media type, just as the asset has it.
        description: description, just as the asset has it.

    Raises:
        ResponseError: the address is none that anything may be sent to.
        InferenceError: the storage refuses.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ResponseError("NVCF says to upload to an address that is none") from None
    base_url = f"{parts.scheme}://{parts.netloc}"
    params = parse_qsl(parts.query, keep_blank_values=True)
    http.redactor.add(parts.query, *(value for _name, value in params if len(value) >= 16))
    try:
        check_way(base_url, http.base_url)
    except ConfigurationError as error:
        raise ResponseError(f"NVCF says to upload to an address that nothing is sent to: {error}") from None
    storage = http.elsewhere(base_url).within(UPLOAD_SECONDS).taking(Due.ANYTHING, _LARGEST_ANSWER)
    headers = {"content-type": content_type, "x-amz-meta-nvcf-asset-description": description}
    with closing(storage):
        try:
            storage.request("PUT", quote(unquote(parts.path)), params=params, content=content, headers=headers)
        except ApiError as error:
            raise InferenceError(
                f"the storage at {parts.hostname} refuses the upload (HTTP {error.status})",
                details=[f"request id {error.request_id}"] if error.request_id else [],
                next_step="Run the command again: an address is good for 35 minutes, and a new one is asked for.",
            ) from None
