"""What of a service can be turned on and never off again (reference 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import differences
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.shape import project, union
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.modelarts.specs.service import ServiceSpec

Values = Mapping[str, Any]

_WEBSOCKET: paths.Path = ("additional_properties", "websocket_upgrade")
_LOGS: paths.Path = ("additional_properties", "log_report_channels")
_WAY_OUT = "keep it, or replace the service: `pulumi up --replace` with delete_before_replace=True in its options"


def one_way(recorded: Values, live: Values, program: Values) -> list[Problem]:
    """What the program asks back of a service that has it switched on."""
    problems = []
    if _at(live, _WEBSOCKET) is True and _at(program, _WEBSOCKET) is False:
        problems.append(Problem(paths.render(_WEBSOCKET), f"is on, and the cloud cannot turn it off again; {_WAY_OUT}"))
    channels = _at(live, _LOGS)
    is_known = not contains_unknown(program.get("additional_properties"))
    if channels and is_known and _moved(recorded, live, program):
        where = ", ".join(_stream(channel) for channel in channels)
        problems.append(
            Problem(
                paths.render(_LOGS),
                f"report to {where}, and the cloud can neither change nor end that; {_WAY_OUT}",
            )
        )
    return problems


def _moved(recorded: Values, live: Values, program: Values) -> bool:
    seen = project(ServiceSpec, live, union(ServiceSpec, program, recorded))
    return any(paths.starts_with(path, _LOGS) for path in _outward(seen, program))


def _outward(seen: Values, program: Values) -> list[paths.Path]:
    only = {"additional_properties"}
    before = {name: value for name, value in seen.items() if name in only}
    after = {name: value for name, value in program.items() if name in only}
    found = differences(ServiceSpec, before, after)
    # The object that goes or comes as a whole takes its channels with it.
    return [_LOGS if len(path) == 1 and _at(before, _LOGS) else path for path in found]


def _stream(channel: Mapping[str, Any]) -> str:
    configuration = channel.get("configuration") or {}
    stream = configuration.get("log_stream_id")
    return f"{channel.get('type')} stream {stream}" if stream else str(channel.get("type"))


def _at(values: Values, path: paths.Path) -> Any:
    value: Any = values
    for token in path:
        value = value.get(token) if isinstance(value, Mapping) else None
    return value
