"""The base of every resource class in a program. Light: the program's process needs types and Pulumi only."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pulumi
from pulumi.dynamic import Resource, ResourceProvider

from pulumi_inference.core.clock import iso_time
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.limits import find_unfit
from pulumi_inference.core.fields.paths import parse
from pulumi_inference.engine.options import told_options
from pulumi_inference.engine.outputs import Attributes, Inputs, Outputs
from pulumi_inference.engine.provider import OPTIONS_KEY, PROBLEMS_KEY, SECRETS_KEY, VERSION_KEY
from pulumi_inference.engine.secrets import secret_paths
from pulumi_inference.engine.settings import check_keys

R = TypeVar("R", bound="InferenceResource")

_FOR_LATER = (pulumi.Output, pulumi.Resource, pulumi.Asset, pulumi.Archive, Awaitable)
"""What Pulumi makes values of."""

_hinted = False


class InferenceResource(Resource):
    """A resource whose provider is one of `pulumi_inference.providers`."""

    _dynamic_provider: ClassVar[type[ResourceProvider]]
    _properties: ClassVar[tuple[str, ...]]
    """Every input and output by name."""
    _secrets: ClassVar[tuple[str, ...]] = ()
    _secrets_when_read: ClassVar[tuple[str, ...]] = ()
    """Outputs that hold secrets of an existing thing, where no program says which part of them is secret."""
    _stable: ClassVar[tuple[str, ...]] = ()
    """Outputs that an update may leave as they are."""
    _import_words: ClassVar[str]
    """What follows `pulumi-inference import` for this resource, cloud and noun; "" if it has no import."""
    _given: Mapping[str, Any]
    """The inputs that the program has given: the only outputs that are declared to Pulumi."""
    _outputs: Outputs
    """All other outputs."""

    def __init__(
        self, resource_name: str, inputs: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers the resource.

        Args:
            resource_name: its name in the program.
            inputs: values by input name; None means not given.
            opts: Pulumi's resource options. `import_` is refused with the command to use instead.

        Raises:
            pulumi.RunError: `opts.import_` is set, or a key of the configuration is unknown.
        """
        if opts is not None and opts.import_:
            instead = (
                f"run `pulumi-inference import {self._import_words} {opts.import_} --name {resource_name}` instead"
                if self._import_words
                else "declare it as it is in the cloud, and `pulumi up` takes it over"
            )
            raise pulumi.RunError(
                f"{resource_name}: dynamic resources cannot be imported by the import_ option; {instead}"
            )
        try:
            check_keys()
        except ConfigurationError as error:
            raise pulumi.RunError(str(error)) from None
        _hint_refresh()
        given = {name: value for name, value in inputs.items() if value is not None}
        unfit = find_unfit(given, _FOR_LATER)
        # What cannot travel stays here: Pulumi would end the program with a traceback.
        left_out = {parse(problem.path)[0] for problem in unfit}
        self._given = {name: value for name, value in given.items() if name not in left_out}
        opts, options = told_options(opts)
        told = {
            OPTIONS_KEY: options or None,
            PROBLEMS_KEY: list(map(str, unfit)) or self._find_problems(resource_name, self._given),
            SECRETS_KEY: secret_paths(self._given),
        }
        told = {name: value for name, value in told.items() if value is not None}
        props = Inputs({**self._given, **told, VERSION_KEY: None}, self._properties)
        for name in self._secrets:
            if name in self._given:
                props[name] = pulumi.Output.secret(props[name])
        marked = pulumi.ResourceOptions(additional_secret_outputs=list(self._secrets))
        merged = pulumi.ResourceOptions.merge(marked, opts)
        super().__init__(self._dynamic_provider(), resource_name, props, merged)
        # A transformation may have left it out.
        made, secrets = self.__dict__.pop(VERSION_KEY, self.id), merged.additional_secret_outputs or ()
        self._outputs = Outputs(self, made, secrets, has_stable=bool(self._stable))
        self.__dict__ = Attributes(self.__dict__, self._properties, self._outputs)

    if not TYPE_CHECKING:  # a type checker is to know the declared attributes and no others

        def __getattr__(self, name: str) -> pulumi.Output[Any]:
            if name not in self._properties or "_outputs" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return self.__dict__[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._properties})

    def _find_problems(
        self,
        resource_name: str,  # noqa: ARG002 - for resources that look around
        inputs: Mapping[str, Any],  # noqa: ARG002
    ) -> pulumi.Output[list[str] | None] | None:
        """What only the program can know to be wrong, as texts that begin with a path; the preview tells it.

        An error that is raised instead would show a traceback, and none at all inside of an output.
        """
        return None

    @staticmethod
    def _iso(moment: pulumi.Output[Any], unit: str) -> pulumi.Output[Any]:
        """A point in time as text, ISO 8601 in UTC."""
        return moment.apply(lambda value: iso_time(value, unit))

    @classmethod
    def _get(cls: type[R], resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None) -> R:  # noqa: A002
        resource = cls.__new__(cls)
        read = pulumi.ResourceOptions(id=id, additional_secret_outputs=list(cls._secrets_when_read))
        InferenceResource.__init__(resource, resource_name, {}, pulumi.ResourceOptions.merge(opts, read))
        return resource


def _hint_refresh() -> None:
    """Says once per run that previews see drift property by property only with a refresh."""
    global _hinted  # noqa: PLW0603 - once per process
    if _hinted or os.environ.get("PULUMI_OPTION_REFRESH", "").lower() in ("1", "true"):
        return
    _hinted = True
    try:
        import yaml

        document = yaml.safe_load((Path(pulumi.get_root_directory()) / "Pulumi.yaml").read_text(encoding="utf-8"))
        options = document.get("options") or {}
    except Exception:  # no project file to look at, as in unit tests of programs: no hint
        return
    if options.get("refresh") != "always":
        pulumi.log.info(
            "pulumi-inference: add `options: {refresh: always}` to Pulumi.yaml, and previews show what was changed "
            "outside of the program property by property"
        )
