"""What a cloud answers, as a record of declared fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import pydantic

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.wire import from_wire


class Record(Spec):
    """Base of what a cloud answers: fields that nobody knows yet are ignored."""

    model_config = pydantic.ConfigDict(extra="ignore", strict=False)

    answered_by: ClassVar[str] = "the cloud"
    """What messages call the cloud."""

    @classmethod
    def read(cls, answer: Mapping[str, Any], what: str) -> Self:
        """An answer of the cloud as a record; `what` says in messages what it describes.

        Raises:
            ResponseError: a field is missing or of another type.
        """
        try:
            return cls.model_validate(from_wire(cls, answer))
        except pydantic.ValidationError as error:
            problems = [f"{render(one['loc'])}: {one['msg']}" for one in error.errors()]
            text = f"what {cls.answered_by} answered about {what} cannot be understood"
            raise ResponseError(text, details=problems) from None
