"""What GitHub and pre-commit read: of the right form, pinned, with few rights, and true to the project."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import POSIX_ONLY
from tests.docs import pages
from tests.support.patience import PATIENCE

GITHUB = pages.ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(file for file in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if file.stem != "config")
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "vendor.github-workflows"),
    **dict.fromkeys(FORMS, "vendor.github-issue-forms"),
    GITHUB / "ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    GITHUB / "dependabot.yml": "vendor.dependabot",
}
USES = re.compile(r"^\s*(?:- )?uses: (?P<name>[^@\s]+)(?:@(?P<ref>\S+)(?P<comment>.*))?$", re.MULTILINE)
PROJECT = tomllib.loads(pages.read("pyproject.toml"))["project"]
SOURCE = PROJECT["urls"]["Source"]
MAKEFILE = pages.read("Makefile")


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def document(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(text(file))
    return found


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document(file)["jobs"]
    return found


def steps() -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in WORKFLOWS:
        for job in jobs(file).values():
            for step in job.get("steps", ()):
                yield file, step


def ids(files: Any) -> list[str]:
    return [str(file.relative_to(GITHUB)) for file in files]


@pytest.mark.parametrize("schema", sorted(set(SCHEMAS.values())))
def test_each_file_has_the_form_that_github_wants(schema: str) -> None:
    files = [str(file) for file, wanted in SCHEMAS.items() if wanted == schema]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert files


def test_nothing_of_github_is_left_out() -> None:
    assert set(GITHUB.rglob("*.yml")) == set(SCHEMAS)
    assert [file.stem for file in WORKFLOWS] == ["docs", "release", "tests"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=ids(WORKFLOWS))
def test_each_action_is_pinned_by_its_commit(file: Path) -> None:
    found = list(USES.finditer(text(file)))
    assert len(found) == text(file).count("uses:")
    foreign = [one for one in found if not one["name"].startswith("./")]
    assert [one[0] for one in foreign if not re.fullmatch("[0-9a-f]{40}", one["ref"] or "")] == []
    assert [one[0] for one in foreign if not re.fullmatch(r" # v\d+\.\d+\.\d+", one["comment"] or "")] == []
    assert [
        one["name"] for one in found if one["name"].startswith("./") and not (pages.ROOT / one["name"]).is_file()
    ] == []


def test_an_action_has_the_same_pin_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for file in WORKFLOWS:
        for one in USES.finditer(text(file)):
            pins.setdefault(one["name"], set()).add(f"{one['ref']}{one['comment']}")
    assert {name: found for name, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("file", WORKFLOWS, ids=ids(WORKFLOWS))
def test_a_workflow_may_do_no_more_than_it_has_to(file: Path) -> None:
    whole = document(file)
    assert whole["permissions"] == {"contents": "read"}
    assert "concurrency" in whole
    # YAML reads the key `on` as a boolean.
    assert "pull_request_target" not in (whole.get("on") or whole[True])
    assert "secrets." not in text(file)
    for name, job in jobs(file).items():
        assert "uses" in job or isinstance(job.get("timeout-minutes"), int), name
        allowed = {"deploy": {"pages", "id-token"}, "publish": {"id-token"}}.get(name, set())
        assert set(job.get("permissions", {})) == allowed, name


def test_no_credentials_are_left_in_a_checkout_and_no_text_of_others_is_run() -> None:
    for file, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, file
        assert not re.search(r"\$\{\{\s*(?:github\.(?:event|head_ref|ref_name)|inputs)", step.get("run", "")), file


def test_the_tests_run_with_each_python_that_the_package_names() -> None:
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", line)]
    assert named == ["3.11", "3.12", "3.13"]
    found = jobs(GITHUB / "workflows/tests.yml")
    assert found["linux"]["strategy"]["matrix"]["python"] == named
    assert found["unit"]["strategy"]["matrix"]["python"] == named
    assert found["linux"]["steps"][1]["with"]["python-version"].split() == named


def test_what_workflows_and_hooks_run_is_there() -> None:
    hooks = [
        hook["entry"] for repo in document(pages.ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]
    ]
    commands = [step["run"] for _, step in steps() if "run" in step] + hooks
    targets = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(commands)))
    assert targets >= {"test", "docs", "dist", "lint"}
    assert [one for one in targets if not re.search(rf"^{one}:", MAKEFILE, re.MULTILINE)] == []
    modules = re.findall(r"-m (tools\.\w+)", "\n".join(commands))
    assert modules == ["tools.release"]
    paths = re.findall(r" (tests/\w+)", "\n".join(commands))
    assert paths and all((pages.ROOT / path).is_dir() for path in paths)


def test_what_windows_cannot_run_is_there() -> None:
    assert [name for name in POSIX_ONLY if not (pages.ROOT / "tests" / name).exists()] == []


def test_hooks_are_those_of_make_and_bring_no_versions_of_their_own() -> None:
    [repo] = document(pages.ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert all(hook["language"] == "system" and hook["entry"] == f"make {hook['id']}" for hook in repo["hooks"])
    assert {hook["id"] for hook in repo["hooks"]} == {"lint", "types", "imports", "check-generated"}


def test_a_release_is_tested_built_checked_and_then_published() -> None:
    found = jobs(GITHUB / "workflows/release.yml")
    assert set(found["publish"]["needs"]) == {"build", "tests"}
    assert found["publish"]["environment"]["name"] == "pypi"
    assert found["publish"]["permissions"] == {"id-token": "write"}
    runs = [step["run"] for step in found["build"]["steps"] if "run" in step]
    assert runs == ["make dist", '.venv/bin/python -m tools.release "$GITHUB_REF_NAME"']
    assert found["tests"]["uses"] == "./.github/workflows/tests.yml"


def test_dependabot_looks_wherever_dependencies_are() -> None:
    updates = {one["package-ecosystem"]: one for one in document(GITHUB / "dependabot.yml")["updates"]}
    assert updates.keys() == {"pip", "github-actions", "gomod"}
    modules = {f"/{file.parent.relative_to(pages.ROOT).as_posix()}" for file in (pages.ROOT / "tools").rglob("go.mod")}
    assert set(updates["gomod"]["directories"]) == modules


@pytest.mark.parametrize("file", FORMS, ids=ids(FORMS))
def test_an_issue_form_asks_for_something_and_says_what_for(file: Path) -> None:
    form = document(file)
    assert form.keys() >= {"name", "description", "body"}
    fields = [one for one in form["body"] if one["type"] != "markdown"]
    assert len({one["id"] for one in fields}) == len(fields)
    assert any(one.get("validations", {}).get("required") for one in fields)
    assert all((pages.ROOT / page).is_file() for page in re.findall(r"docs/[\w/-]+\.md", text(file)))


def test_every_address_of_the_project_is_the_one_of_the_metadata() -> None:
    owner, name = re.fullmatch(r"https://github\.com/([\w-]+)/([\w-]+)", SOURCE).groups()  # type: ignore[union-attr]
    urls = PROJECT["urls"]
    assert urls["Documentation"] == f"https://{owner}.github.io/{name}/"
    assert urls["Changelog"] == f"{SOURCE}/blob/main/CHANGELOG.md"
    assert urls["Issues"] == f"{SOURCE}/issues"
    written = [
        *pages.pages(),
        pages.ROOT / "pyproject.toml",
        pages.ROOT / ".pre-commit-config.yaml",
        *GITHUB.rglob("*.*"),
    ]
    written += [file for file in (pages.ROOT / "docs").rglob("*.*") if file.suffix in (".py", ".yml", ".html", ".toml")]
    addresses = re.compile(rf"https://(?:raw\.githubusercontent\.com|github\.com|[\w-]+\.github\.io)/[\w./-]*{name}\b")
    ours = (SOURCE, f"https://raw.githubusercontent.com/{owner}/{name}", f"https://{owner}.github.io/{name}")
    found = [address for file in written if file.is_file() for address in addresses.findall(text(file))]
    assert len(found) > 5
    assert [address for address in found if not address.startswith(ours)] == []
