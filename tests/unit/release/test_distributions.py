"""What would be published: what is in it, what it says of itself, and what an index shows of it."""

from __future__ import annotations

import re
import tarfile
import tomllib
import zipfile

import pytest
from packaging.metadata import Metadata
from readme_renderer import markdown

from pulumi_inference import __version__
from tests.docs import pages
from tests.support.wheel import ROOT, Distributions

INFO = f"pulumi_inference-{__version__}.dist-info"
TOP = f"pulumi_inference-{__version__}"
SOURCE = tomllib.loads(pages.read("pyproject.toml"))["project"]["urls"]["Source"]
RAW = SOURCE.replace("https://github.com", "https://raw.githubusercontent.com")


@pytest.fixture(scope="module")
def metadata(distributions: Distributions) -> bytes:
    with zipfile.ZipFile(distributions.wheel) as archive:
        return archive.read(f"{INFO}/METADATA")


@pytest.fixture(scope="module")
def readme(metadata: bytes) -> str:
    return Metadata.from_email(metadata).description or ""


def files(folder: str) -> set[str]:
    """The files of a folder of the checkout that git would keep."""
    found = (file for file in (ROOT / folder).rglob("*") if file.is_file())
    return {
        str(file.relative_to(ROOT)) for file in found if "__pycache__" not in file.parts and ".db" not in file.suffix
    }


def test_the_wheel_has_the_package_and_the_schemas_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        names = set(archive.namelist())
    own = {name for name in names if not name.startswith(f"{INFO}/")}
    assert own == files("pulumi_inference") | {f"pulumi_inference/{name}" for name in files("schemas")}
    assert "pulumi_inference/py.typed" in own
    assert {name.removeprefix(f"{INFO}/") for name in names - own} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_sdist_has_what_the_wheel_is_made_of_and_what_readers_want(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        names = {name.removeprefix(f"{TOP}/") for name in archive.getnames()}
    assert files("pulumi_inference") | files("schemas") <= names
    tops = {name.partition("/")[0] for name in names}
    wanted = {"pulumi_inference", "schemas", "examples", "docs", "README.md", "CHANGELOG.md", "LICENSE"}
    assert tops == wanted | {"PKG-INFO", "pyproject.toml", ".gitignore"}


def test_metadata_are_valid_and_of_a_form_that_uploaders_read(metadata: bytes) -> None:
    found = Metadata.from_email(metadata, validate=True)
    assert found.metadata_version == "2.4"
    assert (found.name, str(found.version)) == ("pulumi-inference", __version__)
    assert found.description_content_type == "text/markdown"
    assert found.license_expression == "Apache-2.0"
    assert {"Development Status :: 3 - Alpha", "Typing :: Typed"} <= set(found.classifiers or ())
    assert set(found.project_urls or ()) == {"Source", "Documentation", "Changelog", "Issues"}
    assert {"emulator", "testing"} <= set(found.provides_extra or ())
    assert {"modelarts", "nvcf", "alaya-new"} <= set(found.keywords or ())


def test_entry_points_lead_to_what_is_there(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        told = archive.read(f"{INFO}/entry_points.txt").decode()
        names = archive.namelist()
    assert "[console_scripts]\npulumi-inference = pulumi_inference.cli:main" in told
    assert "[pytest11]\npulumi-inference = pulumi_inference.testing.plugin" in told
    assert {"pulumi_inference/cli/__init__.py", "pulumi_inference/testing/plugin.py"} <= set(names)


def test_an_index_shows_the_readme_with_its_picture_and_no_link_into_the_void(readme: str) -> None:
    rendered = markdown.render(readme)
    assert rendered is not None
    assert rendered.count("<table>") >= 4
    assert "<img" in rendered
    targets = re.findall(r'(?:href|src)="([^"]+)"', rendered)
    assert [one for one in targets if not one.startswith(("https://", "#"))] == []
    ours = [one for one in targets if one.startswith((SOURCE, RAW))]
    assert len(ours) > 50
    assert [one for one in ours if not _exists(one)] == []
    assert any(one.startswith(f"{RAW}/v{__version__}/docs/") for one in ours)


def test_the_readme_of_the_checkout_keeps_its_relative_links(readme: str) -> None:
    here = pages.read("README.md")
    assert "](docs/getting-started.md)" in here
    for address in (SOURCE, RAW):
        readme = readme.replace(f"{address}/blob/v{__version__}/", "").replace(f"{address}/v{__version__}/", "")
    assert readme.strip() == here.strip()


def _exists(address: str) -> bool:
    """Whether an address of ours is a file of this checkout, at the tag of this version."""
    path = re.sub(rf"^(?:{SOURCE}/blob|{RAW})/v{re.escape(__version__)}/", "", address).partition("#")[0]
    return path == SOURCE or (ROOT / path).exists()
