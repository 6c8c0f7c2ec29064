"""Get OpenTofu and the provider huaweicloud/huaweicloud, once per machine; `make bench` never does by itself.

`tofu` is the one on PATH, else it is built from Go modules (`opentofu/go.mod`). The provider comes by `tofu init`: from
a plugin folder of this machine, else from its registry. What was built or fetched is kept beside the engines:

    python -m tools.bench.peers.bootstrap
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench.project import BenchError
from tools.engine.folders import cache_root

HERE = Path(__file__).resolve().parent
VERSIONS = HERE / "versions.tf"
MODULE = HERE / "opentofu"
BUILD_FLAGS = ("-trimpath", "-ldflags", "-s -w -X github.com/opentofu/opentofu/version.dev=no")
PLUGIN_FOLDERS = "https://opentofu.org/docs/cli/config/config-file/#implied-local-mirror-directories"


@dataclass(frozen=True)
class Peers:
    """The program `tofu`, and a folder with the provider that `tofu init -plugin-dir` takes."""

    tofu: Path
    providers: Path


def find() -> Peers | None:
    """What an earlier `make` left on this machine; None when something is missing."""
    folder = _folder()
    tofu = _find_tofu(folder)
    # `tofu init` writes its lock file last.
    if tofu is None or not (folder / ".terraform.lock.hcl").exists():
        return None
    return Peers(tofu, folder / ".terraform" / "providers")


def make() -> Peers:
    """Build and fetch what is missing. Raises `BenchError` when that cannot be done."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    tofu = _find_tofu(folder)
    if tofu is None:
        _build(folder)
    shutil.copyfile(VERSIONS, folder / VERSIONS.name)
    try:
        _run([str(tofu or folder / "tofu"), "init", "-input=false", "-no-color"], folder, {})
    except BenchError as error:
        hint = f"Where its registry cannot be reached, put it into a plugin folder: {PLUGIN_FOLDERS}"
        raise BenchError(f"the provider could not be had: {error}. {hint}") from None
    found = find()
    if found is None:
        raise BenchError(f"all ended without an error, but OpenTofu or its provider is not in {folder}")
    return found


def _folder() -> Path:
    """Named by the pins, so that other versions are fetched anew."""
    pins = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum")) + VERSIONS.read_bytes()
    return cache_root() / f"peers-{hashlib.sha256(pins).hexdigest()[:20]}"


def _find_tofu(folder: Path) -> Path | None:
    found = shutil.which("tofu", path=os.pathsep.join([os.environ.get("PATH", os.defpath), str(folder)]))
    return Path(found) if found else None


def _build(folder: Path) -> None:
    _say("building OpenTofu from Go modules: some ten minutes on two cores, once per machine")
    # A user's GOFLAGS or go.work is meant for other code and would change or break this build.
    variables = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off", "GOBIN": str(folder)}
    _run(["go", "install", "-v", *BUILD_FLAGS, "tool"], MODULE, variables)


def _run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    """Run a command whose output is the progress that a person sees."""
    environment = {**os.environ, **variables}
    try:
        ended = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise BenchError(f"`{command[0]}` cannot be run: {error.strerror}") from None
    if ended.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` ended with {ended.returncode}")


def _say(text: str) -> None:
    print(f"bench-peers: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Make all that is missing; 1 and a clear message when that cannot be done."""
    try:
        peers = make()
    except (BenchError, OSError) as error:
        _say(str(error))
        return 1
    _say(f"`make bench` compares with {peers.tofu} and the provider in {peers.providers}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
