"""The site is built without a warning, holds every page, finds them, and needs nothing from elsewhere."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from tests.docs import pages
from tools import website
from tools.generators.navigation import all_pages, listed, sections

ASSETS = {("script", "src"), ("img", "src"), ("source", "src"), ("iframe", "src"), ("object", "data"), ("use", "href")}
"""What a browser fetches by itself; of links only those to style sheets, icons and the like."""
FETCHED = {"stylesheet", "preload", "icon", "shortcut icon", "modulepreload", "prefetch", "preconnect", "dns-prefetch"}
SITE = "http://site.invalid/"


class Page(HTMLParser):
    """What a page of the site links to, what it fetches, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.assets += [given[name] for of, name in ASSETS if of == tag and name in given]
        if tag == "link":
            (self.assets if given.get("rel") in FETCHED else self.links).append(given["href"])
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make docs` builds: once, however many processes run the tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    done = folder / "site" / "index.html"
    with (folder / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            build(folder)
    return done.parent


def build(folder: Path) -> None:
    """Runs what the Makefile runs, into a folder."""
    recipe = pages.read("Makefile").partition("\ndocs:")[2].partition("\n\n")[0]
    words = recipe.partition("-m sphinx ")[2].partition("\n\t@")[0].replace("\\\n", " ").split()
    assert "--fail-on-warning" in words
    there = {"build/doctrees": str(folder / "doctrees"), "site": str(folder / "site")}
    command = [sys.executable, "-m", "sphinx", *(there.get(word, word) for word in words)]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""


@pytest.fixture(scope="session")
def built(site: Path) -> dict[str, Page]:
    """Every page of the site, by its path in it; the theme keeps templates beside its style sheets."""
    files = [file for file in sorted(site.rglob("*.html")) if "_static" not in file.parts]
    return {file.relative_to(site).as_posix(): Page(file.read_text(encoding="utf-8")) for file in files}


def inside(page: str, links: list[str]) -> Iterator[tuple[str, str]]:
    """Path and anchor of the links that stay in the site."""
    for link in links:
        address, anchor = urldefrag(urljoin(SITE + page, link))
        if address.startswith(SITE):
            yield unquote(urlsplit(address).path).removeprefix("/"), unquote(anchor)


def test_every_page_of_the_documentation_is_in_the_navigation() -> None:
    there = {file.relative_to(pages.ROOT).as_posix() for file in (pages.ROOT / "docs").rglob("*.md")}
    examples = {file.relative_to(pages.ROOT).as_posix() for file in (pages.ROOT / "examples").rglob("README.md")}
    assert sorted((there | examples) - set(website.pages())) == []


def test_what_the_readme_lists_is_the_navigation() -> None:
    readme = """# x
**[Tasks](docs/tasks.md)**

Said first.

| Page | What |
|---|---|
| [Calls](docs/how-to/calls.md) | how; [an example](docs/example.md) |
| [Blue](docs/how-to/toys-blue.md) | of one cloud |

## Others

| [Not this](docs/not.md) | outside of a section |
"""
    [tasks] = sections(readme)
    assert (tasks.title, tasks.page, [line for line in tasks.lead if line]) == (
        "Tasks",
        "docs/tasks.md",
        ["Said first."],
    )
    assert (tasks.rows[0].page, tasks.rows[0].others) == ("docs/how-to/calls.md", (("An example", "docs/example.md"),))
    assert [row.room(["toys"]) for row in tasks.rows] == ["", "toys"]
    assert all_pages([tasks])[-1] == "docs/how-to/toys-blue.md"


def test_each_page_is_built_and_can_be_reached(built: dict[str, Page]) -> None:
    wanted = {f"{website.docname(page)}.html" for page in website.pages()}
    assert wanted - set(built) == set()
    reached, todo = {"index.html"}, ["index.html"]
    while todo:
        page = todo.pop()
        further = {path for path, _ in inside(page, built[page].links) if path in built} - reached
        reached |= further
        todo += further
    assert wanted - reached == set()


def test_no_link_is_dead(site: Path, built: dict[str, Page]) -> None:
    dead = []
    for name, page in built.items():
        for path, anchor in inside(name, [*page.links, *page.assets]):
            known = built.get(path)
            if not (site / path).is_file() or (anchor and known and anchor not in known.anchors):
                dead.append(f"{name}: {path}#{anchor}")
    assert dead == []


def test_links_that_leave_for_the_repository_name_what_is_there(built: dict[str, Page]) -> None:
    kinds = tuple(f"{website.REPOSITORY}/{kind}/" for kind in ("blob", "tree"))
    left = {link for page in built.values() for link in page.links if link.startswith(kinds)}
    paths = [link.removeprefix(f"{website.REPOSITORY}/").split("/", 2) for link in left]
    assert any(path.endswith("Pulumi.yaml") for *_, path in paths)
    for kind, branch, path in paths:
        target = pages.ROOT / path
        assert branch == "main"
        assert target.is_dir() if kind == "tree" else target.is_file(), path


def test_nothing_is_fetched_from_another_host(site: Path, built: dict[str, Page]) -> None:
    assets = {asset for page in built.values() for asset in page.assets}
    assert {asset for asset in assets if urlsplit(asset).netloc} == set()
    styles = "\n".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    assert "@font-face" in styles
    assert re.findall(r"""(?:url\(|@import)\s*["']?(?:\w+:)?//[^"')]*""", styles) == []


def test_the_search_knows_each_page(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert sorted(index["docnames"]) == sorted(map(website.docname, website.pages()))

    def found(word: str) -> set[str]:
        numbers = index["terms"].get(word, [])
        return {index["docnames"][number] for number in ([numbers] if isinstance(numbers, int) else numbers)}

    assert "docs/reference/modelarts-service" in found("instance_count")
    assert "docs/errors" in found("waittimeouterror") | {index["docnames"][entry[0]] for entry in _titled(index)}


def _titled(index: dict[str, dict[str, list[list[int]]]]) -> list[list[int]]:
    return [entry for title, entries in index["alltitles"].items() if title == "WaitTimeoutError" for entry in entries]


def test_the_first_page_is_the_entrance(built: dict[str, Page], site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert 'content="0; url=docs/index.html"' in text
    assert ("docs/index.html", "") in list(inside("index.html", built["index.html"].links))


def test_an_example_has_its_program(site: Path) -> None:
    for section in listed():
        for row in section.rows:
            if row.page.startswith("examples/"):
                text = (site / f"{website.docname(row.page)}.html").read_text(encoding="utf-8")
                program = (pages.ROOT / row.page).with_name("__main__.py")
                assert "__main__.py" in text if program.is_file() else "github-review.yml" in text


def test_what_the_style_sheet_says_of_one_page_finds_that_page() -> None:
    style = (website.ROOT / "docs/static/site.css").read_text(encoding="utf-8")
    named = set(re.findall(r"^#([\w-]+) ", style, re.MULTILINE))
    title = (website.ROOT / "docs/coverage.md").read_text(encoding="utf-8").partition("# ")[2].partition("\n")[0]
    assert named == {title.lower().replace(" ", "-")}
