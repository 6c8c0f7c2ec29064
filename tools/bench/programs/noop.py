"""As many resources that do nothing as `BENCH_COUNT` says, with a provider written in the program, as is usual."""

import json
import os
from pathlib import Path
from typing import Any

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NoopProvider(ResourceProvider):
    """Makes resources with the outputs of a recorded service; the rest is what Pulumi's base class does."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        """The recorded outputs."""
        recorded = json.loads(Path(os.environ["BENCH_RECORD"]).read_text(encoding="utf-8"))
        return CreateResult(str(recorded["id"]), {**recorded["outputs"], **props})


class Noop(Resource, module="bench", name="Noop"):
    """Costs nothing but what Pulumi itself costs."""


record = json.loads(Path(os.environ["BENCH_RECORD"]).read_text(encoding="utf-8"))
for index in range(int(os.environ["BENCH_COUNT"])):
    # A program can read only those outputs of a dynamic resource that it declares by None.
    Noop(NoopProvider(), f"service-{index}", dict.fromkeys(record["declared"]) | record["inputs"])
