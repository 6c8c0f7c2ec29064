"""A stack's state as `pulumi stack export` writes it, without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.cloud import EMBEDDED_PROJECT


class State:
    """What `pulumi stack export` of the stack `dev` answers."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._file = folder / "export.json"
        self._where = {"endpoint": endpoint, "region": "emulator", "project_id": EMBEDDED_PROJECT}
        self._resources: list[dict[str, Any]] = [{"urn": self.urn("pulumi:pulumi:Stack", "trial-dev")}]
        self._pending: list[dict[str, Any]] = []
        self._write()

    @staticmethod
    def urn(token: str, name: str) -> str:
        """The urn of a resource with this type token."""
        return f"urn:pulumi:dev::trial::{token}::{name}"

    def entry(self, name: str, kind: str, *, cloud: str = "modelarts", **more: Any) -> dict[str, Any]:
        """How the state writes one of our resources."""
        token = f"pulumi-python:dynamic/{cloud}:{kind}"
        return {"urn": self.urn(token, name), "type": token, "custom": True, **more}

    def add(
        self,
        name: str,
        thing: str,
        kind: str = "Service",
        *,
        cloud: str = "modelarts",
        delete: bool = False,
        external: bool = False,
        **outputs: Any,
    ) -> None:
        """A resource that has been made."""
        entry = self.entry(name, kind, cloud=cloud, id=thing, outputs={**self._where, **outputs})
        flags = {"delete": delete, "external": external}
        self._resources.append({**entry, **{flag: True for flag, is_set in flags.items() if is_set}})
        self._write()

    def begin(self, label: str, kind: str = "Service", *, cloud: str = "modelarts", **inputs: Any) -> None:
        """A resource that is being made."""
        entry = self.entry(label, kind, cloud=cloud, inputs={**self._where, **inputs})
        self._pending.append({"type": "creating", "resource": entry})
        self._write()

    def _write(self) -> None:
        resources = [{"type": one["urn"].split("::")[2], **one} for one in self._resources]
        deployment = {"resources": resources, "pending_operations": self._pending}
        self._file.write_text(json.dumps({"version": 3, "deployment": deployment}))
