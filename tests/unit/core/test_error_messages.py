"""Errors as a user reads them."""

import copy

import pytest

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FailedStateError,
    InferenceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnableError,
    api_error_class,
)


def test_a_message_grows_contexts_in_front_and_details_below() -> None:
    error = InferenceError("no answer", details=["tried 3 times"], next_step="Try again.")
    error.add_context("while reading it").add_context("classifier-1 could not be created").add_detail("in 60 s")
    assert str(error) == (
        "classifier-1 could not be created: while reading it: no answer\n  tried 3 times\n  in 60 s\n  Try again."
    )


def test_an_api_error_says_what_was_tried_status_code_request_id_and_what_to_do() -> None:
    error = ConflictError(
        status=409,
        code="ModelArts.3503",
        message="name exists",
        request_id="r-1",
        method="POST",
        path="/v1/p/services",
        next_step="Choose another name.",
    )
    assert str(error) == (
        "POST /v1/p/services failed (HTTP 409, ModelArts.3503): name exists\n  request id r-1\n  Choose another name."
    )


def test_an_api_error_leaves_out_what_is_not_known() -> None:
    error = ServerError(status=502, code=None, message="bad gateway", request_id=None, method="GET", path="/")
    assert str(error) == "GET / failed (HTTP 502): bad gateway"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, ApiError),
        (409, ConflictError),
        (413, BadRequestError),
        (422, BadRequestError),
        (429, RateLimitError),
        (499, ApiError),
        (500, ServerError),
        (501, UnableError),
        (507, UnableError),
        (599, ServerError),
        (302, ApiError),
    ],
)
def test_the_class_follows_the_status(status: int, expected: type[ApiError]) -> None:
    assert api_error_class(status) is expected


def test_a_failed_state_quotes_reason_and_events_even_when_they_come_later() -> None:
    error = FailedStateError("classifier-1 did not deploy", state="failed", reason="no resources")
    error.events = ("start to deploy", "resources insufficient")
    error.next_step = "Correct the program."
    assert str(error).splitlines() == [
        "classifier-1 did not deploy: no resources",
        "  event: start to deploy",
        "  event: resources insufficient",
        "  Correct the program.",
    ]


def test_redaction_reaches_every_text() -> None:
    error = FailedStateError("m key", state="failed", reason="r key", events=["e key"], details=["d key"])
    error.add_context("c key")
    error.redact(lambda text: text.replace("key", "***"))
    assert "key" not in str(error)
    assert "key" not in repr(error)
    assert str(error).count("***") == 5


def test_a_copy_has_its_own_context() -> None:
    error = AuthenticationError(status=401, code=None, message="who?", request_id=None, method="GET", path="/")
    other = copy.copy(error).add_context("b")
    assert type(other) is AuthenticationError
    assert str(other) == "b: GET / failed (HTTP 401): who?"
    assert str(error) == "GET / failed (HTTP 401): who?"
