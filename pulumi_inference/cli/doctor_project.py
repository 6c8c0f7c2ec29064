"""What `pulumi-inference doctor` looks at in the project and in its stack."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pulumi_inference.cli.check import Check
from pulumi_inference.cli.project import read_project
from pulumi_inference.cli.stack import UNLOCK, ask_pulumi, stack_file, stack_name
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine.project import project_file


def check_project() -> Check:
    """Whether the project can be read, and refreshes before previews."""
    file = project_file()
    if file is None:
        return Check("project", "skipped", "no Pulumi.yaml here or above")
    try:
        options = read_project(file).get("options")
    except ConfigurationError as error:
        return Check("project", "failed", error.headline(), "correct the file")
    if isinstance(options, dict) and options.get("refresh") == "always":
        return Check("project", "ok", f"{file} refreshes always")
    return Check(
        "project",
        "note",
        f"{file} does not refresh before previews: what was changed outside of the program is not shown by property",
        "add `options: {refresh: always}` to it",
    )


def check_stack(stack: str | None, root: Path) -> Check:
    """Whether Pulumi can encrypt with the stack's settings, which `up` needs though nothing may be encrypted yet.

    It is tried on a copy of the stack's file, in which nothing stays.
    """
    name = stack_name(stack)
    if name is None:
        return Check("stack", "skipped", "no stack is selected")
    file = root / str(read_project(project_file(root) or root).get("stackConfigDir") or "") / stack_file(name)
    if not file.is_file():
        return Check("stack", "skipped", f"{name} has no {file.name} yet")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        copy.write_bytes(file.read_bytes())
        try:
            ask_pulumi("config", "set", "--secret", "inference:probe", "-", "--config-file", str(copy), stack=stack)
        except ConfigurationError as error:
            fix = f"{UNLOCK}, or put back the encryption settings at the top of {file.name}"
            return Check("stack", "failed", f"{name}: {error.headline()}", fix)
    return Check("stack", "ok", f"{name}, {file}")
