"""OpenTofu's plan as a yardstick, with programs `tofu` and `go` that only say what they were asked."""

import json
import os
import runpy
import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference import modelarts
from tools.bench import opentofu
from tools.bench.clouds.modelarts import ModelArts
from tools.bench.figures import Figure
from tools.bench.opentofu import OpenTofu
from tools.bench.peers import bootstrap
from tools.bench.peers.bootstrap import Peers
from tools.bench.project import PROGRAMS, BenchError

IMPORTED = "Apply complete! Resources: 1 imported, 0 added, 0 changed, 0 destroyed."
SERVICE = "0c24af6c-aec3-43ed-aa0e-5aa65661c73e"

FAKE_TOFU = """#!{python}
import json, os, pathlib, sys
home = pathlib.Path({home!r})
read = {{name: value for name, value in os.environ.items() if name.startswith(("HW_", "OS_", "TF_"))}}
with (home / "calls").open("a") as calls:
    files = sorted(os.listdir())
    calls.write(json.dumps({{"arguments": sys.argv[1:], "folder": os.getcwd(), "files": files, "read": read}}) + "\\n")
answers = json.loads((home / "answers").read_text())
text, code = answers.get(sys.argv[1], ["", 0])
if code == 2 and "-detailed-exitcode" not in sys.argv:
    code = 0
print(text)
if sys.argv[1] == "init" and code == 0:
    pathlib.Path(".terraform", "providers").mkdir(parents=True, exist_ok=True)
    pathlib.Path(".terraform.lock.hcl").touch()
sys.exit(code)
"""

FAKE_GO = """#!{python}
import os, pathlib, shutil, sys
home = pathlib.Path({home!r})
(home / "go-calls").write_text(" ".join([pathlib.Path.cwd().name, *sys.argv[1:], os.environ["GOFLAGS"]]))
shutil.copy(home / "tofu", os.environ["GOBIN"])
"""


