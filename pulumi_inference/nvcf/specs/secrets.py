"""What is secret in the bodies of calls, beside what resources declare."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import Spec, field


class SecretBody(Spec):
    """A secret as the API is sent it; no answer has its value."""

    name: str = field(description="Name.", source="function-creation")
    value: Any = field(description="Text or JSON object.", source="function-creation", secret=True)
