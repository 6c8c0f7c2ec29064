"""Results that are too large for an answer: archives at an address of their own, for a while."""

import io
import zipfile
from base64 import b64decode, b64encode
from typing import Final
from uuid import uuid4

from ..messages import Response
from ..routing import Call
from .orders import Orders

PREFIX: Final = "/nvcf-storage"
LIFETIME_SECONDS: Final = 35 * 60
_KIND: Final = "nvcf.result"
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


def keep(call: Call, request_id: str, answer: Response, orders: Orders) -> str:
    """Keep a container's answer, and the files that it wrote, and say at which address they are."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(zipfile.ZipInfo(f"{request_id}.response", _OLDEST), answer.body or b"".join(answer.chunks))
        for name in file_names(orders):
            files.writestr(zipfile.ZipInfo(name, _OLDEST), f"{name} of request {request_id}\n")
    token = uuid4().hex
    document = {"archive": b64encode(archive.getvalue()).decode(), "expires": call.now + LIFETIME_SECONDS}
    call.tx.put(_KIND, token, document)
    return f"{origin(call)}{PREFIX}/results/{token}"


def file_names(orders: Orders) -> list[str]:
    """The files that were ordered, relative to the directory for output."""
    names = [name.strip().lstrip("/") for name in orders.files.split(",")]
    return [name for name in names if name and ".." not in name.split("/")]


def origin(call: Call) -> str:
    """Where the emulator was reached."""
    return f"{call.request.scheme}://{call.request.host}"


def read(call: Call) -> Response:
    """``GET`` such an address: no key is needed, and none is looked at."""
    document = call.tx.get(_KIND, call.params["token"])
    if document is None:
        return refusal(404, "NoSuchKey", "The specified key does not exist.")
    if call.now >= document["expires"]:
        return refusal(403, "AccessDenied", "Request has expired")
    return Response(200, {"Content-Type": "application/zip"}, b64decode(document["archive"]))


def refusal(status: int, code: str, message: str) -> Response:
    """An error in the words of the object storage."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, {"Content-Type": "application/xml"}, text.encode())
