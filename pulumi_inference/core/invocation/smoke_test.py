"""The smoke test of a deployed thing: asked until the answer is as expected, or the attempts are used up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pulumi_inference.core.errors import CancelledError, InferenceError, ResponseError
from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.normalise import whole_numbers
from pulumi_inference.core.invocation.bodies import JSON_TYPE, TEXT_TYPE
from pulumi_inference.core.invocation.calls import Call, InvokeResult, Tell, send, shortened
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.lifecycle.waiting import parse_duration
from pulumi_inference.core.redact import is_secret_name

MOST_MISMATCHES = 5
LONGEST_VALUE = 80


def run_smoke_test(
    find: Callable[[], Endpoint], test: Mapping[str, Any], environment: Environment, *, deadline: float, progress: Tell
) -> str | None:
    """Sends the request of a normalised `SmokeTest` until its answer is as expected; answers None then.

    Otherwise answers why the last attempt failed, in several lines: what was expected, and the answer itself. A
    platform that does not let the request through (a gateway that does not know the new service yet, a broken
    connection) is a failed attempt as well, and so is an endpoint that `find` does not find. At `deadline`, a moment
    of the environment's clock, the last attempt is over: none begins that could not end before it, and no pause.

    Raises:
        CancelledError: the user stopped it.
    """
    call, clock = _call(test), environment.clock
    environment.redactor.add(*(value for name, value in call.headers.items() if is_secret_name(name)))
    attempts, interval = test["attempts"], parse_duration(test["interval"])
    end, reason = "failed after 1 attempt" if attempts == 1 else f"failed after {attempts} attempts", ""
    for attempt in range(1, attempts + 1):
        pause = interval if attempt > 1 else 0.0
        left = deadline - clock.monotonic() - pause
        if left <= 0:
            end = f"ran out of time after {attempt - 1} of {attempts} attempts (see timeouts)"
            break
        if pause and clock.wait(pause, environment.cancelled):
            raise CancelledError
        progress(f"smoke test: attempt {attempt} of {attempts}")
        reason = _attempt(find, replace(call, timeout=min(call.timeout, left)), test, progress)
        if not reason:
            progress("smoke test passed")
            return None
    text = f"the smoke test ({call.method} {call.path or '/'}) {end}" + (f": {reason}" if reason else "")
    return environment.redactor.clean(text)


def _call(test: Mapping[str, Any]) -> Call:
    body = whole_numbers(test.get("body"))
    is_text = isinstance(body, str)
    content = b"" if body is None else (body if is_text else json.dumps(body, ensure_ascii=False)).encode()
    headers = {name.lower(): value for name, value in (test.get("headers") or {}).items()}
    if content:
        headers.setdefault("content-type", TEXT_TYPE if is_text else JSON_TYPE)
    method = test.get("method") or ("POST" if content else "GET")
    return Call(content, test["path"], method, headers, parse_duration(test["timeout"]))


def _attempt(find: Callable[[], Endpoint], call: Call, test: Mapping[str, Any], progress: Tell) -> str:
    """Why one attempt failed; "" when it did not."""
    try:
        answer = send(find(), call, progress)
    except CancelledError:
        raise
    except InferenceError as error:
        return str(error)
    mismatches = list(_mismatches(answer, test))
    if not mismatches:
        return ""
    more = [f"and {len(mismatches) - MOST_MISMATCHES} more"] if len(mismatches) > MOST_MISMATCHES else []
    kind = answer.headers.get("content-type", "no content type")
    shown = [*mismatches[:MOST_MISMATCHES], *more, f"the answer (HTTP {answer.status}, {kind}):", _body(answer)]
    return "\n  ".join(shown)


def _body(answer: InvokeResult) -> str:
    return shortened(answer.text) if answer.body else "(empty)"


def _mismatches(answer: InvokeResult, test: Mapping[str, Any]) -> Iterator[str]:
    """What is not as expected; the body of an answer with another status is not looked at."""
    if answer.status != test["expect_status"]:
        yield f"expected was HTTP {test['expect_status']}, not {answer.status}"
        return
    subset, schema = test.get("expect_json"), test.get("expect_schema")
    if subset is None and schema is None:
        return
    try:
        document = answer.json()
    except ResponseError:
        yield "expected was JSON"
        return
    if subset is not None:
        yield from _subset_mismatches(whole_numbers(subset), document)
    if schema is not None:
        yield from _schema_mismatches(whole_numbers(schema), document)


def _subset_mismatches(expected: Any, found: Any, path: paths.Path = ()) -> Iterator[str]:
    """Where an answer differs from what it has to hold: members that nobody named may be anything."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, value in expected.items():
            if name in found:
                yield from _subset_mismatches(value, found[name], (*path, name))
            else:
                yield f"expect_json: {_where((*path, name))} is missing"
    elif not _same(expected, found):
        yield f"expect_json: {_where(path)} must be {_shown(expected)}, not {_shown(found)}"


def _schema_mismatches(schema: Any, document: Any) -> Iterator[str]:
    import jsonschema  # slow to load, and needed only for tests with a schema
    from referencing.exceptions import Unresolvable

    try:
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
            yield f"expect_schema: {_where(tuple(error.absolute_path))}: {_cut(error.message)}"
    except (Unresolvable, RecursionError) as error:
        yield f"expect_schema: cannot be applied to the answer ({type(error).__name__}): {_cut(str(error))}"


def _same(expected: Any, found: Any) -> bool:
    """Equality as JSON means it: 1 is 1.0, but true is not 1."""
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(_same, expected, found))
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(_same(value, found[name]) for name, value in expected.items())
    return isinstance(expected, bool) == isinstance(found, bool) and bool(expected == found)


def _where(path: paths.Path) -> str:
    return paths.render(path) or "the answer"


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
