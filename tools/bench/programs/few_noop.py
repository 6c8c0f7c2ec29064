"""As many resources that do nothing as `BENCH_COUNT` says, with three inputs: the engine's floor."""

import os

from pulumi.dynamic import Resource

from tools.bench.lean_noop_provider import NoopProvider


class Noop(Resource, module="bench", name="Noop"):
    """Costs nothing but what Pulumi itself costs."""


for index in range(int(os.environ["BENCH_COUNT"])):
    Noop(NoopProvider(), f"thing-{index}", {"description": f"Thing number {index}", "size": 2, "kind": "cpu.2u"})
