"""A report as one HTML page that needs nothing else: readable narrow and wide, by day and by night."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from pulumi_inference.review.blocks import Block, Code, Diff, Document, Heading, Items, Line, Paragraph, Table, one_line

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --back: #fff; --edge: #d1d9e0; --soft: #f6f8fa; --faint: #59636e;
  --goes: #ffebe9; --comes: #dafbe1; --moved: #fff8c5; --alarm: #bc4c00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --back: #0d1117; --edge: #3d444d; --soft: #151b23;
  --faint: #9198a1; --goes: #4c1f22; --comes: #173a26; --moved: #453a10; --alarm: #f0883e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 1.75rem; }
code, .diff { font-family: ui-monospace, monospace; font-size: .875em; }
code { background: var(--soft); border-radius: 4px; padding: .1em .3em; box-decoration-break: clone;
  -webkit-box-decoration-break: clone; }
ul { padding-left: 1.25rem; }
.alarm { border-left: 4px solid var(--alarm); padding-left: .75rem; font-weight: 600; }
details { border: 1px solid var(--edge); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
.diff { border: 1px solid var(--edge); border-radius: 6px; margin: .5rem 0; overflow: hidden; }
.diff div { padding: .1rem .6rem; white-space: pre-wrap; }
.diff .goes { background: var(--goes); } .diff .comes { background: var(--comes); }
.diff .moved { background: var(--moved); }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { border: 1px solid var(--edge); padding: .3rem .6rem; text-align: left; vertical-align: top;
  max-width: 11rem; overflow-wrap: break-word; }
th { background: var(--soft); color: var(--faint); font-weight: 600; white-space: nowrap; }
"""
_CLASSES = {"-": "goes", "+": "comes", "!": "moved"}


def page(documents: Sequence[Document], title: str) -> str:
    """The documents on one page."""
    bodies = "\n<hr/>\n".join(_document(one) for one in documents)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{bodies}\n</body>\n</html>\n"
    )


def _document(one: Document) -> str:
    return _blocks(one.whole)


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n".join(_block(one) for one in blocks)


def _block(one: Block) -> str:
    if isinstance(one, Heading):
        return f"<h{one.level}>{_line(one.line)}</h{one.level}>"
    if isinstance(one, Paragraph):
        alarm = ' class="alarm"' if one.is_alarm else ""
        return f"<p{alarm}>{_line(one.line)}</p>"
    if isinstance(one, Items):
        return f"<ul>{''.join(f'<li>{_line(line)}</li>' for line in one.lines)}</ul>"
    if isinstance(one, Diff):
        lines = "".join(
            f'<div class="{_CLASSES.get(sign, "same")}">{sign} {_text(text)}</div>' for sign, text in one.lines
        )
        return f'<div class="diff">{lines}</div>'
    if isinstance(one, Table):
        head = "".join(f"<th>{_text(cell)}</th>" for cell in one.head)
        rows = "".join(f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>" for row in one.rows)
        return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    opened = ' open="open"' if one.is_open else ""
    return f"<details{opened}><summary>{_line(one.summary)}</summary>{_blocks(one.blocks)}</details>"


def _line(line: Line) -> str:
    return "".join(f"<code>{_text(one.text)}</code>" if isinstance(one, Code) else _text(one) for one in line)


def _text(text: str) -> str:
    return html.escape(one_line(text))
