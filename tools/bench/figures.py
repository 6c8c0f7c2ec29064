"""What a benchmark answers: figures, with the limit that each must keep, as lines and as JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured number. Without a `limit` it is printed only; `details` are what it was computed from."""

    name: str
    measured: float
    unit: str = ""
    limit: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or self.measured <= self.limit

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        limit = "" if self.limit is None else f"limit {self.limit:g}{unit}"
        verdict = "" if self.limit is None else "ok" if self.ok else "OVER"
        line = f"{self.name:<74} {self.measured:>8.3g}{unit:<4} {limit:<14} {verdict}".rstrip()
        return "\n".join([line, *(f"    {name}: {value}" for name, value in self.details.items())])


def write(figures: Sequence[Figure], folder: Path, versions: Mapping[str, str]) -> Path:
    """Keep the figures as JSON, with the date and the machine; answers the file."""
    now = datetime.now(UTC)
    document = {
        "date": now.isoformat(timespec="seconds"),
        "machine": _machine(),
        "versions": dict(versions),
        "figures": [{**asdict(one), "ok": one.ok} for one in figures],
    }
    folder.mkdir(exist_ok=True)
    file = folder / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return file


def versions_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The versions of the engine and of Python that the figures belong to."""
    command = ["pulumi", "version"]
    answer = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=True)
    return {"pulumi": answer.stdout.strip(), "python": platform.python_version()}


def _machine() -> dict[str, Any]:
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        # Other programs at work make every figure worse, so a reader has to know of them.
        "load_average": [round(one, 2) for one in os.getloadavg()],
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
