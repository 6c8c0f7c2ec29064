"""The life of a registry credential: its secret is rotated and its kinds of artifacts grow in place."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.problems import Problem, each_once, rule
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.difference import replaced_by
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_list, of_list, out_of_list
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.functions.rules import tags_are_words
from pulumi_inference.nvcf.managed import NvcfLifecycle
from pulumi_inference.nvcf.rules import in_order
from pulumi_inference.nvcf.specs.registrycredential import (
    RegistryCredentialDetail,
    RegistryCredentialOutputs,
    RegistryCredentialSpec,
)
from pulumi_inference.nvcf.specs.secrets import KEY_NAME_LENGTH, KEY_NAME_START

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

NGC_USER = "$oauthtoken"
TYPES = ("CONTAINER", "HELM", "MODEL", "RESOURCE")
SYSTEM = "SYSTEM"

_PARTS = ("user", "password")
_GENERIC = re.compile(r"amazonaws\.com|azurecr\.io|volces\.com|canary\.", re.IGNORECASE)
"""Hosts that NVCF knows under another, general name: which one, it does not say."""


def is_of_ngc(hostname: Any) -> bool:
    """Whether a host is one of NGC's, where only one user exists."""
    return isinstance(hostname, str) and hostname.lower().endswith(("nvcr.io", "ngc.nvidia.com"))


