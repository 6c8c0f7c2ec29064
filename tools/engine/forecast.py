"""Says what it will take to get an engine on this machine; nothing when it is there.

The Makefile runs it before anything is installed, so with a Python that need not have the Pulumi SDK:

    python3 -m tools.engine.forecast
"""

import sys

from tools.engine import bootstrap, gobuild
from tools.engine.folders import cache_root, complete
from tools.engine.reporting import exit_code, say


def forecast() -> list[str]:
    """The lines to say."""
    names = bootstrap.allowed()
    directory, reasons = bootstrap.look(names)
    # Only the SDK knows which release is wanted, and it may not be installed yet.
    kept = [folder for folder in cache_root().glob("release-*") if complete(folder / "bin")]
    if directory or ("release" in names and kept):
        return []
    lines, ways = [], []
    if "path" in names:
        lines += [
            f"Have Pulumi already? So far {reasons['path']}.",
            f"With Pulumi {bootstrap.dotted(bootstrap.MINIMUM_CLI)} or newer there (and its `pulumi-language-python`),",
            "all of this takes about a minute.",
        ]
    if "release" in names:
        ways.append(f"installed from the official release: at most {bootstrap.INSTALL_SECONDS / 60:.0f} minutes")
    if "build" in names and "build" not in reasons:
        ways.append(f"compiled with Go: {gobuild.BUILD_MINUTES} on two cores, 4 GB of disk")
    if ways:
        lines.append(f"{'Otherwise the' if lines else 'The'} engine has to be made, once per machine:")
        lines += [f"  {way}" for way in [ways[0], *(f"or {way}" for way in ways[1:])]]
    if "build" in reasons:
        lines.append(f"It cannot be compiled so far: {reasons['build']}.")
    return lines


def main() -> int:
    """Say it; a wrong setting is an error before anything is installed."""

    def tell() -> None:
        for line in forecast():
            say(line)

    return exit_code(tell)


if __name__ == "__main__":
    sys.exit(main())
