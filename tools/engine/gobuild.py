"""The engine built from Go modules: the CLI, the Python language host, and two helper files of the SDK.

CLI and language host are two modules because their dependencies do not agree. Each is built with `go install tool`.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools.engine import golang
from tools.engine.folders import cache_root, cli_version, complete, making, parse_version
from tools.engine.reporting import UnavailableError, say

BUILD_MINUTES = "7 to 12 minutes"
BUILT_CLI = "v3.259.0"
MINIMUM_GO = (1, 26, 8)
TAGS = ("-tags", "grpcnotrace,osusergo")
# Without what only a debugger reads, which the linker leaves out anyway: a tenth less to compute.
BUILD_FLAGS = (
    "-trimpath",
    *TAGS,
    "-gcflags=all=-dwarf=false",
    "-ldflags",
    f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={BUILT_CLI}",
)
HERE = Path(__file__).resolve().parent
MODULES = (HERE / "cli", HERE / "language-host")
HELPERS_MODULE = "github.com/pulumi/pulumi/sdk/v3@v3.272.0"
HELPERS_SUM = "h1:MoJElH3Y/VwV1tfTVNCh2BJuc3HxB7OPmvvYzaDe89c="
HELPERS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")


def find() -> Path | None:
    """The engine that was built earlier from the same inputs, if there is one."""
    target = _target()
    return target if complete(target) else None


def make() -> Path:
    """Build the engine into the cache. Raises `UnavailableError` with the reason when that cannot be done."""
    target = _target()
    with making(target) as partial:
        if partial is not None:
            _build(partial)
    return target


def _target() -> Path:
    return cache_root() / f"build-{build_key(_go_facts())}"


def build_key(facts: Mapping[str, str]) -> str:
    """Name a build by everything that goes into it: module files, flags, versions, and what `go` says of itself."""
    digest = hashlib.sha256(json.dumps([BUILD_FLAGS, HELPERS_MODULE, HELPERS_SUM, sorted(facts.items())]).encode())
    for module in MODULES:
        for name in ("go.mod", "go.sum"):
            digest.update((module / name).read_bytes())
    return digest.hexdigest()[:20]


def _go_facts() -> dict[str, str]:
    """What decides about the outcome of a build: system, processor and version of the Go that will be used."""
    if shutil.which("go") is None:
        raise UnavailableError("there is no `go` on PATH")
    names = ["GOOS", "GOARCH", "GOVERSION"]
    result = golang.run(["env", "-json", *names], MODULES[0])
    try:
        facts: dict[str, str] = json.loads(result.stdout)
        version = parse_version(facts["GOVERSION"])
    except (json.JSONDecodeError, KeyError):
        version = None
    if result.returncode != 0 or version is None or version < MINIMUM_GO:
        # Asked outside the module, where an old `go` still answers and no newer toolchain is chosen.
        told = golang.run(["version"], Path("/")).stdout.strip() or "no version"
        needed = ".".join(map(str, MINIMUM_GO))
        raise UnavailableError(
            f"Go {needed} or newer is needed, but {shutil.which('go')} says {told!r} and did not switch to a newer one"
        )
    return facts


def _build(partial: Path) -> None:
    say(f"building it from Go modules, once per machine: {BUILD_MINUTES} on two cores")
    # All is fetched before anything is compiled: a network that does not answer is found out soon.
    fetches = [golang.Task(module, ["list", "-deps", *TAGS, "tool"], _requirements(module)) for module in MODULES]
    golang.follow("fetching", "modules", fetches)
    helpers = _fetch_helpers()
    # What a killed `go` leaves behind lies where the next run clears it away, and not in /tmp.
    work = partial / "work"
    work.mkdir()
    folders = {"GOBIN": str(partial), "GOTMPDIR": str(work)}
    install = ["install", "-v", *BUILD_FLAGS, "tool"]
    builds = [golang.Task(one.module, install, one.reported["packages"], **folders) for one in fetches]
    golang.follow("compiling", "packages", builds)
    shutil.rmtree(work)
    for helper in helpers:
        copy = Path(shutil.copyfile(helper, partial / helper.name))
        copy.chmod(0o755)
    if cli_version(partial / "pulumi") != parse_version(BUILT_CLI):
        raise UnavailableError("the engine was built but does not run")


def _requirements(module: Path) -> int:
    """How many modules its go.mod names."""
    return len(re.findall(r"^\s.* v\d", (module / "go.mod").read_text(), re.MULTILINE))


def _fetch_helpers() -> list[Path]:
    # `sdk` is in neither module's go.sum at this version, so its checksum is pinned here.
    result = golang.run(["mod", "download", "-json", HELPERS_MODULE], Path("/"), GOSUMDB="off")
    if result.returncode != 0:
        raise golang.failure(f"fetching {HELPERS_MODULE} failed:", result.stdout + result.stderr)
    answer = json.loads(result.stdout)
    if answer["Sum"] != HELPERS_SUM:
        raise UnavailableError(f"{HELPERS_MODULE} has the checksum {answer['Sum']}, expected is {HELPERS_SUM}")
    return [Path(answer["Dir"], name) for name in HELPERS]
