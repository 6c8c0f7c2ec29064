"""Where this package was installed from, so that others are told to install what can be installed.

It is on no index yet. Its bare name is nobody's there, so nobody is told to install it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NAME = "pulumi-inference"
GET_IT = "build its wheel in a checkout (`make venv`, then `.venv/bin/python -m build --wheel`) and install that file"


def requirement(extra: str = "") -> str | None:
    """A requirement that pip can install, by what was recorded at installation; None when that is not known.

    It names a wheel, a checkout or a commit: `pulumi-inference @ file:///…`.
    """
    url = _url()
    return f"{NAME}{f'[{extra}]' if extra else ''} @ {url}" if url else None


def how_to_install(python: str, extra: str = "") -> str:
    """What a user does so that this Python has the package that is running here."""
    known = requirement(extra)
    return f"{python} -m pip install '{known}'" if known else GET_IT


def _url() -> str | None:
    """The source of the installed package, as the field's standard records it (`direct_url.json`)."""
    # Slow to load, and hardly a command asks.
    from importlib import metadata
    from urllib.request import url2pathname

    try:
        recorded = metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    if not recorded:
        return None
    source: dict[str, Any] = json.loads(recorded)
    url = str(source["url"])
    if url.startswith("file:") and not Path(url2pathname(urlsplit(url).path)).exists():
        return None
    version = source.get("vcs_info")
    if version:
        url = f"{version['vcs']}+{url}@{version['commit_id']}"
    folder = source.get("subdirectory")
    return f"{url}#subdirectory={folder}" if folder else url
