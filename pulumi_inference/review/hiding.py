"""Secrets of a preview: what is known as one anywhere is hidden everywhere, before anything is made of it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import quote

from pulumi_inference.core.fields.paths import WILDCARD, Path, texts_at
from pulumi_inference.core.redact import MASK, Redactor
from pulumi_inference.review.reading import Diagnostic, Preview, State, Step

SecretsOf = Callable[[str], Sequence[Path]]
"""The paths of the secrets in the inputs of what has this urn."""

_GO, _PERCENT = re.compile("[<>&\u2028\u2029]"), re.compile("%[0-9A-F]{2}")
"""What Go's JSON has by its number, in which the engine and most providers are written; and what a URL may write small.
"""
_SHORTEST = 6
"""Characters of a secret that is looked for within the base64 of a longer text."""


def hidden(preview: Preview, secrets_of: SecretsOf) -> Preview:
    """The preview without its secrets, whatever they are written as and wherever else they stand.

    Names are left: those of stacks, resources, fields and keys.
    """
    known = set(preview.secrets)
    steps = [_masked_step(one, secrets_of(one.urn), known) for one in preview.steps]
    known.discard(MASK)
    if not known:
        return replace(preview, steps=steps)
    redact = cache(Redactor(spelling for one in known for spelling in _spellings(one)).redact)
    return replace(
        preview,
        steps=[replace(one, old=_redacted(one.old, redact), new=_redacted(one.new, redact)) for one in steps],
        diagnostics=[Diagnostic(one.severity, redact(one.text), one.urn) for one in preview.diagnostics],
        failure=None if preview.failure is None else redact(preview.failure),
        limits=[redact(one) for one in preview.limits],
    )


def _masked_step(step: Step, secrets: Sequence[Path], known: set[str]) -> Step:
    """The step with what stands at the paths of secrets masked, and learnt."""
    old, new = (_masked_state(side, secrets, known) for side in (step.old, step.new))
    return step if old is step.old and new is step.new else replace(step, old=old, new=new)


def _masked_state(side: State | None, secrets: Sequence[Path], known: set[str]) -> State | None:
    found = [] if side is None else _places(side, secrets)
    if side is None or not found:
        return side
    masked = {**side}
    for name, path in found:
        known.update(texts_at(side[name], path))
        masked[name] = _masked(masked[name], path)
    return masked


def _places(side: State, secrets: Sequence[Path]) -> list[tuple[str, Path]]:
    """Where secrets stand in the inputs and outputs of a state: nearly all of them nowhere.

    The outputs that Pulumi keeps secret stand under the same names in the inputs.
    """
    marked = side.get("additionalSecretOutputs")
    paths = [*secrets, *((str(one),) for one in marked)] if isinstance(marked, list) else secrets
    return [
        (name, path)
        for name in ("inputs", "outputs")
        if isinstance(values := side.get(name), Mapping)
        for path in paths
        if path[0] == WILDCARD or values.get(path[0], MASK) != MASK
    ]


def _masked(value: Any, path: Path) -> Any:
    """The value with texts and numbers at and below a path masked; names of maps are kept."""
    head, rest = (path[0], path[1:]) if path else (WILDCARD, ())
    if isinstance(value, Mapping):
        if head != WILDCARD:
            return {**value, head: _masked(value[head], rest)} if head in value else value
        return {name: _masked(one, rest) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, rest) if head in (WILDCARD, place) else one for place, one in enumerate(value)]
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return MASK if not path and is_plain else value


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: _redacted(one, redact) for name, one in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value)
        return value if redact(text) == text else MASK
    return [_redacted(one, redact) for one in value] if isinstance(value, list) else value


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it may be written, besides what a `Redactor` knows: in a path, as JSON in JSON, in base64, and as Go
    and Python write it.
    """
    as_json = json.dumps(secret)[1:-1]
    yield from (secret, quote(secret, errors="surrogatepass"), json.dumps(as_json)[1:-1], repr(secret)[1:-1])
    yield from (_GO.sub(_numbered, json.dumps(secret, ensure_ascii=is_ascii)[1:-1]) for is_ascii in (True, False))
    yield _PERCENT.sub(lambda match: match[0].lower(), quote(secret, safe="", errors="surrogatepass"))
    for text in {secret, as_json}:
        yield from _in_base64(text.encode("utf-8", "surrogatepass"))


def _numbered(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _in_base64(raw: bytes) -> Iterator[str]:
    """What it looks like there, also in the midst of another text: at each of three places."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii").rstrip("=")
        if len(raw) >= _SHORTEST:
            for before in range(3):
                # The first and the last characters also hold bits of what stands around it.
                text = encode(bytes(before) + raw).decode("ascii").rstrip("=")
                yield text[(0, 2, 3)[before] : len(text) - (1 if (before + len(raw)) % 3 else 0)]
