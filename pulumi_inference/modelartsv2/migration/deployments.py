"""A model of a v1 service (modelarts.md, 5.2, 5.3, 5.7) as a deployment (modelarts-v2.md, 4.3 to 4.6)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.conversion import Setting
from pulumi_inference.modelartsv2.migration.containers import Container
from pulumi_inference.modelartsv2.migration.notes import Notes
from pulumi_inference.modelartsv2.migration.shapes import Values, amount, inside, items

UNIT = "main"
"""The one unit of each deployment."""

EXAMPLE_IMAGE = "swr.REGION.myhuaweicloud.com/ORGANISATION/IMAGE:TAG"

_CUSTOM = "custom"
_LONGEST_NAME = 64
_ACCELERATORS: Mapping[str, str] = {"gpu_p4": "gpu", "ascend_a310": "ascend"}
_CATEGORIES: Mapping[str, str] = {"gpu": "GPU", "ascend": "ASCEND"}
_OF_FLAVOURS = ((re.compile(r"\.(gpu|p4|t4)"), "GPU"), (re.compile(r"\.(ai1|kat1|snt)"), "ASCEND"))
_STRATEGIES: Mapping[str, str] = {
    "ROUND_ROBIN": "ROUND_ROBIN",
    "LEAST_CONNECTIONS": "MIN_CONN",
    "SOURCE_IP": "ORIGIN_IP_HASH",
}


@dataclass(frozen=True)
class Place:
    """What a model of the service runs as.

    Args:
        name: of the deployment.
        label: of the resource that the deployment stands in.
        item: of the service's `config`.
        service: all values of the service.
        container: what the model says.
        pool: the dedicated pool; None for the public one.
        web_socket: whether v1 serves WebSocket.
    """

    name: str
    label: str
    item: Values
    service: Values
    container: Container
    pool: str | None
    web_socket: bool = False

    @property
    def count(self) -> int:
        """Number of instances."""
        return int(amount(self.item.get("instance_count")) or 1)

    @property
    def protocol(self) -> str:
        """Protocol of the requests."""
        if not self.web_socket:
            return self.container.protocol
        return "WSS" if self.container.protocol == "HTTPS" else "WS"


def names_of(models: Iterable[tuple[str, str]]) -> list[str]:
    """A name for the deployment of each model, given as name and version; the version only where it is needed."""
    known = [(_slug(name) or "model", _slug(version)) for name, version in models]
    taken = [name for name, _ in known]
    found: list[str] = []
    for name, version in known:
        wanted = name if taken.count(name) == 1 else f"{name[: _LONGEST_NAME - len(version) - 1]}-{version}".strip("-")
        number, free = 1, wanted
        while free in found:
            number += 1
            free = f"{wanted[: _LONGEST_NAME - 4]}-{number}"
        found.append(free)
    return found


def group_of(place: Place, notes: Notes) -> dict[str, Any]:
    """The arguments of the deployment, but for the pool and the service."""
    item, service = place.item, place.service
    values: dict[str, Any] = {
        "name": place.name,
        "weight": item.get("weight", 100),
        "count": place.count,
        "unit_configs": [_unit(place, notes)],
        "advanced_config": _advanced(place, notes),
    }
    if service.get("priority") is not None:
        values["priority"] = service["priority"]
    return values


def _unit(place: Place, notes: Notes) -> dict[str, Any]:
    item, container = place.item, place.container
    properties = inside(item, "additional_properties")
    flavour = str(item.get("specification"))
    custom_spec, envs = _custom_spec(item), inside(item, "envs")
    if flavour != _CUSTOM:
        notes.ask(
            f'flavor "{flavour}" has the name that v1 gives it: `pulumi-inference modelartsv2 flavours` lists those of '
            "v2, and `pulumi preview` refuses others; on a dedicated pool, custom_spec can say what an instance has"
        )
    unit: dict[str, Any] = {
        "image": _image(place, flavour, custom_spec, notes),
        "flavor": flavour,
        **({"custom_spec": custom_spec} if custom_spec else {}),
        **({"cmd": container.cmd} if container.cmd else {}),
        **({"envs": dict(envs)} if envs else {}),
        "port": container.port,
    }
    files = [_files(one) for one in items(properties, "persistent_volumes")]
    if files:
        unit["files"] = files
        notes.ask(f"{place.label}: files: the addresses are ids of SFS Turbo file systems, as v1 has them")
    if container.health:
        unit["readiness_health"] = dict(container.health)
    grace = properties.get("termination_grace_period_seconds")
    if grace is not None:
        unit["termination_grace"] = {"termination_grace_period_seconds": grace}
    affinity = _affinity(place, notes)
    if affinity:
        unit["affinity"] = affinity
    for one in items(properties, "log_volume"):
        notes.lose(
            f"{place.label}: log_volume {one.get('mount_path')}: no folders of the node for logs; log_configs of type "
            "FILE collect what a container writes to files"
        )
    return unit


def _image(place: Place, flavour: str, custom_spec: Values, notes: Notes) -> dict[str, Any]:
    container = place.container
    image: dict[str, Any] = {"swr_path": container.image or Setting(f"{place.label}-image", EXAMPLE_IMAGE)}
    category = next((_CATEGORIES[name] for name in _CATEGORIES if custom_spec.get(name)), None)
    category = category or next((one for pattern, one in _OF_FLAVOURS if pattern.search(flavour)), None)
    if category:
        image["category"] = category
    model = place.item.get("model_id")
    if container.image is None:
        notes.ask(f"{place.label}: v1 says no image of the model {model}; the configuration has to")
    elif container.is_built:
        notes.ask(
            f"{place.label}: v1 has built the image {container.image} of the model {model}: make sure that v2 may pull "
            "it, or push a copy to a repository of your own"
        )
    return image


def _custom_spec(item: Values) -> dict[str, Any]:
    """What an instance has, in the words of v2; as many accelerators as none are not named."""
    given = inside(item, "custom_spec")
    named = {_ACCELERATORS.get(name, name): value for name, value in given.items()}
    return {name: value for name, value in named.items() if name not in _CATEGORIES or value}


def _files(volume: Values) -> dict[str, Any]:
    path = str(volume.get("mount_path", ""))
    address = {"address": volume["source_address"]} if volume.get("source_address") else {}
    return {"source": "EFS", **address, "mount_path": path if path.endswith("/") else f"{path}/"}


def _affinity(place: Place, notes: Notes) -> dict[str, Any] | None:
    affinity = inside(place.item, "affinity", "node_affinity")
    if not affinity:
        return None
    own = [one for one in items(affinity, "pool_infos") if one.get("pool_name") == place.pool]
    nodes = [str(node.get("name")) for one in own for node in items(one, "nodes")]
    if not nodes:
        notes.lose(f"{place.label}: affinity: names no nodes of the pool that the deployment is on")
        return None
    notes.ask(f"{place.label}: affinity: what `targets` says besides the addresses of nodes is not documented")
    return {
        "affinity_type": "AFFINITY",
        "required": affinity.get("mode") == "required",
        "targets": {name: name for name in nodes},
    }


def _advanced(place: Place, notes: Notes) -> dict[str, Any]:
    advanced: dict[str, Any] = {"port": place.container.port, "protocol": place.protocol}
    rolling = rolling_update(inside(place.item, "additional_properties"), place.count)
    if rolling:
        advanced["upgrade_config"] = {"rolling_update": rolling}
    policy = place.service.get("load_balancer_policy")
    strategy = _STRATEGIES.get(str(policy))
    if strategy and place.pool:
        advanced["strategy"] = strategy
    elif policy and strategy != "ROUND_ROBIN":
        notes.lose(f"load_balancer_policy {policy}: on the public pool v2 routes as it likes")
    return advanced


def rolling_update(properties: Values, count: int) -> dict[str, str]:
    """How new versions are rolled out: shares of the replicas, where v1 has fractions or numbers of them.

    One replica more and none missing is what v1 does by itself, and v2 too. The shares are such that they are the same
    numbers again when what may be added is rounded up, and what may be missing down.
    """
    surge, unavailable = amount(properties.get("max_surge")), amount(properties.get("max_unavailable"))
    found: dict[str, str] = {}
    if surge not in (None, 1):
        found["max_surge"] = _percent(math.floor, surge, count)
    if unavailable:
        found["max_unavailable"] = _percent(math.ceil, unavailable, count)
    return found


def _percent(rounding: Callable[[float], int], given: float, count: int) -> str:
    """A fraction of the replicas, or a number of them from 1 on, as a share."""
    share = round(100 * given) if given < 1 else rounding(100 * min(given, count) / count)
    return f"{max(share, 1)}%"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_NAME].strip("-")
