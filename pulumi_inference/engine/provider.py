"""The dynamic provider: between Pulumi's calls and a `Lifecycle`. It alone packs and unpacks state.

A dynamic `read` and `diff` see nothing but outputs, so outputs are the full inputs, the facts of the live thing, and
the version of this layout.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_inference.core.fields.paths import Path, parse, texts_at
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.texts import neutral
from pulumi_inference.engine.host import HOST, CleanError, request_local

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle, State
    from pulumi_inference.core.lifecycle.context import Context, Environment
    from pulumi_inference.engine.settings import Values

SCHEMA_VERSION = 1
PROVIDER_KEY = "__provider"
VERSION_KEY = "schema_version"
PROBLEMS_KEY = "__problems"
"""The input by which a resource class tells `check` what is wrong with the program; never stored."""
SECRETS_KEY = "__secrets"
"""The input by which a resource class tells `check` the paths of the program's secrets; never stored."""
OPTIONS_KEY = "__options"
"""The input by which a resource class tells `check` the resource options that matter here; never stored."""

_guard = threading.Lock()
_environment: Environment | None = None
_lifecycles: dict[str, Lifecycle] = {}


class LifecycleProvider(ResourceProvider):
    """Base of the provider classes in `providers.py`.

    Subclasses have no instance attributes: the state stores a reference to the class and nothing else.
    """

    serialize_as_secret_always = False
    lifecycle: ClassVar[str]
    """Import path of the Lifecycle, `module:Class`, loaded when the first call comes."""

    def configure(self, req: ConfigureRequest) -> None:
        """Takes over the stack's configuration; Pulumi calls it once per process and provider class."""
        _configure(req.config)

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Normalised inputs and problems. Problems carry their path in the text only, see `_failure`."""
        lifecycle, context = self._lifecycle(), _context()
        new = _known(_without_provider(news))
        told = new.pop(PROBLEMS_KEY, None)
        secrets = [parse(path) for path in new.pop(SECRETS_KEY, None) or ()]
        for path in secrets:
            context.environment.redactor.add(*texts_at(new, path))
        _hint_secrets(lifecycle, context, secrets)
        _remember_options(context, new.pop(OPTIONS_KEY, None) or {})
        if told:
            return CheckResult(_wire(new), [_failure(neutral(text)) for text in told])
        try:
            old = unpack(lifecycle, olds).inputs if olds else None
            checked = lifecycle.check(context, old, new)
        except Exception as error:
            _fail(error, context)
        clean = context.environment.redactor.clean
        return CheckResult(_wire(checked.inputs), [_failure(clean(str(problem))) for problem in checked.problems])

    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Program against record and live state."""
        lifecycle, context = self._lifecycle(), _context()
        try:
            result = lifecycle.diff(context, id_, unpack(lifecycle, olds, id_), _inputs(lifecycle, news))
        except Exception as error:
            _fail(error, context)
        HOST.stable[context.urn] = result.stable
        return DiffResult(
            changes=True if result.changes is None and _engine_sees_no_change() else result.changes,
            replaces=result.replaces,
            delete_before_replace=result.delete_before_replace,
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Makes the thing; one that was made but is not ready keeps its id in the state."""
        lifecycle, context = self._lifecycle(), _context()
        inputs = _inputs(lifecycle, props)
        try:
            state = lifecycle.create(context, inputs)
        except Exception as error:
            state = _keep(error, inputs, props, context)
        return CreateResult(state.id, pack(state))

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Makes the thing what the program says."""
        lifecycle, context = self._lifecycle(), _context()
        inputs = _inputs(lifecycle, news)
        try:
            state = lifecycle.update(context, id_, unpack(lifecycle, olds, id_), inputs)
        except Exception as error:
            state = _keep(error, inputs, news, context)
        return UpdateResult(pack(state))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The live thing, as outputs and as inputs; what is asked for by its id alone has to be there."""
        lifecycle, context = self._lifecycle(), _context()
        try:
            state = lifecycle.read(context, id_, unpack(lifecycle, props, id_))
            is_recorded = any(one is not None for key, one in props.items() if not key.startswith("__"))
            if state is None and not is_recorded:
                lifecycle.refuse_missing(context, id_)
        except Exception as error:
            state = _keep(error, None, props, context)
        if state is None:
            return ReadResult(None, {})
        return ReadResult(state.id, pack(state), _wire(state.inputs))

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Removes the thing and waits until it is gone."""
        lifecycle, context = self._lifecycle(), _context()
        try:
            lifecycle.delete(context, id_, unpack(lifecycle, props, id_))
        except Exception as error:
            _fail(error, context)

    def _lifecycle(self) -> Lifecycle:
        with _guard:
            lifecycle = _lifecycles.get(self.lifecycle)
            if lifecycle is None:
                module, name = self.lifecycle.split(":")
                lifecycle = _lifecycles[self.lifecycle] = getattr(importlib.import_module(module), name)()
                # What only check needs is loaded while the first reads wait for the network.
                threading.Thread(target=lifecycle.prepare, daemon=True).start()
            return lifecycle


def pack(state: State) -> dict[str, Any]:
    """The outputs that stand in the state."""
    return {**_wire(state.inputs), **_wire(state.facts), VERSION_KEY: SCHEMA_VERSION}


def unpack(lifecycle: Lifecycle, outputs: Mapping[str, Any], thing: str = "") -> State:
    """The inputs and facts in the outputs of any version of the layout so far."""
    from pulumi_inference.core.errors import ConfigurationError
    from pulumi_inference.core.fields.facts import facts_of
    from pulumi_inference.core.lifecycle import State

    version = int(outputs.get(VERSION_KEY, SCHEMA_VERSION))
    if version > SCHEMA_VERSION:
        raise ConfigurationError(
            f"the state was written by a newer pulumi-inference (layout {version}, this one knows {SCHEMA_VERSION}); "
            "install that version or a newer one"
        )
    names = facts_of(lifecycle.spec)
    inputs = {key: value for key, value in outputs.items() if key in names}
    facts = {key: value for key, value in outputs.items() if key not in names and not key.startswith("__")}
    facts.pop(VERSION_KEY, None)
    return State(thing, {**_inputs(lifecycle, inputs), **_hidden(outputs)} if inputs else {}, facts)


def _inputs(lifecycle: Lifecycle, values: Mapping[str, Any]) -> dict[str, Any]:
    from pulumi_inference.core.fields.normalise import normalise

    known = _known(_without_provider(values))
    hidden = _hidden(known)
    shown = {key: value for key, value in known.items() if key not in hidden}
    return {**normalise(lifecycle.spec, shown), **hidden}


def _hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key.startswith("__") and key != PROVIDER_KEY}


