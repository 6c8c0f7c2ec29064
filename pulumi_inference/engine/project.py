"""The Pulumi project that we are in. Light: it needs no Pulumi, so that the command line starts fast."""

from pathlib import Path

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")


def project_file(start: Path | None = None) -> Path | None:
    """The nearest Pulumi.yaml upwards from `start` (or from here), None when there is none."""
    here = (start or Path.cwd()).resolve()
    candidates = (folder / name for folder in (here, *here.parents) for name in PROJECT_FILES)
    return next((file for file in candidates if file.is_file()), None)


def project_root(start: Path | None = None) -> Path:
    """The folder of the project, else where we are."""
    file = project_file(start)
    return file.parent if file else (start or Path.cwd()).resolve()
