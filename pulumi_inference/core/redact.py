"""Secrets stay out of everything that is shown or written: errors, traces, logs."""

import json
import re
import threading
from collections.abc import Iterable, Mapping, Set
from typing import Any
from urllib.parse import quote, quote_plus

from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.texts import neutral

MASK = "[secret]"

_SECRET_NAME = re.compile(
    r"(authorization|cookie|password|passwd|passcode|secret|secretkey|apikey|privatekey|credential|token)s?$"
)
_COUNTED_TOKENS = re.compile(r"tokens$")
_SHORT = 4


def is_secret_name(name: str) -> bool:
    """Whether a field or header of this name holds a secret (``X-Auth-Token``, ``password``, ``secretKey``)."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    return bool(_SECRET_NAME.search(plain)) and not _COUNTED_TOKENS.search(plain)


class Redactor:
    """Knows the secret values of this process and replaces them by ``[secret]``. Safe for threads.

    A value of fewer than four characters is replaced in running text only where it stands in quotes, because ``1``
    is in every text; as a whole value in a mapping it is replaced always.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self._is_stale = False
        self.add(*secrets)

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} values)"

    def add(self, *secrets: str) -> None:
        """Learn more secret values; empty ones are ignored."""
        with self._lock:
            new = {secret for secret in secrets if secret} - self._values
            if new:
                self._values |= new
                self._is_stale = True

    def redact(self, text: str) -> str:
        """The text with every known secret replaced, also in its JSON and URL spelling."""
        with self._lock:
            # Made when it is needed: one for each secret that is learnt would take seconds with some hundred of them.
            if self._is_stale:
                self._pattern, self._is_stale = _pattern(self._values), False
            pattern = self._pattern
        return pattern.sub(MASK, text) if pattern else text

    def clean(self, text: str) -> str:
        """The text as it may be shown: without secrets, and neutral."""
        return neutral(self.redact(text))

    def redact_value(self, value: Any) -> Any:
        """A copy of a JSON value with secrets replaced, by name and by value."""
        if isinstance(value, str):
            return MASK if value in self._values else self.redact(value)
        if isinstance(value, Mapping):
            return self.redact_mapping(value)
        if isinstance(value, list | tuple):
            return [self.redact_value(item) for item in value]
        return value

    def redact_mapping(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of headers or of a JSON object with secrets replaced, by name and by value."""
        return {name: self._redact_member(name, value) for name, value in mapping.items()}

    def _redact_member(self, name: str, value: Any) -> Any:
        is_scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
        if is_scalar and value != "" and is_secret_name(name):
            return MASK
        return self.redact_value(value)


def hidden(value: Any, names: Set[str]) -> Any:
    """A copy of a JSON value in which all that stands under one of these names is ``[secret]``, at any depth."""
    if isinstance(value, Mapping):
        return {name: _masked(one) if name in names else hidden(one, names) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(one, names) for one in value]
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["} and any(name in value for name in names):
        try:
            return json.dumps(hidden(parse_json(value), names), ensure_ascii=False)
        except ValueError:
            return MASK
    return value


def _masked(value: Any) -> Any:
    """A copy whose names are seen, and none of its values."""
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return value if value is None or value == "" else MASK


def _pattern(values: Iterable[str]) -> re.Pattern[str]:
    """One expression for all values in all spellings; the longest wins where one contains another."""
    spellings = {spelling for value in values for spelling in _spellings(value)}
    return re.compile("|".join(sorted(map(_expression, spellings), key=len, reverse=True)))


def _spellings(value: str) -> set[str]:
    return {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(value, safe="", errors="surrogatepass"),
        quote_plus(value, safe="", errors="surrogatepass"),
    }


def _expression(spelling: str) -> str:
    escaped = re.escape(spelling)
    return escaped if len(spelling) >= _SHORT else rf"""(?<=["']){escaped}(?=["'])"""