@rule("user", "password")
def parts_without_colon(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A colon parts the two, and NVCF takes just one."""
    for name in _PARTS:
        text = values.get(name)
        if text is not None and ":" in text:
            yield Problem(name, "must not contain a colon, which parts user and password where they are sent")
        elif text is not None and not text.strip():
            yield Problem(name, "must not be blank")


@rule("registry_hostname", "user")
def user_of_ngc(values: Mapping[str, Any]) -> Iterator[Problem]:
    """At NGC the password says who it is."""
    if is_of_ngc(values.get("registry_hostname")) and values.get("user") not in (None, NGC_USER):
        yield Problem("user", f'must be "{NGC_USER}" on hosts of NGC, or left out; the key of NGC is the password')


@rule("registry_hostname", "user", "password")
def both_parts(values: Mapping[str, Any]) -> Iterator[Problem]:
    """One of the two says nothing."""
    if values.get("password") is not None and values.get("user") is None:
        yield Problem("user", "is required with password; only on hosts of NGC it can be left out")
    if values.get("user") is not None and values.get("password") is None:
        yield Problem("password", "is required with user, because they are sent together")


class RegistryCredentialOperation(Stateless[NvcfClient], Creating[NvcfClient]):
    """One create, update or delete of one registry credential."""

    noun = "registry credential"
    unique = "name for the same registry"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not set up", "update": "was not changed"}
    lists_details = True

    @property
    def secret(self) -> dict[str, Any]:
        """User and password as they are sent."""
        return {"name": self.inputs["name"], "value": encoded(self.inputs)}

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - names are unique, so there is none
        """Sends the create call."""
        if self.inputs.get("password") is None:
            raise ConfigurationError(": ".join(NEEDS_PASSWORD))
        body = to_wire(RegistryCredentialSpec, self.inputs)
        del body["registryCredentialName"]
        body["secret"] = self.secret
        tags = in_list(self.inputs.get("tags") or [], self.life.mark(self.context, self.inputs))
        answer, request_id = self.client.create_registry_credential({**body, **({"tags": tags} if tags else {})})
        made = RegistryCredentialDetail.recognise(answer, "a new registry credential")
        return Created(self.id_of(made), request_id)

    def find(self) -> Sequence[Answer]:
        """The credential of this name and host, or all of them."""
        found = self.client.list_registry_credentials()
        listed = RegistryCredentialDetail.recognise_list(found, "a registry credential")
        wanted = tuple(self.inputs.get(name) for name in ("registry_hostname", "name"))
        return [
            one
            for one in listed
            if None in wanted or (one["registryHostname"], one["registryCredentialName"]) == wanted
        ]

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["registryCredentialId"])

    def mark_of(self, answer: Answer) -> str:
        """The mark among the tags."""
        return of_list(answer.get("tags") or ())

    def converge(self) -> State:
        """Sends the secret unless it is the recorded one, and kinds of artifacts that are missing."""
        live = self.life.live_of(self.there(), self.inputs).values
        missing = [one for one in self.inputs["artifact_types"] if one not in live["artifact_types"]]
        body: dict[str, Any] = {"artifactTypeEnums": missing} if missing else {}
        is_known = all(self.inputs.get(name) == self.recorded.get(name) for name in _PARTS)
        if self.inputs.get("password") is not None and not (is_known and self.inputs["name"] == live["name"]):
            body["secret"] = self.secret
        if body:
            self.send(lambda: self.client.update_registry_credential(self.thing, body))
        return self.state()

    def remove(self) -> None:
        """Deletes it."""
        self.send(lambda: self.client.delete_registry_credential(self.thing), is_waited_for=True)


NEEDS_PASSWORD = ("password", "is required to make a registry credential")


class RegistryCredentialLifecycle(NvcfLifecycle):
    """`nvcf.RegistryCredential` (reference/nvcf.md, section 12)."""

    kind = "nvcf.RegistryCredential"
    spec = RegistryCredentialSpec
    outputs = RegistryCredentialOutputs
    detail = RegistryCredentialDetail
    rules = (
        each_once("artifact_types"),
        each_once("tags"),
        tags_are_words,
        parts_without_colon,
        user_of_ngc,
        both_parts,
    )
    identity = ("registry_credential_id",)
    unique_by = ("registry_hostname", "name")
    name_length = KEY_NAME_LENGTH
    name_start = KEY_NAME_START
    operation = RegistryCredentialOperation

    @property
    def noun(self) -> str:
        """What people call it."""
        return "registry credential"

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Kinds and tags have no order, and NGC has one user."""
        values = in_order(inputs, "artifact_types", TYPES)
        tags = values.get("tags")
        if isinstance(tags, list) and all(isinstance(one, str) for one in tags):
            values = {**values, "tags": sorted(tags)}
        if is_of_ngc(values.get("registry_hostname")) and "password" in values:
            values = {**values, "user": values.get("user", NGC_USER)}
        return values

    def learn_secrets(self, context: Context, inputs: Inputs) -> None:
        """The password, and both parts as they are sent."""
        super().learn_secrets(context, inputs)
        if all(isinstance(inputs.get(name), str) for name in _PARTS):
            context.environment.redactor.add(encoded(inputs))

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """One registry credential."""
        return client.get_registry_credential(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - all but the secret is answered
        """A registry credential in our names, without our mark."""
        tags = out_of_list(answer.get("tags") or ())
        values = self.complete(from_wire(RegistryCredentialSpec, {**answer, "tags": tags or None}))
        return Live(values, from_wire(RegistryCredentialOutputs, answer), raw=answer)

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:  # noqa: ARG002 - as in the base
        """Kinds of artifacts are only added."""
        wanted = program.get("artifact_types")
        there = live.values.get("artifact_types") or []
        is_less = isinstance(wanted, list) and any(one not in wanted for one in there)
        return ["artifact_types"] if is_less else []

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether there is a password where one is made, and whether NVCF knows the registry."""
        is_made = old is None or replaced_by(self.spec, old, values)
        problems = [Problem(*NEEDS_PASSWORD)] if is_made and values.get("password") is None else []
        names = ("registry_hostname", "artifact_types")
        if old is not None and all(old.get(name) == values.get(name) for name in names):
            return problems
        found = find_problems(CONNECTIONS, context, lambda: Advice(CONNECTIONS, context, values), [_unrecognised])
        return [*problems, *found]

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Whether it is there, and what for."""
        seen = super().observe(context, thing, values, wanted)
        kinds = ", ".join(map(str, values.get("artifact_types") or ()))
        return replace(seen, columns={"registry": values.get("registry_hostname"), "artifacts": kinds})


class RegistryCredentialImporting(Importing[NvcfClient]):
    """Registry credentials; nobody answers their secrets."""

    filters = ("artifactType", "provisionedBy")

    def listed(self, client: NvcfClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The registry credentials of the account."""
        found = client.list_registry_credentials(**filters)
        return [(one["registryCredentialId"], str(one.get("registryCredentialName"))) for one in found]

    def refusal(self, live: Live) -> str | None:
        """What came with the account stays."""
        name = f"{live.raw.get('registryCredentialName')} ({live.raw.get('registryCredentialId')})"
        is_system = live.raw.get("provisionedBy") == SYSTEM
        return f"{name} came with the account; NVCF lets nobody delete it" if is_system else None


REGISTRY_CREDENTIAL = RegistryCredentialImporting()


def encoded(inputs: Inputs) -> str:
    """User and password in the form in which they are sent."""
    return base64.b64encode(f"{inputs['user']}:{inputs['password']}".encode()).decode()


def _unrecognised(advice: Advice[NvcfClient]) -> Iterator[Problem]:
    """The kinds of artifacts for which NVCF does not know the host."""
    hostname, kinds = advice.inputs.get("registry_hostname"), advice.inputs.get("artifact_types")
    if not isinstance(hostname, str) or not isinstance(kinds, list) or _GENERIC.search(hostname):
        return
    known = advice.ask("registries that NVCF knows", "recognized-registries", _recognised)
    lacking = [one for one in kinds if isinstance(one, str) and hostname.lower() not in known.get(one, ())]
    if lacking:
        there = "; ".join(f"{kind}: {', '.join(known.get(kind, ())) or 'none'}" for kind in lacking)
        yield Problem("registry_hostname", f'NVCF knows no registry "{hostname}" for {" and ".join(lacking)}; {there}')


def _recognised(client: NvcfClient) -> dict[str, list[str]]:
    """The hosts by kinds of artifacts."""
    found: dict[str, list[str]] = {}
    for kind, rows in client.list_recognized_registries().items():
        names = [one.get("hostname") for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        found[kind] = [one.lower() for one in names if isinstance(one, str)]
    return found
