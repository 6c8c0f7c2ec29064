"""The errors of the invocation plane."""

from .errors import ProblemError


class CallError(ProblemError):
    """An error of the invocation plane: a problem without a type.

    Args:
        status: HTTP status.
        detail: what is wrong; left out when empty.
    """

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(status, detail, type="")
