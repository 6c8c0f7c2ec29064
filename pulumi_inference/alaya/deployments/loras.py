"""The adapters on a deployment: deployments of their own that stop with it (alaya.md, section 6)."""

from __future__ import annotations

from pulumi_inference.alaya.answers import LORA
from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.lifecycle.memory import Answer


def loras_on(client: AlayaClient, thing: str) -> list[Answer]:
    """The details of the LoRA deployments on a base; what is gone in between is none."""
    rows = client.list_deployments({"model": LORA})
    ids = [str(one["serviceId"]) for one in rows if one.get("type") in (None, "", LORA) and one.get("serviceId")]
    details = (unless_gone(client.get_deployment, one) for one in ids)
    return [one for one in details if one is not None and one.get("baseServiceId") == thing]


def named(loras: list[Answer]) -> str:
    """Their names and ids."""
    return ", ".join(f"{one.get('name')} ({one.get('serviceId')})" for one in loras)
