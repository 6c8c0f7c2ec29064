"""What names, ids and tags of NVCF are made of."""

from __future__ import annotations

UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
UUID_HINT = "must be a UUID, such as 0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01"

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$"
NAME_HINT = 'must be 1 to 48 letters, digits, "_", "." or "-", the first one a letter or a digit'
NAME_LENGTH = 48
LONGEST_SECRET = 32768

NAME_START = "[A-Za-z0-9]"

TAG = r"[A-Za-z0-9_:=-]{1,128}"
TAG_HINT = 'must be 1 to 128 letters, digits, "-", "_", ":" or "="'
