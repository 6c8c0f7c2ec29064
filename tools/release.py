"""Whether what is in `dist/` may be released under a tag: `python -m tools.release v1.2.3`.

The tag is the version, the changelog has a day for it, the files in `dist/` are of that version, and readers are not
told any more that there is no release.
"""

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pulumi_inference import __version__

ROOT = Path(__file__).resolve().parent.parent
NOT_RELEASED = "there is no release yet"


def find_problems(tag: str, root: Path = ROOT, version: str = __version__) -> Iterator[str]:
    """What is wrong, if anything."""
    if tag != f"v{version}":
        yield f"the tag is {tag}, and the package is {version}, so that the tag has to be v{version}"
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    days = re.findall(rf"^## \[{re.escape(version)}\] - (.+)$", changelog, re.MULTILINE)
    if len(days) != 1 or not _is_day(days[0]):
        yield f"CHANGELOG.md has no single day for {version}: {' and '.join(days) or 'no such heading'}"
    found = sorted(file.name for file in (root / "dist").glob("*"))
    wanted = [f"pulumi_inference-{version}-py3-none-any.whl", f"pulumi_inference-{version}.tar.gz"]
    if found != wanted:
        yield f"dist/ has {', '.join(found) or 'nothing'}, and not {' and '.join(wanted)}"
    told = [name for name in ("README.md", "docs/getting-started.md") if _says_so(root / name)]
    if told:
        yield f"{' and '.join(told)} still say how to do without a release"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _says_so(page: Path) -> bool:
    text = " ".join(page.read_text(encoding="utf-8").split())
    return NOT_RELEASED in text or "on no index" in text


def main() -> int:
    """1 when something is wrong, which is printed."""
    if len(sys.argv) != 2:
        print("usage: python -m tools.release TAG", file=sys.stderr)
        return 2
    problems = list(find_problems(sys.argv[1]))
    for problem in problems:
        print(f"release: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
