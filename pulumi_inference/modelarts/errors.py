"""The errors of ModelArts that programs and lifecycles tell apart (reference/modelarts.md, sections 1 and 11)."""

from pulumi_inference.core.errors import (
    ApiError,
    BadRequestError,
    PermissionDeniedError,
)
from pulumi_inference.huaweicloud.errors import ErrorCodes
from pulumi_inference.modelarts.error_codes import BY_CODE, BY_STATUS

SERVICE_NOT_FOUND = "ModelArts.3502"
SERVICE_NAME_EXISTS = "ModelArts.3503"
STATE_FORBIDS_UPDATE = "ModelArts.3519"
MODEL_NOT_FOUND = "ModelArts.3001"

_INTERNAL_ERROR = "ModelArts.0010"


class NotAuthorisedError(PermissionDeniedError):
    """The account has not let ModelArts act for it, which it has to once before the first deployment."""


class BalanceError(PermissionDeniedError):
    """The account is in arrears or suspended."""


class QuotaExceededError(BadRequestError):
    """The account has as many of something as it may have."""


class NoResourcesError(BadRequestError):
    """The cloud has no machine left for what was asked."""


_CLASSES: dict[tuple[int, str], type[ApiError]] = {
    **dict.fromkeys([(401, "0428"), (401, "3801"), (403, "2785")], NotAuthorisedError),
    **dict.fromkeys([(403, "4116"), (403, "4118")], BalanceError),
    **dict.fromkeys(
        [(400, number) for number in ("0118", "3520", "3521", "3522", "3561", "3856", "3857")], QuotaExceededError
    ),
    **dict.fromkeys([(400, "3952"), (400, "3976")], NoResourcesError),
}


ERRORS = ErrorCodes(
    prefix="ModelArts.",
    meanings=BY_CODE,
    by_status=BY_STATUS,
    classes=_CLASSES,
    gone=frozenset({SERVICE_NOT_FOUND, MODEL_NOT_FOUND}).__contains__,
    passing=frozenset({_INTERNAL_ERROR}),
)
