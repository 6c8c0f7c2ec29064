"""The resources of a stack, as Pulumi's state has them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference.cli.programs import run
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.messages import did_you_mean

if TYPE_CHECKING:
    from pulumi_inference.core.clock import Clock

PULUMI_SECONDS = 60
SECONDS_BETWEEN_READS = 15
TYPE_PREFIX = "pulumi-python:dynamic/"
UNLOCK = "set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with"


@dataclass(frozen=True)
class StackResource:
    """One of our resources in the state.

    `kind` is cloud and class with a dot between, `name` the one in the program. `id` is None while it is being created.
    `values` are the outputs, which the inputs are part of; secrets in them are encrypted. `is_replaced` is true of
    one that its successor has not deleted yet, `is_read` of one that the program only reads.
    """

    urn: str
    kind: str
    name: str
    id: str | None
    values: Mapping[str, Any] = field(repr=False)
    is_replaced: bool = False
    is_read: bool = False


@dataclass(frozen=True)
class Stack:
    """A stack's name, its project's, and our resources in it, by name. A stack without any state tells no names.

    `secrets` are the secret texts in its state, None where they were not asked for, or could not be decrypted.
    """

    name: str | None
    project: str | None
    resources: Sequence[StackResource]
    secrets: Collection[str] | None = field(default=None, repr=False)

    def select(self, wanted: Sequence[str]) -> list[StackResource]:
        """The resources with these names, ids or urns; all when none is asked for.

        Raises:
            ConfigurationError: there is no such resource.
        """
        for one in wanted:
            if not any(one in (each.name, each.id, each.urn) for each in self.resources):
                names = [each.name for each in self.resources]
                hint = did_you_mean(one, names) or f"; there is {', '.join(names) or 'none'}"
                raise ConfigurationError(f"{self.name or 'the stack'} has no resource {one!r}{hint}")
        return [each for each in self.resources if not wanted or {each.name, each.id, each.urn} & set(wanted)]


class StackReader:
    """The stack that is being watched, and the resources of it that were `chosen`.

    Reading starts a `pulumi` each time, so `renew` leaves some time between. When that fails, what was read before
    stays, and `problem` says why. It is read with its secrets, where they can be decrypted.
    """

    def __init__(self, name: str | None, kinds: Collection[str], wanted: Sequence[str], clock: Clock) -> None:
        """Raises what `read_stack` and `Stack.select` raise."""
        self._name, self._kinds, self._wanted, self._clock = name, kinds, wanted, clock
        self.problem: str | None = None
        self._read()

    def renew(self) -> None:
        """Reads the stack again, unless that was done just now."""
        if self._clock.monotonic() - self._read_at < SECONDS_BETWEEN_READS:
            return
        try:
            self._read()
            self.problem = None
        except ConfigurationError as error:
            self.problem = str(error)

    def _read(self) -> None:
        try:
            stack = read_stack(self._name, self._kinds, decrypt=True)
        finally:
            self._read_at = self._clock.monotonic()
        self.stack, self.chosen = stack, stack.select(self._wanted)


def read_stack(stack: str | None, kinds: Collection[str], *, decrypt: bool = False) -> Stack:
    """The stack of that name, or the selected one, with its resources of these kinds, by `pulumi stack export`.

    With `decrypt`, it has the secrets of its state too, if they can be had.

    Raises:
        ConfigurationError: there is no such stack, or Pulumi cannot be asked.
    """
    secrets: set[str] | None = set() if decrypt else None
    try:
        text = ask_pulumi("stack", "export", *(["--show-secrets"] if decrypt else []), stack=stack)
        document = json.loads(text, object_hook=None if secrets is None else _learner(secrets))
    except ConfigurationError:
        if not decrypt:
            raise
        document, secrets = json.loads(ask_pulumi("stack", "export", stack=stack)), None
    deployment = document.get("deployment") or {}
    listed = deployment.get("resources") or []
    # urn:pulumi:STACK::PROJECT::TYPE::NAME
    first = str(listed[0]["urn"]).split("::") if listed else None
    name, project = (first[0].rpartition(":")[2], first[1]) if first else (stack, None)
    found = [*_resources(listed), *_pending(deployment, {one["urn"] for one in listed})]
    return Stack(name, project, sorted((one for one in found if one.kind in kinds), key=lambda one: one.name), secrets)


def _learner(secrets: set[str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What takes the text of a secret out of an object of an export, and learns it."""
    from pulumi_inference.review.reading import SIGNATURE, without_mark

    def learn(found: dict[str, Any]) -> dict[str, Any]:
        if SIGNATURE in found:
            without_mark(secrets, found)
            found.pop("plaintext", None)
        return found

    return learn


def stack_name(stack: str | None) -> str | None:
    """The name of the stack asked for, or of the selected one; None when there is none, or Pulumi cannot be asked."""
    if stack is not None:
        return stack
    try:
        return ask_pulumi("stack", "--show-name", stack=None).strip() or None
    except ConfigurationError:
        return None


def stack_file(stack: str) -> str:
    """The name of the file with a stack's configuration."""
    return f"Pulumi.{stack.rsplit('/', 1)[-1]}.yaml"


def ask_pulumi(*words: str, stack: str | None) -> str:
    """What a `pulumi` command writes to stdout.

    Raises:
        ConfigurationError: there is no pulumi, or the command failed; the message is its own.
    """
    if shutil.which("pulumi") is None:
        raise ConfigurationError("pulumi is not on PATH")
    command = ["pulumi", *words, "--non-interactive", *(["--stack", stack] if stack else [])]
    try:
        done = run(command, seconds=PULUMI_SECONDS)
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"`pulumi {words[0]}` did not answer within {PULUMI_SECONDS} s") from None
    if done.returncode != 0:
        said = done.stderr.strip().removeprefix("error: ").splitlines()
        raise ConfigurationError(said[0] if said else f"`pulumi {words[0]}` ended with code {done.returncode}")
    return done.stdout


def _resources(listed: Sequence[Mapping[str, Any]]) -> Iterator[StackResource]:
    for one in listed:
        if one.get("id"):
            values = one.get("outputs") or one.get("inputs") or {}
            flags = bool(one.get("delete")), bool(one.get("external"))
            yield StackResource(one["urn"], _kind(one), _name(one), one["id"], values, *flags)


def _pending(deployment: Mapping[str, Any], known: set[str]) -> Iterator[StackResource]:
    """What an `up` that is under way, or was broken off, is creating."""
    for operation in deployment.get("pending_operations") or ():
        one = operation.get("resource") or {}
        if operation.get("type") == "creating" and one["urn"] not in known:
            yield StackResource(one["urn"], _kind(one), _name(one), None, one.get("inputs") or {})


def _kind(resource: Mapping[str, Any]) -> str:
    return str(resource["type"]).removeprefix(TYPE_PREFIX).replace(":", ".")


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rsplit("::", 1)[-1]
