"""The emulated clouds: which there are, and whose a request is."""

import pkgutil
import re
from functools import cache
from importlib import import_module

from .cloud import Cloud
from .messages import Request
from .routing import Call, match, segments_of
from .settings import Settings

NOBODY = Cloud(name="")
"""Whose the requests are that no cloud owns: it has nothing, and errors in an envelope of the emulator's own."""


@cache
def find() -> tuple[Cloud, ...]:
    """All clouds in the order of their names: the folders beside this file whose package has a ``CLOUD``."""
    folders = [module.name for module in pkgutil.iter_modules(import_module(__package__).__path__) if module.ispkg]
    packages = [import_module(f"{__package__}.{folder}") for folder in sorted(folders)]
    return tuple(package.CLOUD for package in packages if hasattr(package, "CLOUD"))


def cloud_of(request: Request) -> Cloud:
    """The cloud whose header, host or path it is."""
    owner = _named_in_headers(request) or owner_of(request.host.partition(":")[0].lower())
    if owner is not None:
        return owner
    segments = segments_of(request.path)
    return max((NOBODY, *find()), key=lambda cloud: _claim(cloud, segments))


def owner_of(host: str) -> Cloud | None:
    """The cloud that the host is one of."""
    return next((cloud for cloud in find() if cloud.hosts and re.fullmatch(cloud.hosts, host)), None)


def rpc_cloud_of(request: Request) -> Cloud | None:
    """The cloud that answers an RPC: the one that its metadata names, or else the first that has a gRPC door."""
    with_door = [cloud for cloud in find() if cloud.rpc]
    named = _named_in_headers(request)
    return named if named in with_door else next(iter(with_door), None)


def _named_in_headers(request: Request) -> Cloud | None:
    return next(
        (
            cloud
            for cloud in find()
            for name, value in cloud.headers.items()
            if re.fullmatch(value, request.headers.get(name, ""))
        ),
        None,
    )


def default_settings() -> Settings:
    """All settings as they are when nobody has changed any."""
    return Settings(of_clouds=tuple((cloud.prefix, cloud.settings()) for cloud in find() if cloud.settings))


def advance(call: Call) -> None:
    """Let everything happen that is due by now."""
    for cloud in find():
        cloud.advance(call)


def _claim(cloud: Cloud, segments: tuple[str, ...]) -> int:
    """How many segments of the path are the cloud's own."""
    own = [path for path in cloud.paths if match(f"{path}/{{rest...}}", segments) is not None]
    return max((path.count("/") for path in own), default=0)
