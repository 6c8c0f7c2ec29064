"""Links resolve, code compiles and is well typed, and everything public has its place in the documentation."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from pulumi_inference import __version__, alaya, clouds, modelarts, modelartsv2
from pulumi_inference.cli import cli, doctor_checks
from pulumi_inference.core import errors, lifecycle
from pulumi_inference.core.settings import Setting, Settings
from pulumi_inference.engine.resource import InferenceResource
from tests.docs import pages
from tools.engine import bootstrap, gobuild
from tools.engine.folders import parse_version

NAMES = [str(page.relative_to(pages.ROOT)) for page in pages.pages()]
REFERENCES = {
    modelarts.Service: "docs/reference/modelarts-service.md",
    modelarts.Schedule: "docs/reference/modelarts-schedule.md",
    modelarts.Model: "docs/reference/modelarts-model.md",
    alaya.Deployment: "docs/reference/alaya-deployment.md",
    modelartsv2.Service: "docs/reference/modelartsv2-service.md",
    modelartsv2.Deployment: "docs/reference/modelartsv2-deployment.md",
    modelartsv2.ReplicaSchedule: "docs/reference/modelartsv2-replicaschedule.md",
    modelartsv2.ApiKey: "docs/reference/modelartsv2-apikey.md",
    modelartsv2.ApiKeyBinding: "docs/reference/modelartsv2-apikeybinding.md",
    modelartsv2.IntranetConnection: "docs/reference/modelartsv2-intranetconnection.md",
}
ROOMS = (modelarts, alaya, modelartsv2)
SETTINGS: list[Settings] = [clouds.load(clouds.cloud(name).settings) for name in clouds.CLOUDS]
ROWS = [(settings, one) for settings in SETTINGS for one in settings]
WRITTEN = {".py", ".md", ".toml", ".txt", ".yaml", ".json", ".mod", ".sum"}
HOUSE_WORDS = re.compile(
    r"never answered|\bmend(?:s|ed)?\b|admin door|works? off\b|\b(?:the|its|own|resource's) row\b|plain mode",
    re.IGNORECASE,
)
BARE = re.compile(r"pip install\b.*\bpulumi-inference\b(?!.* @ )|^pulumi-inference *[~=<>]")
LOCAL_PATH = re.compile(r"(?<![\w.~}/-])/(?:root|work|home/(?!me/)\w+|Users/\w+)/")


@pytest.mark.parametrize("name", NAMES)
def test_links_resolve(name: str) -> None:
    page = pages.ROOT / name
    broken = []
    for link in pages.links(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://")):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_page = target.is_file() and target.suffix == ".md"
        if not target.exists() or (
            fragment and not (is_page and fragment in pages.anchors(target.read_text(encoding="utf-8")))
        ):
            broken.append(link)
    assert broken == []


def test_readme_and_docs_link_every_page() -> None:
    text = pages.read("README.md")
    unlinked = [name for name in NAMES if name != "README.md" and f"]({name})" not in text]
    assert unlinked == []


def test_python_compiles_and_is_well_typed(tmp_path: Path) -> None:
    for name in NAMES:
        for number, block in enumerate(pages.blocks(pages.read(name), "python")):
            file = tmp_path / f"{re.sub(r'[^a-z]+', '_', name.lower())}_{number}.py"
            file.write_text(block.text, encoding="utf-8")
    files = sorted(tmp_path.glob("*.py"))
    assert any("readme" in file.name for file in files)
    config = pages.ROOT / "pyproject.toml"
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), *map(str, files)]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_is_told_to_install_a_name_that_no_index_has() -> None:
    """Whoever claims it there would be installed. A file, a folder or an address is named instead."""
    sources = [*(pages.ROOT / "pulumi_inference").rglob("*.py"), *(pages.ROOT / name for name in NAMES)]
    told = [line for file in sources for line in file.read_text(encoding="utf-8").splitlines() if BARE.search(line)]
    assert told == []


def test_yaml_is_yaml() -> None:
    found = [block.text for name in NAMES for block in pages.blocks(pages.read(name), "yaml")]
    assert found
    assert all(isinstance(yaml.safe_load(text), dict | list) for text in found)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "CONTRIBUTING.md"])
def test_no_word_that_only_we_use(name: str) -> None:
    """What readers stumbled over; the field has words of its own for it."""
    assert HOUSE_WORDS.findall(pages.read(name)) == []


@pytest.mark.parametrize(("settings", "one"), ROWS, ids=[settings.key(one.field) for settings, one in ROWS])
def test_each_setting_has_its_row(settings: Settings, one: Setting) -> None:
    variables = ", ".join(f"`{variable}`" for variable in one.env)
    row = f"| `inference:{settings.key(one.field)}` | {variables} | {'yes' if one.secret else 'no'} |"
    text = pages.read("docs/configuration.md")
    assert row in text
    assert f"`{one.section_key}`" in text.partition("| In a connection |")[2]


@pytest.mark.parametrize(
    "error",
    sorted(
        {
            name
            for module in (errors, lifecycle)
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, errors.InferenceError) and name != "InferenceError"
        }
    ),
)
def test_each_error_has_its_heading(error: str) -> None:
    assert error in pages.headings(pages.read("docs/errors.md"))


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every text that a module can show; what is filled in at run time is cut out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            for pieces in itertools.product(*map(_pieces, node.values)):
                yield "".join(pieces)


def _pieces(part: ast.expr) -> list[str]:
    """The texts that a part of an f-string can be."""
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    choice = part.value if isinstance(part, ast.FormattedValue) else None
    if isinstance(choice, ast.IfExp):
        return [str(one.value) for one in (choice.body, choice.orelse) if isinstance(one, ast.Constant)] or ["\0"]
    return ["\0"]


def test_messages_that_are_explained_exist() -> None:
    package = pages.ROOT / "pulumi_inference"
    sources = [
        file.read_text(encoding="utf-8")
        for file in package.rglob("*.py")
        if "emulator" not in file.relative_to(package).parts
    ]
    shown = "\n".join(text for source in sources for text in _texts(ast.parse(source)))
    tables = re.findall(
        r"^\| Message contains \|.*\n\|[-|]+\n((?:\|.*\n)+)", pages.read("docs/errors.md"), re.MULTILINE
    )
    firsts = [row.split("|")[1] for table in tables for row in table.splitlines()]
    explained = [part.strip() for one in firsts for text in re.findall(r"`([^`]+)`", one) for part in text.split("…")]
    assert len(tables) == 10
    assert [part for part in explained if part not in shown] == []


@pytest.mark.parametrize(("room", "public"), [(room, one) for room in ROOMS for one in sorted(set(room.__all__))])
def test_each_public_name_is_documented(room: ModuleType, public: str) -> None:
    name = public.removesuffix("Dict")
    if name.endswith("Args"):
        references = [page for kind, page in REFERENCES.items() if kind.__module__.startswith(f"{room.__name__}.")]
        assert any(name in pages.headings(pages.read(one)) for one in references)
    else:
        texts = [pages.read(one) for one in NAMES if one.startswith("docs/")]
        assert any(re.search(rf"\b{name}\b", text) for text in texts)


@pytest.mark.parametrize("resource", REFERENCES)
def test_each_argument_and_output_has_its_row(resource: type[InferenceResource]) -> None:
    text = pages.read(REFERENCES[resource])
    missing = [name for name in resource._properties if f"\n| `{name}` |" not in text]
    assert missing == []


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_each_command_has_its_heading(command: str) -> None:
    headings = pages.headings(pages.read("docs/commands.md"))
    assert any(re.search(rf"\b{command}\b", heading) for heading in headings)


def test_changelog_has_the_version_of_the_project() -> None:
    versions = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - (?:Unreleased|\d{4}-\d\d-\d\d)$", pages.read("CHANGELOG.md"), re.M
    )
    assert versions[0] == __version__ == metadata.version("pulumi-inference")


def test_the_oldest_engine_is_the_same_everywhere() -> None:
    oldest = bootstrap.MINIMUM_CLI
    assert oldest == doctor_checks.OLDEST_ENGINE
    assert parse_version(gobuild.BUILT_CLI) == oldest, "the oldest engine is the one that is tried"
    told = {
        f"{name}: {version}"
        for name in NAMES
        for version in re.findall(r"\b(\d+\.\d{3})(?:\.\d+)?\s+or\s+newer", pages.prose(pages.read(name)))
    }
    short = f"{oldest[0]}.{oldest[1]}"
    assert told == {f"docs/{page}.md: {short}" for page in ("commands", "getting-started", "upgrading")}
    assert f"Pulumi's Go modules, version {short} |" in pages.read("docs/verification.md")


def test_no_file_has_a_path_of_a_machine() -> None:
    folders = ("pulumi_inference", "schemas", "tools", "tests", "examples", "docs", ".ci", ".github")
    files = [*pages.ROOT.glob("*"), *(file for folder in folders for file in (pages.ROOT / folder).rglob("*"))]
    written = [
        file for file in files if file.is_file() and (file.suffix in WRITTEN or file.name in ("Makefile", "run"))
    ]
    found = [
        str(file.relative_to(pages.ROOT))
        for file in written
        if LOCAL_PATH.search(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert len(written) > 200
    assert found == []
