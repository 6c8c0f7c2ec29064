"""What the documentation types is run with the real engine on the emulator; the examples are in tests/stack."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs import pages
from tests.support.patience import PATIENCE
from tests.support.shell import reader_environment, shell

pytestmark = pytest.mark.stack

PORT = "8099"
# Where there is no curl, the same request goes out by Python: curl -X METHOD URL -d BODY.
CURL = """curl() { python -c '
import sys, urllib.request as web
_, method, url, _, body = sys.argv[1:]
print(web.urlopen(web.Request(url, body.encode(), method=method)).read().decode())' "$@"; }
"""


@pytest.fixture
def environment(tmp_path: Path, engine: Path) -> dict[str, str]:
    return reader_environment(engine, tmp_path / "state")


@contextmanager
def background(command: str, port: int, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A server that listens as long as the block lasts."""
    process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=folder, env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline().decode()
        deadline = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            assert process.poll() is None and time.monotonic() < deadline
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_getting_started_does_what_it_says(tmp_path: Path, environment: dict[str, str]) -> None:
    port = free_port()
    text = pages.read("docs/getting-started.md").replace(PORT, str(port))
    told = [block for block in pages.blocks(text, "console") if not block.note.startswith(pages.NOT_RUN)]
    [server] = [index for index, block in enumerate(told) if block.note == pages.BACKGROUND]

    def script(part: list[pages.Block]) -> str:
        return "\n".join(command for block in part for command in block.commands())

    first = shell(script(told[:server]), tmp_path, environment)
    project = tmp_path / "my-service"
    with background(script([told[server]]), port, project, environment):
        curl = "" if shutil.which("curl") else CURL
        rest = shell(curl + script(told[server + 1 :]), project, environment)

    assert "Everything is there." in first
    assert '"echo": {"x": 1}' in first
    assert "instance_count: 5 => 1" in rest
    assert (tmp_path / "real-service" / "Pulumi.yaml").is_file()


def test_readme_sets_up_with_nothing_but_make() -> None:
    makefile = pages.read("Makefile")
    typed = [command for block in pages.blocks(pages.read("README.md"), "console") for command in block.commands()]
    assert typed == ["make up", "make test"]
    for name in ("README.md", "CONTRIBUTING.md", "docs/getting-started.md", "examples/quickstart/README.md"):
        text = pages.read(name)
        commands = [command for block in pages.blocks(text, "console") for command in block.commands()]
        for target in re.findall(r"\bmake ([a-z-]+)", "\n".join([*pages.code_spans(text), *commands])):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{name}: make {target}"


def test_the_program_on_the_first_page_deploys(tmp_path: Path, environment: dict[str, str]) -> None:
    [program] = pages.blocks(pages.read("docs/index.md"), "python")
    shell("pulumi-inference init modelarts first --emulator", tmp_path, environment)
    (tmp_path / "first" / "__main__.py").write_text(program.text, encoding="utf-8")
    told = shell("pulumi stack init dev\npulumi up\npulumi destroy", tmp_path / "first", environment)
    assert "+ 2 created" in told
    assert "- 2 deleted" in told
