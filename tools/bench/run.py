"""Measure the speed figures and check their limits: `python tools/bench/run.py [--only NAME]... [--cloud NAME]...`.

Prints one line per figure with what it was computed from, and keeps all of it as JSON in `bench-results/`.
Ends with 1 when a limit is exceeded, with 2 when a benchmark could not be run.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

from tools.bench import clouds, deploys, figures, imports, previews, reviews
from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.project import BenchError
from tools.engine.bootstrap import ensure
from tools.engine.reporting import EngineError
from tools.environment import ROOT, engine_environment

RESULTS = ROOT / "bench-results"

BENCHMARKS: dict[str, Callable[[type[Cloud], Path, Path], list[Figure]]] = {
    "import": imports.measure,
    "preview": previews.measure,
    "scale": previews.measure_scale,
    "review": reviews.measure,
    "finish": deploys.measure_finish,
    "creates": deploys.measure_creates,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; answers the exit code."""
    parser = argparse.ArgumentParser(description="Measure the speed figures and check their limits.")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="only this one; may be repeated")
    kinds = {kind.name: kind for kind in clouds.each()}
    parser.add_argument("--cloud", action="append", choices=kinds, help="only of this one; may be repeated")
    given = parser.parse_args(arguments)
    names, chosen = given.only or list(BENCHMARKS), [kinds[name] for name in given.cloud or kinds]
    measured: list[Figure] = []
    try:
        engine = ensure()
        for name, kind in product(names, chosen):
            measured += _run(name, kind, engine)
    except (BenchError, EngineError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    print(f"\nkept in {_keep(measured, engine).relative_to(ROOT)}")
    exceeded = [one.name for one in measured if not one.ok]
    if exceeded:
        print(f"over the limit: {'; '.join(exceeded)}", file=sys.stderr)
    return 1 if exceeded else 0


def _run(name: str, kind: type[Cloud], engine: Path) -> list[Figure]:
    print(f"measuring: {name} of {kind.name} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        measured = BENCHMARKS[name](kind, Path(folder), engine)
    for one in measured:
        print(one, flush=True)
    return measured


def _keep(measured: Sequence[Figure], engine: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="bench-") as state:
        versions = figures.versions_of(engine_environment(engine, Path(state)))
    return figures.write(measured, RESULTS, versions)


if __name__ == "__main__":
    sys.exit(main())
