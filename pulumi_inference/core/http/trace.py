"""The request trace: one JSON line per try, with secrets replaced, appended to the file that the user names."""

import errno
import json
import os
import stat
import threading
from collections.abc import Callable, Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.redact import Redactor, hidden

TRACE_VARIABLE = "PULUMI_INFERENCE_TRACE"
MAX_BODY = 65536


class Trace:
    """Appends records to a file that only its owner reads. Safe for threads and for several processes.

    A line is one write in append mode.
    """

    def __init__(self, path: str | Path, redactor: Redactor, secret_members: Set[str] = frozenset()) -> None:
        """``secret_members`` are the names in bodies whose values nobody is to see, known as secrets or not.

        Raises ConfigurationError when the file cannot be written, or is a symbolic link.
        """
        self._path = Path(path).expanduser()
        self._redactor = redactor
        self._secret_members = secret_members
        self._lock = threading.Lock()
        try:
            self._append(b"")
        except OSError as error:
            reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise ConfigurationError(
                f"{TRACE_VARIABLE}: cannot write {self._path}: {reason}",
                next_step=f"Name a file in a folder that exists and that you may write to, or unset {TRACE_VARIABLE}.",
            ) from None

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], redactor: Redactor, secret_members: Callable[[], Set[str]] = frozenset
    ) -> "Trace | None":
        """The trace that ``PULUMI_INFERENCE_TRACE`` asks for, or None."""
        path = environ.get(TRACE_VARIABLE, "").strip()
        return cls(path, redactor, secret_members()) if path else None

    def write(
        self,
        *,
        time: float,
        attempt: int,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        duration: float,
        status: int | None = None,
        request_id: str | None = None,
        answer: bytes | None = None,
        error: str | None = None,
        hides_answer: bool = False,
    ) -> None:
        """Append one try; times in seconds. A full disk loses the line, never the operation.

        With ``hides_answer`` nothing of it is written but its length: it is a secret as a whole, in whatever form.
        """
        record = {
            "time": datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds"),
            "attempt": attempt,
            "method": method,
            "url": self._redactor.redact(url),
            "headers": self._redactor.redact_mapping(headers),
            "body": self._body(body),
            "status": status,
            "request_id": request_id,
            "duration": round(duration, 4),
            "answer": f"<{len(answer)} bytes, secret>" if answer and hides_answer else self._body(answer or b""),
            "error": self._redactor.redact(error) if error else None,
        }
        line = json.dumps({key: value for key, value in record.items() if value is not None}, ensure_ascii=False)
        try:
            self._append(line.encode() + b"\n")
        except OSError:
            return

    def _body(self, body: bytes) -> Any:
        if not body:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"<{len(body)} bytes>"
        if len(text) > MAX_BODY:
            return f"<{len(body)} bytes, too long for the trace>"
        try:
            value = parse_json(text)
        except ValueError:
            # What is cut off or malformed may still have a secret in it that only its name tells.
            is_secret = any(name in text for name in self._secret_members)
            return f"<{len(body)} bytes, not JSON>" if is_secret else self._redactor.redact(text)
        return self._redactor.redact_value(hidden(value, self._secret_members))

    def _append(self, data: bytes) -> None:
        with self._lock:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, 0o600)
            try:
                mode = os.fstat(descriptor).st_mode
                # Windows has no such rights, and tells modes all the same.
                if stat.S_ISREG(mode) and mode & 0o077 and os.name == "posix":
                    os.fchmod(descriptor, 0o600)
                os.write(descriptor, data)
            finally:
                os.close(descriptor)
