"""A cloud more: a copy of the house with the room of one, as whoever adds a cloud has it."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.cloud import DEPLOY_SECONDS, OUTSIDER, Cloud
from tests.support.patience import PATIENCE
from tests.support.projects import FOREIGN, STACK, Project, Result, Running

ROOT = Path(__file__).resolve().parents[2]
OVERLAY = ROOT / "tests" / "toycloud" / "overlay"
"""What is written by hand: the room, and its part of the emulator."""

KEY = "emulator-key"
HOUSE = ("pulumi_inference", "schemas", "tools", "docs")
FILES = (".importlinter", "pyproject.toml", "README.md")
LIST = "pulumi_inference/clouds.py"


@dataclass(frozen=True)
class House:
    """The copy; `root` is where it is."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which a process has the copy and not the original."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {**kept, "PYTHONPATH": str(self.root)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the tools in the copy, `python -m` or with a file."""
        command = [sys.executable, *words]
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def differs(self) -> set[str]:
        """The files that are not as in the original, or not there."""
        return {
            str(file.relative_to(self.root))
            for top in (*HOUSE, *FILES)
            for file in ([self.root / top] if top in FILES else (self.root / top).rglob("*"))
            if file.is_file() and "cache" not in str(file.relative_to(self.root))
            if not _is_same(file, ROOT / file.relative_to(self.root))
        }


def build(root: Path) -> House:
    """Copies the house, puts the room into it and its name into the list, and writes what is generated."""
    for folder in HOUSE:
        shutil.copytree(ROOT / folder, root / folder)
    for file in FILES:
        shutil.copy2(ROOT / file, root / file)
    shutil.copytree(OVERLAY, root, dirs_exist_ok=True)
    listed = root / LIST
    text = listed.read_text(encoding="utf-8")
    listed.write_text(re.sub(r"^(CLOUDS\b.*?),?\)$", r'\1, "toybox")', text, flags=re.MULTILINE), encoding="utf-8")
    house = House(root)
    written = house.run("tools/generate.py")
    assert written.returncode == 0, written.stderr
    return house


class Toys(Cloud):
    """The copy's emulator, on a port."""

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else than the program; the `data` of the answer."""
        headers = {"Toy-Key": KEY, "User-Agent": OUTSIDER}
        answer = self.client.request(method, f"/toybox/v1{path}", json=body, headers=headers).json()
        assert answer["code"] == 0, answer
        return answer["data"]

    def boxes(self) -> list[dict[str, Any]]:
        """All boxes, newest first."""
        boxes: list[dict[str, Any]] = self.api("GET", "/boxes")
        return boxes


@contextmanager
def served(house: House, folder: Path) -> Iterator[Toys]:
    """The copy's emulator on a free port of the loopback; its clock moves with the requests."""
    command = [sys.executable, "-m", "pulumi_inference", "emulator", "--port", "0", "--database", "emulator.db"]
    command += ["--deploy-seconds", str(DEPLOY_SECONDS)]
    with subprocess.Popen(command, cwd=folder, env=house.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = next(line for line in process.stdout or () if "TOYBOX_ENDPOINT=" in line).partition("=")[2].strip()
            with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
                toys = Toys(url, "", client)
                toys.move_with_requests()
                yield toys
        finally:
            process.terminate()


class ToyProject(Project):
    """A project that has the copy, with an account of the toys."""

    def __init__(self, house: House, toys: Toys, folder: Path, engine: Path, program: str) -> None:
        config = {"inference:toyboxEndpoint": toys.endpoint}
        super().__init__(folder, engine, program, config=config, environment={"TOYBOX_API_KEY": KEY})
        self.environment["PYTHONPATH"] = os.pathsep.join([str(house.root), self.environment["PYTHONPATH"]])

    def ask(self, *words: str) -> Result:
        """Runs a `pulumi-inference` command for the project's stack."""
        command = [sys.executable, "-m", "pulumi_inference", *words, "--stack", STACK]
        return Running(command, self.folder, self.environment).wait()


def _is_same(file: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(file, other, shallow=False)
