"""What a service tells about itself: the events of a deployment and the update records (sections 8.5 and 8.6)."""

from collections.abc import Iterator
from typing import Final, Literal

from .service import Config, Service

RECORD_FIELDS: Final = (
    "model_id",
    "model_name",
    "model_version",
    "weight",
    "specification",
    "custom_spec",
    "envs",
    "cluster_id",
    "instance_count",
    "additional_properties",
)

_SCHEDULED: Final = 0.15
"""When the resources have been found, as a share of the deployment."""

_FIRST: Final = ((0.0, "start to deploy service"),)
_PER_MODEL: Final = (
    (0.01, "building image for model [{model}]"),
    (0.05, "model ({model}) build image success"),
    (0.07, "preparing environment"),
    (0.12, "[{model}] prepare environment success"),
    (_SCHEDULED, "[{model}] schedule resource success"),
    (0.18, "[{model}] pulling model image"),
    (0.88, "[{model}] pull image success"),
    (0.90, "[{model}] starting model"),
)
"""When each step begins, as a share of the deployment; pulling the image takes most of it, as in the samples."""


def deployment(config: list[Config], start: int, duration: int, *, starved: bool) -> Iterator[tuple[int, str]]:
    """Times and texts of the events of a deployment that goes well, or as far as it gets without resources."""
    for share, text in _FIRST:
        yield start + round(share * duration), text
    for share, text in _PER_MODEL:
        if starved and share >= _SCHEDULED:
            return
        for item in config:
            model = f"{item['model_name']} {item['model_version']}"
            yield start + round(share * duration), text.format(model=model)


def open_record(service: Service, update_time: int) -> None:
    """Note that a configuration begins to roll out."""
    config = [{name: item[name] for name in RECORD_FIELDS if name in item} for item in service.config]
    nodes = nodes_of(service.config)
    left = [node for node in nodes_of(service.former_config or []) if node not in nodes]
    close_record(service, "FAIL")
    service.records.append(
        {"update_time": update_time, "result": "RUNNING", "config": config, "nodes": nodes, "left_nodes": left}
    )


def close_record(service: Service, result: Literal["SUCCESS", "FAIL"]) -> None:
    """Note how the roll-out under way has ended, if there is one, on edge nodes one by one."""
    if service.records and service.records[-1]["result"] == "RUNNING":
        record = service.records[-1]
        failed = [node for node in record["nodes"] if service.node_status.get(node) == "failed"]
        record |= {"result": result, "failed_nodes": record["nodes"] if result == "FAIL" else failed}


def nodes_of(config: list[Config]) -> list[str]:
    """The ids of the edge nodes that a configuration runs on."""
    return [node for item in config for node in item.get("nodes", ())]
