"""What all answers of ModelArts v2 have in common."""

from __future__ import annotations

from pulumi_inference.core.fields.record import Record


class ModelArtsRecord(Record):
    """Base of what ModelArts answers."""

    answered_by = "ModelArts"
