"""What is secret in the bodies of calls, beside what resources declare."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import Spec, field

KEY_NAME_START = "[A-Za-z0-9]"
KEY_NAME_LENGTH = 48
KEY_NAME_HINT = 'must be letters, digits, "_", "." and "-", and begin with a letter or digit'


class SecretBody(Spec):
    """A secret as the API is sent it; no answer has its value."""

    name: str = field(description="Name.", source="function-creation")
    value: Any = field(description="Text or JSON object.", source="function-creation", secret=True)


class ExecAnswer(Spec):
    """What is secret in the envelope of exec: the address of a large result is as good as a key."""

    response_reference: str = field(
        description="Address of a large result.", source="api", wire="responseReference", secret=True
    )
