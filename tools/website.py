"""What Sphinx has to know of these pages: how they hang together, and where links lead that leave them.

An extension, named in `docs/conf.py`. The pages themselves are plain Markdown, as GitHub shows it.
"""

from __future__ import annotations

import posixpath
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from pulumi_inference import clouds
from tools.generators.navigation import FIRST_PAGE, ROOT, Section, all_pages, listed

REPOSITORY: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Source"]
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml"}
_STACKS = "Pulumi.*.yaml"
_ENTRANCE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="_static/favicon.svg">
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}">
<p><a href="{page}">{title}</a></p>
</html>
"""


def docname(page: str) -> str:
    """What Sphinx calls a page."""
    return page.removesuffix(".md")


def pages() -> list[str]:
    """Every page of the site: those that the README lists."""
    return all_pages(listed())


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls first."""
    app.connect("source-read", _add)
    app.connect("build-finished", _write_entrance)
    app.add_transform(LinksToTheRepository)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class LinksToTheRepository(SphinxTransform):
    """A link to a file or folder that is no page of the site leads to the repository."""

    default_priority = 5

    def apply(self, **_: Any) -> None:
        """Rewrites the links of one page."""
        for link in [
            *self.document.findall(addnodes.download_reference),
            *self.document.findall(addnodes.pending_xref),
        ]:
            path = self._path(link)
            if not path or docname(path) in self.env.found_docs or not (ROOT / path).exists():
                continue
            kind = "tree" if (ROOT / path).is_dir() else "blob"
            there = nodes.reference(refuri=f"{REPOSITORY}/{kind}/main/{path}")
            there += link.children
            link.replace_self(there)

    def _path(self, link: nodes.Element) -> str:
        """The path in the checkout; "" where the link is none to a file."""
        target = str(link["reftarget"]).partition("#")[0]
        if link.get("refdomain") == "doc":
            return f"{target}.md"
        folder = posixpath.dirname(self.env.docname)
        return posixpath.normpath(posixpath.join(folder, target)) if target else ""


def _add(_: Sphinx, name: str, source: list[str]) -> None:
    """Puts under a page what leads on from it."""
    if name == docname(FIRST_PAGE):
        source[0] += _tree("", [("", section.page) for section in listed()])
    for section in listed():
        if docname(section.page) == name:
            source[0] += _trees(section)
    if name.startswith("examples/"):
        source[0] += _files(ROOT / posixpath.dirname(name))


def _trees(section: Section) -> str:
    by_room: dict[str, list[tuple[str, str]]] = {room: [] for room in ("", *clouds.CLOUDS)}
    for row in section.rows:
        by_room[row.room(clouds.CLOUDS)] += [("", row.page), *row.others]
    trees = [_tree(clouds.cloud(room).title if room else "", found) for room, found in by_room.items() if found]
    return "".join(trees)


def _tree(caption: str, of: list[tuple[str, str]]) -> str:
    """A part of the navigation: pages by name and path, the name "" where the page's title does."""
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    lines = [*options, "", *(f"{name} </{docname(page)}>" if name else f"/{docname(page)}" for name, page in of)]
    return "\n\n```{toctree}\n" + "\n".join(lines) + "\n```\n"


def _files(folder: Path) -> str:
    """The program of an example and the files that belong to it."""
    files = [file for file in folder.iterdir() if file.suffix in LANGUAGES and not file.match(_STACKS)]
    files.sort(key=lambda file: (file.suffix != ".py", file.name))
    return "\n\n## Files\n\n" + "\n\n".join(map(_shown, files)) + "\n"


def _shown(file: Path) -> str:
    include = f"```{{literalinclude}} {file.name}\n:language: {LANGUAGES[file.suffix]}\n```"
    return f"### `{file.name}`\n\n{include}"


def _write_entrance(app: Sphinx, failed: Exception | None) -> None:
    """The site's own address leads to the first page."""
    if failed is None and app.builder.format == "html":
        text = _ENTRANCE.format(title=app.config.html_title, page=f"{docname(FIRST_PAGE)}.html")
        (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")
