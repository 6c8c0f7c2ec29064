"""The names of container images (the grammar of the distribution project, and what nvcr.io takes of it)."""

from __future__ import annotations

import re

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?)"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<name>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>[A-Za-z0-9]+:[0-9a-fA-F]{32,}))?"
)


def problem_of(image: str) -> str | None:
    """What is wrong with the name of an image; None when nothing is."""
    found = _REFERENCE.fullmatch(image)
    if found is None:
        if "://" in image:
            return "is the name of an image, not a URL: write it without https://"
        return 'must be the name of an image, such as "nvcr.io/ORG/NAME:TAG": lower case, with a tag or a digest'
    if (found["host"] or "").endswith("nvcr.io") and found["tag"] and found["digest"]:
        return "has a tag and a digest; NVCF takes only one of them from nvcr.io"
    return None


def is_moving(image: str) -> bool:
    """Whether an image is named without a tag or digest, so that it may be another one tomorrow."""
    found = _REFERENCE.fullmatch(image)
    return found is not None and not found["tag"] and not found["digest"]
