"""Resources that do nothing, with the same properties as a recorded resource of the library."""

import json
import os
from pathlib import Path

from pulumi.dynamic import Resource

from tools.bench.lean_noop_provider import RECORD_VARIABLE, NoopProvider


class Noop(Resource, module="bench", name="Noop"):
    """Costs nothing but what Pulumi itself costs."""


record = json.loads(Path(os.environ[RECORD_VARIABLE]).read_text(encoding="utf-8"))
for index in range(int(os.environ["BENCH_COUNT"])):
    # A program can read only those outputs of a dynamic resource that it declares by None.
    Noop(NoopProvider(), f"thing-{index}", dict.fromkeys(record["declared"]) | record["inputs"])
