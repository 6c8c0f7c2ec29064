"""A program with a state of its own, run by the real engine against the emulated clouds."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from pulumi import automation

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine.project import project_file
from pulumi_inference.testing.results import Outcome, Resource, resources_of, steps_of

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent

    from pulumi_inference.testing.emulated import EmulatedClouds

__all__ = ["NewStack", "Stack"]

PROJECT = "test"
PASSPHRASE = "emulator"  # noqa: S105  it opens nothing but the state of a test

Program = Callable[[], object] | Path


class Stack:
    """A program, and what a run of it has made; all of it goes into a temporary folder.

    Each command looks first at what is there, as in a project with `refresh: always`. What goes wrong
    in a program or in a cloud is Pulumi's own `automation.CommandError`, whose text is what `pulumi up` prints.

    Args:
        program: a function that declares resources, or the folder of a project, which stays as it is.
        folder: where work and state go; an empty one.
        emulator: the clouds.
        config: configuration values by their keys, over those of the project's file.
        secrets: the same for secret values.
        environment: more environment variables.
        name: of the stack.

    Raises:
        ConfigurationError: `program` is neither, there is no `pulumi` on the PATH, or no Pulumi.yaml in the folder.
    """

    def __init__(
        self,
        program: Program,
        folder: Path,
        emulator: EmulatedClouds,
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        name: str = "test",
    ) -> None:
        if not (isinstance(program, Path) or callable(program)):
            raise ConfigurationError(
                f"a program is a function or the folder of a project, and {program!r} is neither",
                next_step="A folder is a `Path(...)`, a function is named without calling it.",
            )
        if shutil.which("pulumi") is None:
            raise ConfigurationError(
                "there is no `pulumi` on the PATH, and a stack is run by it",
                next_step="Install it (https://www.pulumi.com/docs/install/); `pulumi-inference doctor` says what else "
                "is missing. Tests with Pulumi's mocks need no engine.",
            )
        work, state = folder / "work", folder / "state"
        for one in (work, state):
            one.mkdir(parents=True)
        options = automation.LocalWorkspaceOptions(
            env_vars={
                **emulator.environment,
                "PULUMI_BACKEND_URL": state.resolve().as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                # The engine would run the provider with the first Python on the PATH.
                "PULUMI_RUNTIME_VIRTUALENV": sys.prefix,
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                **(environment or {}),
            }
        )
        self._stack = (
            _of_folder(name, program, work, options)
            if isinstance(program, Path)
            else _inline(name, program, work, options)
        )
        values = {**emulator.config, **(config or {})}
        self._stack.set_all_config(
            {key: automation.ConfigValue(value) for key, value in values.items()}
            | {key: automation.ConfigValue(value, secret=True) for key, value in (secrets or {}).items()}
        )

    def preview(self) -> Outcome:
        """What `up` would do; nothing is changed."""
        return _outcome(self._stack.preview)

    def up(self) -> Outcome:
        """Lets the clouds be as the program says."""
        return _outcome(self._stack.up)

    def refresh(self) -> Outcome:
        """Takes over into the state what the clouds say."""
        return _outcome(self._stack.refresh)

    def destroy(self) -> Outcome:
        """Deletes all that the stack has."""
        return _outcome(self._stack.destroy)

    def set_config(self, key: str, value: str, *, secret: bool = False) -> None:
        """Changes a configuration value, for the next run."""
        self._stack.set_config(key, automation.ConfigValue(value, secret=secret))

    @property
    def resources(self) -> list[Resource]:
        """What the state has, in the order in which it was made."""
        return resources_of(self._stack.export_stack().deployment or {})

    def resource(self, name: str) -> Resource:
        """The one resource of that name.

        Raises:
            LookupError: the state has none, or several.
        """
        found = self.resources
        named = [one for one in found if one.name == name]
        if len(named) != 1:
            told = ", ".join(f"{one.type} {one.name}" for one in found) or "none"
            raise LookupError(f"there are {len(named)} resources called {name}; the state has: {told}")
        return named[0]

    @property
    def automation(self) -> automation.Stack:
        """Pulumi's own object, for what is not here: targets, imports, history."""
        return self._stack


class NewStack(Protocol):
    """The fixture `new_inference_stack`: a `Stack` in a folder of the test's own, against its emulated clouds."""

    def __call__(
        self,
        program: Program,
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        name: str = "test",
    ) -> Stack:
        """A new stack of the program; several of one test share the clouds."""
        ...


def _outcome(run: Callable[..., Any]) -> Outcome:
    events: list[EngineEvent] = []
    ended = run(on_event=events.append, color="never")
    outputs: Mapping[str, automation.OutputValue] = getattr(ended, "outputs", {})
    return Outcome(
        steps=steps_of(events),
        outputs={name: one.value for name, one in outputs.items()},
        secret=frozenset(name for name, one in outputs.items() if one.secret),
        text=f"{ended.stdout}\n{ended.stderr}",
    )


def _inline(
    name: str, program: Callable[[], object], work: Path, options: automation.LocalWorkspaceOptions
) -> automation.Stack:
    def run() -> None:
        program()

    _write_project(work, {"name": PROJECT, "runtime": "python", "main": str(Path.cwd())})
    options.work_dir = str(work)
    return automation.create_stack(name, project_name=PROJECT, program=run, opts=options)


def _of_folder(name: str, folder: Path, work: Path, options: automation.LocalWorkspaceOptions) -> automation.Stack:
    """The project as it stands there, but with a file of its own, so that no stack's file is written beside it."""
    file = project_file(folder)
    if file is None or file.parent != folder.resolve():
        raise ConfigurationError(
            f"{folder} has no Pulumi.yaml", next_step="Name the folder of a project, or a function that is the program."
        )
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["main"] = str(file.parent / document.get("main", "."))
    document["runtime"] = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
    _write_project(work, document)
    return automation.create_stack(name, work_dir=str(work), opts=options)


def _write_project(work: Path, document: dict[str, Any]) -> None:
    document["options"] = {**document.get("options", {}), "refresh": "always"}
    (work / "Pulumi.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
