"""`pulumi-inference emulator`: the clouds on this machine, over HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pulumi_inference import clouds
from pulumi_inference.cli.distribution import how_to_install
from pulumi_inference.core.errors import ConfigurationError

EXTRA = ("starlette", "uvicorn")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8099, show_default=True, help="0 takes any free port.")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("emulator.db"),
    show_default=True,
    help="SQLite file with everything that exists; made when it is missing.",
)
@click.option(
    "--deploy-seconds",
    type=click.FloatRange(min=0),
    default=3.0,
    show_default=True,
    help="How long a deployment takes.",
)
@click.option(
    "--grpc-port",
    type=click.IntRange(0, 65535),
    help="Answer gRPC there, without encryption; 0 takes any free port. Off unless given.",
)
def emulator(host: str, port: int, database: Path, deploy_seconds: float, grpc_port: int | None) -> None:
    """Serve the emulator of the clouds until Ctrl-C.

    It prints its URL, the ready-made credentials and what to set so that programs and other clients use it.
    """
    try:
        from pulumi_inference.emulator.app import ServeError, serve
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRA:
            raise
        raise ConfigurationError(
            f"the emulator's server needs {error.name}, which is not installed",
            next_step=f"Install the extra: {how_to_install(sys.executable, 'emulator')}. The embedded emulator "
            f"({_embedded()}) needs nothing more.",
        ) from None
    from pulumi_inference.emulator.settings import SettingsError
    from pulumi_inference.emulator.store import StoreError

    try:
        serve(host, port, database, deploy_seconds, grpc_port)
    except (ServeError, SettingsError, StoreError) as error:
        raise ConfigurationError(str(error)) from None
    except KeyboardInterrupt:
        return


def _embedded() -> str:
    """What sets the embedded emulator, for each cloud."""
    keys = [clouds.load(clouds.cloud(name).settings).key("endpoint") for name in clouds.CLOUDS]
    return ", ".join(f"inference:{key} emulator:FILE" for key in keys)
