"""The documentation as a site: `make docs`. Which pages, and in which order, is what the README lists."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pulumi_inference import __version__  # noqa: E402
from tools import website  # noqa: E402

project = "pulumi-inference"
release = __version__
extensions = ["myst_parser", "sphinx.ext.githubpages", "tools.website"]
root_doc = website.docname(website.FIRST_PAGE)
include_patterns = website.pages()
exclude_patterns = [".*", "build", "site", "pulumi_inference", "tests", "tools"]
myst_heading_anchors = 6
# docs/review-example.md is a comment as it stands in a pull request, which begins with a smaller heading.
suppress_warnings = ["myst.header"]
# Quotes and dashes are often part of a command.
smartquotes = False

html_theme = "pydata_sphinx_theme"
html_title = "pulumi-inference"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/favicon.svg"
html_search_scorer = str(ROOT / "docs" / "static" / "scorer.js")
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_sidebars = {root_doc: []}
html_theme_options = {
    "logo": {"text": "pulumi-inference"},
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher", "navbar-icon-links"],
    "icon_links": [{"name": "Repository", "url": website.REPOSITORY, "icon": "fa-brands fa-github"}],
    "header_links_before_dropdown": 7,
    "search_as_you_type": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}
html_context = {"default_mode": "auto"}
