"""What the benchmarks have to know of each cloud: a module of its name, with its `CLOUD`."""

from pulumi_inference.clouds import CLOUDS, load
from tools.bench.cloud import Cloud


def each() -> list[type[Cloud]]:
    """One for every cloud of the library."""
    return [load(f"tools.bench.clouds.{name}:CLOUD") for name in CLOUDS]
