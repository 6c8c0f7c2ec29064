"""Every documented error code: its class, what it tells a user to do, and whether the request is sent again."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.error_codes import BY_CODE
from pulumi_inference.modelarts.errors import (
    ERRORS,
    BalanceError,
    NoResourcesError,
    NotAuthorisedError,
    QuotaExceededError,
)

# The whole table of reference/modelarts.md, section 11, by HTTP status: class, then its numbers.
DOCUMENTED: dict[int, dict[type[ApiError], str]] = {
    400: {
        BadRequestError: """0101 0102 0104 0107 0204 0210 2787 2788 3514 3515 3516 3518 3519 3525 3529 3533 3534 3540
            3547 3551 3562 3567 3568 3572 3573 3574 3583 3584 3585 3586 3587 3588 3589 3592 3593 3594 3595 3596 3598
            3610 3612 3613 3822 3953 3015 3016 3017 3029 3034 3036 3037 3039 3040 3041""",
        QuotaExceededError: "0118 3520 3521 3522 3561 3856 3857",
        NoResourcesError: "3952 3976",
    },
    401: {
        AuthenticationError: "0201 0202 0203 0204 0205 0206 0207 0208 0212",
        NotAuthorisedError: "0428 3801",
    },
    403: {
        PermissionDeniedError: "0108 0112 0203 0206 0210",
        NotAuthorisedError: "2785",
        BalanceError: "4116 4118",
    },
    404: {NotFoundError: "3502 3507 3001 3019 3021"},
    409: {ConflictError: "3503 3002"},
    413: {BadRequestError: "4104"},
    429: {RateLimitError: "2799 4206"},
    500: {ServerError: "0010 3501 3504 3505 3506 3508 3006 3301 3009"},
}


def documented() -> Iterator[tuple[int, str, type[ApiError]]]:
    """Status, number and class of each code."""
    for status, classes in DOCUMENTED.items():
        for expected, numbers in classes.items():
            for number in numbers.split():
                yield status, number, expected


CODES = list(documented())
each_code = pytest.mark.parametrize(("status", "number", "expected"), CODES, ids=str)

# What may be over at the next try ("Retry advice"). A code that is not here fails in the same way again.
PASSING = {(429, "2799"), (429, "4206"), (500, "0010")}


class Refusal:
    """A ModelArts that refuses every request alike, and keeps their methods."""

    def __init__(self, status: int, body: object) -> None:
        self.status, self.body = status, body
        self.methods: list[str] = []
        http = HttpClient(
            "http://modelarts.example.com",
            clock=ManualClock(),
            cancelled=threading.Event(),
            redactor=Redactor(),
            parse_error=ERRORS.parse_error,
            transport=httpx.MockTransport(self.answer),
        )
        self.client = ModelArtsClient(http, "p1")

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        return httpx.Response(self.status, json=self.body, headers={"X-Request-Id": "r-1"})

    def error(self, method: str) -> ApiError:
        """The error of a read, of the start of a service, or of a create."""
        calls: dict[str, Callable[[], object]] = {
            "GET": lambda: self.client.get_service("s"),
            "PUT": lambda: self.client.update_service("s", {"status": "running"}),
            "DELETE": lambda: self.client.delete_service("s"),
            "POST": lambda: self.client.create_service({}),
        }
        with pytest.raises(ApiError) as caught:
            calls[method]()
        return caught.value


def refusal(status: int, code: str, message: str = "The cloud's own words.") -> Refusal:
    return Refusal(status, {"error_code": code, "error_msg": message})


def test_the_table_has_every_documented_code_and_no_other() -> None:
    assert {(status, number) for status, number, _ in CODES} == set(BY_CODE)
    assert len(CODES) == len(set(CODES)) == 101


@each_code
def test_class_and_next_step(status: int, number: str, expected: type[ApiError]) -> None:
    error = refusal(status, f"ModelArts.{number}").error("GET")
    assert type(error) is expected
    assert error.code == f"ModelArts.{number}"
    assert error.next_step and error.next_step.endswith(".")
    assert "The cloud's own words." in error.headline()
    assert str(error).splitlines()[-2:] == ["  request id r-1", f"  {error.next_step}"]


@each_code
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_what_may_pass_is_asked_again(status: int, number: str, expected: type[ApiError], method: str) -> None:
    cloud = refusal(status, f"ModelArts.{number}")
    error = cloud.error(method)
    assert (error.attempts > 1) is ((status, number) in PASSING)
    assert cloud.methods == [method] * error.attempts


@each_code
def test_a_create_is_sent_again_only_when_it_was_turned_away_at_the_door(
    status: int, number: str, expected: type[ApiError]
) -> None:
    cloud = refusal(status, f"ModelArts.{number}")
    error = cloud.error("POST")
    assert (error.attempts > 1) is (status == 429)
    assert cloud.methods == ["POST"] * error.attempts


@pytest.mark.parametrize(("status", "attempts"), [(500, 1), (502, 1), (503, 2), (504, 1)])
def test_failures_without_a_code(status: int, attempts: int) -> None:
    read, create = Refusal(status, {}), Refusal(status, {})
    assert type(read.error("GET")) is type(create.error("POST")) is ServerError
    assert len(read.methods) > 1
    assert (len(create.methods) > 1) is (attempts > 1)


@pytest.mark.parametrize("prefix", ["APIG", "APIGW"])
@pytest.mark.parametrize(
    ("tail", "advice"),
    [
        ("x-auth-token not found", "Check the credentials"),
        ("decrypt token fail", "Check the credentials"),
        ("token expires, expires_at: 2024-03-22T09:05:22Z", "Run the command again; check this machine's clock."),
        ("verify aksk signature fail", "Check the secret key, and this machine's clock"),
        ("Get secretKey failed,ak:AK,err:ak not exist", "Check the access key"),
        ("AK access failed to reach the limit,forbidden", "Wait five minutes."),
    ],
)
def test_the_gateways_refusals_are_told_apart_by_their_last_words(prefix: str, tail: str, advice: str) -> None:
    cloud = refusal(401, f"{prefix}.0301", f"Incorrect IAM authentication information: {tail}")
    error = cloud.error("GET")
    assert type(error) is AuthenticationError
    assert error.next_step and error.next_step.startswith(advice)
    assert cloud.methods == ["GET"], "five failures in a row lock the key"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504])
def test_a_code_that_nobody_knows_still_has_a_next_step(status: int) -> None:
    assert refusal(status, "ModelArts.9999").error("GET").next_step


@pytest.mark.parametrize(
    ("status", "number", "words"),
    [
        (401, "0428", "Authorise ModelArts"),
        (403, "2785", "Authorise ModelArts"),
        (401, "0203", "Check the credentials"),
        (403, "0203", "Check the credentials"),
        (401, "0206", "Check the credentials"),
        (403, "0206", "Check the credentials"),
        (400, "0210", "region and project id belong together"),
        (403, "0210", "region and project id belong together"),
        (403, "4116", "Settle the account's balance"),
        (403, "4118", "Settle the account's balance"),
    ],
)
def test_refused_authorisation_says_what_is_missing(status: int, number: str, words: str) -> None:
    next_step = refusal(status, f"ModelArts.{number}").error("POST").next_step
    assert next_step and words in next_step


PAGE = Path(__file__).resolve().parents[3] / "docs" / "errors.md"


@pytest.mark.parametrize("expected", sorted({expected.__name__ for _, _, expected in CODES}))
def test_the_documentation_has_every_class(expected: str) -> None:
    assert f"\n## {expected}\n" in PAGE.read_text(encoding="utf-8")


def test_the_documentation_has_a_row_for_every_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d{3}) \| ([`\d, ]+) \| (.*) \| (.*) \|$", page, re.MULTILINE)
    told = {
        (int(status), number): (meaning, next_step)
        for status, numbers, meaning, next_step in rows
        for number in re.findall(r"\d+", numbers)
    }
    assert told == {code: (one.meaning, one.next_step) for code, one in BY_CODE.items()}
