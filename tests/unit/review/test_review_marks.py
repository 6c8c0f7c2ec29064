"""What marks values in Pulumi's JSON is found however it is written, and kinds are known without loading Pulumi."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.redact import MASK
from pulumi_inference.review.reading import OUTPUT, SECRET, SIGNATURE, preview_of_events, preview_of_json
from tests.support.previews import BUCKET, UNKNOWN_TEXT, Thing, as_events, as_json

CLEAR = "s3cret-of-somebody"
BLINDED = json.dumps({SIGNATURE: SECRET, "ciphertext": "[secret]"})
"""A text in which a secret is written."""
IN_CLEAR = {SIGNATURE: SECRET, "plaintext": f'"{CLEAR}"'}
MARKED: list[tuple[Any, Any]] = [
    (UNKNOWN_TEXT, UNKNOWN),
    ([{"a": UNKNOWN_TEXT}], [{"a": UNKNOWN}]),
    (IN_CLEAR, MASK),
    ({SIGNATURE: SECRET, "ciphertext": "[secret]"}, MASK),
    ([{"a": {SIGNATURE: SECRET, "ciphertext": "v1:a/b+c="}}, IN_CLEAR], [{"a": MASK}, MASK]),
    (BLINDED, BLINDED),
    ({SIGNATURE: OUTPUT, "value": {"a": IN_CLEAR}}, {"a": MASK}),
    ({SIGNATURE: OUTPUT, "value": {"a": IN_CLEAR}, "secret": True}, MASK),
    ({SIGNATURE: OUTPUT, "value": [UNKNOWN_TEXT, 1]}, [UNKNOWN, 1]),
    ({SIGNATURE: OUTPUT}, UNKNOWN),
    ({SIGNATURE: "an asset", "text": "a"}, {SIGNATURE: "an asset", "text": "a"}),
]


@pytest.mark.parametrize("written", ["plainly", "with escapes"])
@pytest.mark.parametrize(("value", "read"), MARKED)
def test_what_is_marked_is_read_however_the_mark_is_written(value: Any, read: Any, written: str) -> None:
    things = [Thing(BUCKET, "a", "update", {"tag": 1}, program={"tag": value})]
    for render, parse in ((as_json, preview_of_json), (as_events, preview_of_events)):
        text = render(things)
        if written == "with escapes":
            for mark in (SIGNATURE, SECRET, OUTPUT, UNKNOWN_TEXT):
                text = text.replace(mark, f"{mark[:-1]}\\u{ord(mark[-1]):04x}")
        preview = parse(BytesIO(text.encode()))
        [planned] = [one for one in preview.steps if one.op == "update"]
        assert planned.new is not None
        assert planned.new["inputs"]["tag"] == read
        assert (CLEAR in preview.secrets) == (CLEAR in text)


def test_no_kind_needs_pulumi_to_be_compared() -> None:
    code = (
        "import sys; from pulumi_inference.cli.kinds import kind_named, kind_names, lifecycle_of; "
        "print(*(name for name in kind_names() if lifecycle_of(kind_named(name)) and 'pulumi' in sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded == "\n"
