"""The errors of ModelArts' v2 API (reference/modelarts-v2.md, section 2): no numbers are documented."""

from __future__ import annotations

from pulumi_inference.core.errors import ApiError, BadRequestError
from pulumi_inference.huaweicloud.errors import ADDRESS, ErrorCodes, Explanation

PREFIX = "ModelArts."

_PERMISSION = "Ask the account's administrator for the ModelArts permission that the action needs, in this project."

ERRORS = ErrorCodes(
    prefix=PREFIX,
    meanings={},
    by_status={
        403: Explanation("not allowed", _PERMISSION),
        404: Explanation("not found", f"Check the ids in the program, too. {ADDRESS}"),
        409: Explanation("", "Choose another name, or leave the name out for an automatic one."),
    },
    # A gateway's 404 has no code, or one of its own.
    gone=lambda code: code.startswith(PREFIX),
)


def says_missing(error: ApiError) -> bool:
    """Whether a 400 tells that the thing does not exist, as the texts of v2 promise it; a list has to confirm it."""
    return isinstance(error, BadRequestError) and "not exist" in error.message.lower()
