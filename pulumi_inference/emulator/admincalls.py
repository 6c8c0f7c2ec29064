"""What the handlers behind the admin door share, those of the clouds included."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from .messages import ApiError, Request, parse_json


class AdminError(ApiError):
    """A request to the admin door that makes no sense."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


class RefusedError(ValueError):
    """What was asked for makes no sense; the message says why."""


def json_object(request: Request) -> dict[str, Any]:
    """The body.

    Raises:
        AdminError: it is no JSON object.
    """
    try:
        document = parse_json(request.body)
    except ValueError as error:
        raise AdminError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise AdminError("the body is not a JSON object")
    return document


def refuse_unknown(
    given: Iterable[str], known: Iterable[str], what: str = "field", error: type[RefusedError] = RefusedError
) -> None:
    """Let no misspelled name pass for one that was left out.

    Raises:
        RefusedError: of the class ``error``; one of the names is not known. The message has the nearest that is.
    """
    allowed = list(known)
    unknown = sorted(set(given) - set(allowed))
    if not unknown:
        return
    nearest = [near for name in unknown for near in get_close_matches(name, allowed, n=1)]
    hint = f"did you mean {', '.join(nearest)}?" if nearest else f"there are {', '.join(allowed) or 'none'}"
    raise error(f"no such {what}: {', '.join(unknown)}; {hint}")


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the caller got wrong into an answer.

    Raises:
        AdminError: for a :class:`RefusedError`, for the error of a cloud, and for a ``KeyError``.
    """
    try:
        yield
    except RefusedError as error:
        raise AdminError(str(error)) from error
    except AdminError:
        raise
    except ApiError as error:
        raise AdminError(error.message) from error
    except KeyError as error:
        raise AdminError(f"an item lacks {error}") from error