class Machine:
    """A machine with its own PATH and cache; by default it has neither OpenTofu nor Go."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.bin = root / "bin"
        self.bin.mkdir()
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        self.answer()
        self._write(root / "tofu", FAKE_TOFU)

    def answer(self, **answers: tuple[str, int]) -> None:
        """What `tofu` prints and ends with, by command; nothing and 0 for all others."""
        (self.root / "answers").write_text(json.dumps(answers))

    def put_tofu(self) -> None:
        shutil.copy(self.root / "tofu", self.bin)

    def put_go(self) -> None:
        self._write(self.bin / "go", FAKE_GO)

    def calls(self) -> list[dict[str, Any]]:
        file = self.root / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def _write(self, file: Path, program: str) -> None:
        file.write_text(program.format(python=sys.executable, home=str(self.root)))
        file.chmod(0o755)


class Stopped(ModelArts):
    """A cloud that must not be started."""

    def emulated(self, latency: float) -> AbstractContextManager[None]:
        raise AssertionError("it was started")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def _opentofu(machine: Machine) -> OpenTofu:
    peers = Peers(machine.root / "tofu", machine.root / "providers")
    return OpenTofu(machine.root / "run", peers, Stopped(machine.root, 0.0), {SERVICE: "service-7-fefcb7a"})


def test_without_opentofu_the_figure_is_left_out_and_a_line_says_how_to_have_it(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = [{"id": SERVICE, "outputs": {"name": "service-0-fefcb7a"}}]
    assert opentofu.prepare(machine.root, Stopped(machine.root, 0.0), resources) is None
    assert capsys.readouterr().err == (
        "left out: modelarts: OpenTofu's plan. `make bench-peers` gets OpenTofu and its provider.\n"
    )


def test_an_opentofu_on_the_path_is_used_and_its_provider_is_kept(machine: Machine) -> None:
    machine.put_tofu()
    assert bootstrap.find() is None
    peers = bootstrap.make()
    assert peers.tofu == machine.bin / "tofu"
    assert peers.providers.is_dir()
    assert peers.providers.is_relative_to(machine.root / "cache")
    assert bootstrap.find() == peers
    assert [call["arguments"][0] for call in machine.calls()] == ["init"]


def test_else_opentofu_is_built_from_its_module(machine: Machine) -> None:
    machine.put_go()
    peers = bootstrap.make()
    assert peers.tofu.is_relative_to(machine.root / "cache")
    called = (machine.root / "go-calls").read_text()
    assert called.startswith("opentofu install -v ")
    assert called.endswith(" tool -mod=readonly")


def test_without_go_the_message_says_what_cannot_be_run(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main() == 1
    assert "bench-peers: `go` cannot be run: No such file or directory" in capsys.readouterr().err


def test_where_the_provider_cannot_be_had_a_plugin_folder_is_named(machine: Machine) -> None:
    machine.put_tofu()
    machine.answer(init=("Failed to query available provider packages", 1))
    with pytest.raises(BenchError, match=r"`\S+tofu init .*` ended with 1\. .* put it into a plugin folder: https://"):
        bootstrap.make()
    assert bootstrap.find() is None


def test_it_runs_on_the_bench_cloud_alone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HW_SECURITY_TOKEN", "OS_USERNAME", "TF_CLI_ARGS_plan", "TF_LOG"):
        monkeypatch.setenv(name, "of-somebody")
    cloud = Stopped(machine.root, 0.0)
    _opentofu(machine).plan(64)
    init, plan = machine.calls()
    assert init["arguments"][-1] == f"-plugin-dir={machine.root / 'providers'}"
    assert plan["arguments"][0] == "plan"
    assert plan["read"] == {**cloud.variables, "TF_CLI_CONFIG_FILE": os.devnull}
    folder = Path(plan["folder"])
    assert {"modelarts.tf", "versions.tf"} <= {file.name for file in folder.iterdir()}
    variables = json.loads((folder / "terraform.tfvars.json").read_text())
    assert variables["services"] == {SERVICE: "service-7-fefcb7a"}
    assert variables["endpoint"].startswith("http://127.0.0.1:")


def test_a_plan_that_finds_something_to_do_is_an_error(machine: Machine) -> None:
    machine.answer(plan=("Plan: 0 to add, 1 to change", 2))
    with pytest.raises(BenchError, match=r"ended with 2\nPlan: 0 to add, 1 to change"):
        _opentofu(machine).plan(64)


def test_a_plan_has_no_imports_any_more(machine: Machine) -> None:
    machine.answer(apply=(IMPORTED, 0))
    project = _opentofu(machine)
    project.adopt()
    project.plan(64)
    _, apply, plan = machine.calls()
    assert set(apply["files"]) - set(plan["files"]) == {"modelarts_import.tf"}


@pytest.mark.parametrize("told", ["1 imported, 0 added, 1 changed, 0 destroyed", "0 imported, 1 added, 0 changed"])
def test_services_are_imported_as_they_are(machine: Machine, told: str) -> None:
    machine.answer(apply=(told, 0))
    with pytest.raises(BenchError, match=told):
        _opentofu(machine).adopt()


@pytest.mark.parametrize(
    "asked",
    [
        ["GET {0}/a", "GET {0}/b"],
        ["GET {0}/a", "GET {0}/b", "GET {0}/c", "GET {0}/c"],
        ["GET {0}/a", "GET {0}/b", "GET {0}/c", "GET /v3/projects"],
        ["GET {0}/a", "GET {0}/b", "PUT {0}/c"],
        [],
    ],
)
def test_only_a_plan_that_reads_each_service_once_counts(asked: list[str]) -> None:
    lines = [line.format(ModelArts.details).split() for line in asked]
    with pytest.raises(BenchError, match="should have read 3 services once each"):
        opentofu.check_requests([{"method": method, "path": path} for method, path in lines], ModelArts.details, 3)
    opentofu.check_requests(
        [{"method": "GET", "path": f"{ModelArts.details}/{name}"} for name in "abc"], ModelArts.details, 3
    )


def test_the_figure_is_the_ratio_of_the_medians() -> None:
    usual, other = opentofu.ratios("previews", [10.0, 12.0, 11.0], {10: [4.0, 6.0, 5.0], 64: [2.0]})
    assert isinstance(usual, Figure)
    assert (usual.measured, usual.limit, usual.ok) == (2.2, 2.3, True)
    assert (other.measured, other.limit) == (5.5, None)
    assert usual.name == "previews / OpenTofu's plan, 10 at once"
    assert usual.details["OpenTofu"] == "5.00 s, median of 4.00, 6.00, 5.00"


def test_both_programs_declare_the_same_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody without OpenTofu would notice in a benchmark."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(modelarts, "Service", lambda name, **arguments: made.append(arguments))
    monkeypatch.setattr(modelarts, "ServiceConfigArgs", dict)
    monkeypatch.setenv("BENCH_COUNT", "1")
    runpy.run_path(str(PROGRAMS / "modelarts.py"))
    text = " ".join((PROGRAMS / "modelarts.tf").read_text(encoding="utf-8").split())
    assert made[0].keys() == {"description", "config"}
    assert made[0]["description"].replace("0", '${split("-", each.value)[1]}') in text
    blocks = [_block(one) for one in made[0]["config"]]
    assert text.count("config {") == len(blocks)
    assert text.endswith(f"{' '.join(blocks)} }}")


def _block(config: dict[str, Any]) -> str:
    return f"config {{ {' '.join(f'{name} = {_literal(value)}' for name, value in config.items())} }}"


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_literal(one)}' for name, one in value.items())} }}"
    return json.dumps(value)
