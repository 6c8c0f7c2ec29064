"""A text that acts wherever it may, and what no shown text may hold."""

from __future__ import annotations

import re

HOSTILE = (
    "\x1b[31mred\x1b[0m\r::error::x\n ::warning file=a::b\n##vso[task.setvariable]y\u202etxt.exe\x07\x9b2J<{%red%}>"
)
ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*::|##[a-z]*\[|<\{%", re.MULTILINE)
