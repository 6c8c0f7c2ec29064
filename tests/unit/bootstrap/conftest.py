"""A machine for the bootstrap, with fake `go` and `pulumi` programs: no network, no compiler."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tools.engine import bootstrap, folders, gobuild, golang, reporting

Listen = Callable[[Callable[[str], None]], None]

FAKE_GO = """#!{python}
import json, os, pathlib, signal, sys
home = pathlib.Path({home!r})
arguments, module = sys.argv[1:], pathlib.Path.cwd().name
with (home / "calls").open("a") as calls:
    calls.write(" ".join([module, *arguments, "GOFLAGS=" + os.environ.get("GOFLAGS", "")]) + "\\n")
def interrupt(*_, times=[]):
    times.append(1)
    if len(times) == 1:
        raise KeyboardInterrupt

def fail(name):
    if (home / name).exists():
        print((home / name).read_text(), file=sys.stderr)
        sys.exit(1)

signal.signal(signal.SIGINT, interrupt)
if arguments[0] == "env":
    print(json.dumps({{"GOOS": "linux", "GOARCH": "amd64", "GOVERSION": {version!r}}}))
elif arguments[0] == "version":
    print("go version " + {version!r})
elif arguments[0] == "list":
    print("go: downloading example.com/module v1.0.0", file=sys.stderr)
    print("example.com/package\\nexample.com/other")
    fail("fail-list")
elif arguments[0] == "install":
    print("example.com/package", file=sys.stderr, flush=True)
    try:
        if (home / "started").exists():
            (home / "started").write_text(module + "\\n")
        if (home / ("gate-" + module)).exists():
            (home / ("gate-" + module)).read_text()
    except KeyboardInterrupt:
        (home / ("interrupted-" + module)).touch()
        sys.exit(1)
    fail("fail-install-" + module)
    program = pathlib.Path(os.environ["GOBIN"], {{"cli": "pulumi", "language-host": "pulumi-language-python"}}[module])
    program.write_text("#!/bin/sh\\necho v3.259.0\\n")
    program.chmod(0o755)
elif arguments[:2] == ["mod", "download"]:
    print(json.dumps({{"Dir": str(home / "sdk"), "Sum": (home / "sum").read_text()}}))
"""

INSTALL = """
import pathlib, sys
folder = pathlib.Path(sys.argv[1], "bin")
folder.mkdir()
for name in {names!r}:
    (folder / name).touch(0o755)
"""


def heed_interrupts() -> None:
    """For a process that is started: tests in the background are told to ignore Ctrl-C, and hand that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Machine:
    """A machine with its own PATH, cache and network; by default it has no engine, no Go and no network."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = monkeypatch
        self.cache = root / "cache" / "pulumi-inference" / "engine"
        self.bin = root / "bin"
        self.bin.mkdir()
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        monkeypatch.delenv("PULUMI_INFERENCE_ENGINE", raising=False)
        self.network(False)
        monkeypatch.setattr(bootstrap, "PROBE_SECONDS", PATIENCE)
        monkeypatch.setattr(bootstrap, "INSTALL", INSTALL.format(names=folders.FILES))

    def network(self, reachable: bool) -> None:
        self.patch.setattr(bootstrap, "PROBE", f"raise SystemExit({int(not reachable)})")

    def put_go(self, version: str = "go1.26.8") -> None:
        for name in gobuild.HELPERS:
            (self.root / "sdk" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "sdk" / name).touch(0o444)
        (self.root / "sum").write_text(gobuild.HELPERS_SUM)
        self.put(self.bin / "go", FAKE_GO.format(python=sys.executable, home=str(self.root), version=version))

    def put_engine(self, directory: Path, version: str = "v3.260.1", without: str = "") -> None:
        for name in folders.FILES:
            if name != without:
                self.put(directory / name, f"#!/bin/sh\necho {version}\n")

    def fail(self, step: str, output: str) -> None:
        """Lets `go` fail at the step, `list` or `install-<module>`, with this output."""
        (self.root / f"fail-{step}").write_text(output)

    def hold(self, *modules: str) -> None:
        """Lets the compilation of the modules take until `release`, or until it is interrupted."""
        for module in modules:
            os.mkfifo(self.root / f"gate-{module}")

    def release(self, module: str) -> None:
        with (self.root / f"gate-{module}").open("w"):
            (self.root / f"gate-{module}").unlink()

    def held(self) -> list[Path]:
        return list(self.root.glob("gate-*"))

    def interrupted(self) -> list[str]:
        """The modules whose compilation was interrupted."""
        return sorted(path.name.removeprefix("interrupted-") for path in self.root.glob("interrupted-*"))

    def half_made(self) -> list[Path]:
        """What lies in the cache, but for locks."""
        return [path for path in self.cache.iterdir() if path.is_dir()]

    @staticmethod
    def put(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def go_calls(self, *verbs: str) -> list[str]:
        log = self.root / "calls"
        return [line for line in log.read_text().splitlines() if line.split()[1] in verbs] if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Listen:
    """Listen to the progress messages."""

    def listen(listener: Callable[[str], None]) -> None:
        for module in (bootstrap, folders, gobuild, golang, reporting):
            monkeypatch.setattr(module, "say", listener)

    return listen
