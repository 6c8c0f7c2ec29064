"""`pulumi-inference validate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.world import World, new_world
from tests.unit.cli.conftest import Run

GOOD = """\
kind: modelarts.Service
name: classifier
spec:
  config:
    - model_id: model-a
      specification: modelarts.vm.cpu.2u
"""

BAD = """\
kind: modelarts.Service
name: classifier
spec:
  pool_name: pool-a
  config:
    - model_id: model-a
      specification: custom
      weight: 60
      custom_spec: {cpu: 1, memory: 1024, gpu_p4: 1, ascend_a310: 1}
    - model_id: model-b
      specification: modelarts.vm.cpu.2u
      weight: 30
"""


def written(folder: Path, text: str, name: str = "spec.yaml") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_good_spec_passes(run: Run, tmp_path: Path) -> None:
    result = run("validate", written(tmp_path, GOOD))
    assert result.exit_code == 0
    assert result.stdout == "1 document, no problems\n"


def test_every_problem_is_told_with_file_line_and_path(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, BAD)
    result = run("validate", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}:5: classifier: config: weights add up to 90, must be 100 (config[0]=60, config[1]=30)",
        f"{file}:9: classifier: config[0].custom_spec.ascend_a310: cannot be combined with gpu_p4; "
        "remove one of the two",
    ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    with new_world(tmp_path) as world:
        yield world


@pytest.mark.parametrize(
    "spec",
    [
        {"config": []},
        {"confg": [], "name": "a b"},
        {"config": [{"model_id": "m", "specification": "modelarts.vm.cpu.2u", "weight": 90}]},
        {"config": [{"model_id": "m", "specification": "custom"}], "description": "a & b"},
    ],
)
def test_the_problems_are_those_of_check(run: Run, tmp_path: Path, world: World, spec: dict[str, object]) -> None:
    checked = ServiceLifecycle().check(world.context(), None, spec)
    result = run("validate", "--json", "--kind", "modelarts.Service", written(tmp_path, json.dumps(spec)))
    found = [(one["path"], one["message"]) for one in json.loads(result.stdout)["problems"]]
    assert found == [(one.path, one.message) for one in checked.problems] != []


def test_several_documents_lists_and_stdin(run: Run, tmp_path: Path) -> None:
    listed = json.dumps([{"kind": "modelarts.Service", "spec": {"config": []}}] * 2)
    result = run("validate", written(tmp_path, f"{GOOD}---\n{GOOD}"), "-", input=listed)
    assert result.exit_code == 1
    assert [line.split(": ")[:2] for line in result.stdout.splitlines()] == [["<stdin>:1", "config"]] * 2
    assert result.stderr == "4 documents, 2 problems\n"


def test_json_output(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("specification", "specificaton"))
    answer = json.loads(run("validate", file, "--json").stdout)
    assert answer["documents"] == 1
    assert {(one["file"], one["line"], one["path"]) for one in answer["problems"]} == {
        (file, 5, "config[0]"),
        (file, 5, "config[0].specification"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no document"),
        ("a: b: c", "line 1, column 5: mapping values are not allowed here"),
        ("a: 1\na: 2", "the key 'a' stands here twice"),
        ("a: &a [*a]", "an alias leads back to itself"),
        ("? [1]\n: 2", "a key must be a text"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("a: \x00", "special characters are not allowed"),
        ("[" * 500, "is nested too deeply"),
        ("just text", "names no kind; write {kind: modelarts.Service, spec: {...}}, or give --kind"),
        ("kind: modelarts.Servce\nspec: {}", "; did you mean `modelarts.Service`?"),
        ("kind: modelarts.Service", "spec is missing"),
        ("kind: modelarts.Service\nspec: {}\nspc: 1", "unknown key 'spc' beside kind"),
        ("kind: modelarts.Service\nspec: [1]", "a modelarts.Service spec must be an object"),
        ("kind: modelarts.Service\nspec: {}\nname: 1", "name must be a text"),
        (GOOD.replace("  config", "  region: cn-north-4\n  config"), "region: is filled in from the settings"),
    ],
)
def test_broken_documents_have_one_clear_message(run: Run, tmp_path: Path, text: str, message: str) -> None:
    result = run("validate", written(tmp_path, text))
    assert result.exit_code == 1
    assert message in result.stdout
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_unreadable_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xff")
    result = run("validate", str(tmp_path / "missing"), str(tmp_path), str(tmp_path / "latin"))
    assert result.exit_code == 1
    assert [line.rpartition(": ")[2] for line in result.stdout.splitlines()] == [
        "No such file or directory",
        "Is a directory",
        "is not UTF-8 text",
    ]


def test_json_numbers_and_tabs(run: Run, tmp_path: Path) -> None:
    text = GOOD_JSON.replace("2", "2e0", 1)
    assert run("validate", written(tmp_path, text, "spec.json")).exit_code == 0


GOOD_JSON = """{
\t"kind": "modelarts.Service",
\t"spec": {"config": [{"instance_count":\t2, "model_id": "m", "specification": "modelarts.vm.cpu.2u"}]}
}"""


def test_dates_are_text(run: Run, tmp_path: Path) -> None:
    assert run("validate", written(tmp_path, f"{GOOD}      envs: {{SINCE: 2024-01-01}}\n")).exit_code == 0
