"""`pulumi-inference validate`: spec files against the rules that `pulumi preview` applies."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference.cli.kinds import kind_named, kind_names, lifecycle_of
from pulumi_inference.cli.terminal import say, say_json
from pulumi_inference.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_inference.cli.documents import Document

ENVELOPE = ("kind", "name", "spec")
HELP = f"""Check spec files (YAML or JSON; - is stdin) without an account or a network.

A document is {{kind: {kind_names()[0]}, name: ..., spec: {{...}}}}, where name only appears in messages. A file may
hold several, as a list or separated by ---. With --kind, a document may be the bare spec. The fields of a spec
have the names of the program's arguments. Exit code 1 when a problem was found.
"""


@dataclass(frozen=True)
class Finding:
    """One problem of one file; `path` is that of the spec, `line` that of the file, None when there is none."""

    file: str
    line: int | None
    resource: str | None
    path: str
    message: str

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        return ": ".join(part for part in (self.file + line, self.resource, self.path, self.message) if part)


@click.command(help=HELP)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--kind", type=click.Choice(kind_names()), help="Kind of documents that do not name theirs.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def validate(files: tuple[str, ...], kind: str | None, as_json: bool) -> None:
    """Writes what is wrong in the files."""
    findings: list[Finding] = []
    count = 0
    for file in files:
        found, documents = _check_file(file, kind)
        findings += found
        count += documents
    if as_json:
        say_json({"documents": count, "problems": [asdict(one) for one in findings]})
    else:
        for one in findings:
            say(str(one))
        problems = f"{len(findings)} problem{'' if len(findings) == 1 else 's'}" if findings else "no problems"
        say(f"{count} document{'' if count == 1 else 's'}, {problems}", err=bool(findings))
    sys.exit(1 if findings else 0)


def _check_file(file: str, kind: str | None) -> tuple[list[Finding], int]:
    from pulumi_inference.cli.documents import parse_documents

    name = "<stdin>" if file == "-" else file
    try:
        documents = parse_documents(_text(file))
    except ConfigurationError as error:
        return [Finding(name, None, None, "", str(error))], 0
    if not documents:
        return [Finding(name, None, None, "", "holds no document")], 0
    return [one for document in documents for one in _check_document(name, document, kind)], len(documents)


def _text(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError("is not UTF-8 text") from None


def _check_document(file: str, document: Document, kind: str | None) -> list[Finding]:
    value = document.value
    label = None
    prefix: tuple[str, ...] = ()
    try:
        if kind is None or (isinstance(value, Mapping) and "kind" in value):
            kind, label, value = _unwrap(value)
            prefix = ("spec",)
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"a {kind} spec must be an object")
        problems = _problems(kind, value)
    except ConfigurationError as error:
        return [Finding(file, document.line(prefix), label, "", str(error))]
    return [Finding(file, document.line((*prefix, *path)), label, text, message) for path, text, message in problems]


def _unwrap(value: Any) -> tuple[str, str | None, Any]:
    """Kind, name and spec of an enveloped document."""
    if not isinstance(value, Mapping) or not isinstance(value.get("kind"), str):
        raise ConfigurationError(f"names no kind; write {{kind: {kind_names()[0]}, spec: {{...}}}}, or give --kind")
    unknown = [key for key in value if key not in ENVELOPE]
    if unknown:
        raise ConfigurationError(f"unknown key {unknown[0]!r} beside kind; allowed are {', '.join(ENVELOPE)}")
    if "spec" not in value:
        raise ConfigurationError("spec is missing")
    name = value.get("name")
    if name is not None and not isinstance(name, str):
        raise ConfigurationError("name must be a text")
    return value["kind"], name, value["spec"]


def _problems(kind: str, spec: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str, str]]:
    """Path, its text, and the message of everything that is wrong; the same that `check` finds in a preview."""
    from pulumi_inference.core.fields import paths
    from pulumi_inference.core.fields.facts import facts_of

    lifecycle = lifecycle_of(kind_named(kind))
    facts = facts_of(lifecycle.spec)
    problems = [(one.path, one.message) for one in lifecycle.judge(spec)[1]]
    problems += [(name, "is filled in from the settings; remove it") for name in spec if _is_resolved(facts, name)]
    return [(paths.parse(path), path, message) for path, message in problems]


def _is_resolved(facts: Mapping[str, Any], name: str) -> bool:
    return name in facts and facts[name].resolved