def _without_provider(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != PROVIDER_KEY}


def _known(value: Any) -> Any:
    """The same values with Pulumi's unknowns replaced by the one that core knows."""
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_known(one) for one in value]
    return UNKNOWN if isinstance(value, Unknown) or value == rpc.UNKNOWN else value


def _wire(value: Any) -> Any:
    """A copy with core's unknowns in the form that Pulumi sends."""
    if isinstance(value, dict):
        return {key: _wire(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(one) for one in value]
    return rpc.UNKNOWN if value is UNKNOWN else value


def _engine_sees_no_change() -> bool:
    """Whether the engine's own comparison of inputs, asked for by `changes=None`, would find nothing.

    So it is after an update that failed on the way: the state then has the new inputs with the old outputs.
    """
    request = request_local("request")
    return request is not None and request.HasField("old_inputs") and request.old_inputs == request.news


def _hint_secrets(lifecycle: Lifecycle, context: Context, secrets: Sequence[Path]) -> None:
    from pulumi_inference.core.fields.secrets import misplaced

    hint = misplaced(lifecycle.spec, secrets) if secrets else None
    if hint and context.environment.memory.first_time(context.urn, hint):
        context.warn(hint)


def _remember_options(context: Context, options: Mapping[str, Any]) -> None:
    course = context.course
    course.ignored = tuple(options.get("ignore_changes", ()))
    course.retains = bool(options.get("retain_on_delete"))
    course.deletes_first = bool(options.get("delete_before_replace"))


def _failure(reason: str) -> CheckFailure:
    """A failure without a property: the engine would print that property's value in clear, secrets too."""
    return CheckFailure("", reason)


def _keep(error: Exception, inputs: Mapping[str, Any] | None, props: Mapping[str, Any], context: Context) -> State:
    """Keeps what exists in the state although the call failed; any other error ends the call."""
    from pulumi_inference.core.lifecycle import UnhealthyError

    if not isinstance(error, UnhealthyError):
        _fail(error, context)
    state = error.state
    message = context.environment.redactor.clean(str(error))
    if HOST.keeps_failures:
        provider = {PROVIDER_KEY: props[PROVIDER_KEY]}
        asked = _wire(state.inputs if inputs is None else inputs)
        try:
            HOST.fail_but_keep(state.id, {**pack(state), **provider}, {**asked, **provider}, [message])
        except CleanError:
            raise
        except Exception as cause:  # the id matters more than the form: go on in the plain way
            HOST.keeps_failures = False
            context.warn(f"failures are told in the plain way from here on: {cause}")
    context.warn(message)
    return state


def _fail(error: Exception, context: Context) -> NoReturn:
    """A clean message for what a user can cause; a traceback for what is our mistake."""
    from pulumi_inference.core.errors import InferenceError

    if isinstance(error, InferenceError):
        message = str(error.redact(context.environment.redactor.redact))
        if not HOST.plain:
            HOST.fail(message)
    raise error


def _configure(values: Values) -> None:
    from pulumi_inference.core.lifecycle.context import Environment
    from pulumi_inference.engine.settings import StackConfiguration, connect_transport

    global _environment  # noqa: PLW0603 - one provider process has one configuration
    HOST.install()
    with _guard:
        if _environment is None:
            _environment = Environment(
                configuration=StackConfiguration(values), transports=connect_transport, cancelled=HOST.cancelled
            )


def _context() -> Context:
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.lifecycle.naming import Policy

    if _environment is None:
        _configure({})
    assert _environment is not None  # noqa: S101 - for the type checker
    request = request_local("request")
    urn = getattr(request, "urn", "")
    wish = getattr(request, "autonaming", None)
    clean = _environment.redactor.clean
    return Context(
        environment=_environment,
        urn=urn,
        timeout=getattr(request, "timeout", 0.0) or None,
        ignored_by_engine=tuple(getattr(request, "ignoreChanges", ())),
        autoname=Policy(wish.proposed_name, wish.mode == wish.ENFORCE, wish.mode == wish.DISABLE) if wish else Policy(),
        progress=lambda text: HOST.progress(urn, clean(text)),
        tell=lambda text: HOST.note(urn, clean(text)),
        warn=lambda text: HOST.warn(urn, clean(text)),
    )
