"""Writes the files that are derived: schemas, typed classes, tables, contracts, and pages that lead to others.

python tools/generate.py           writes them
python tools/generate.py --check   writes nothing; exits 1 and names the files that are stale
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generators.cloudpages import cloud_page
from generators.cloudpages import plain_head as plain_cloud_head
from generators.contracts import contracts_file
from generators.coverage import coverage_page
from generators.inputs import inputs_module
from generators.lookups import lookups_module
from generators.navigation import listed
from generators.reference import plain_head, reference_page
from generators.resources import resources_module
from generators.rooms import find_problems
from generators.schemas import schema_file
from generators.sections import section_page
from generators.targets import targets

from pulumi_inference import clouds

ROOT = Path(__file__).resolve().parent.parent
HEADS = ROOT / "tools" / "generators" / "heads"
CONTRACTS = ROOT / "tools" / "generators" / "importlinter.ini"


def products() -> dict[Path, str]:
    """The text of every generated file, by its path."""
    found = targets()
    texts = {
        ROOT / ".importlinter": contracts_file(CONTRACTS.read_text(encoding="utf-8")),
        ROOT / "docs" / "coverage.md": coverage_page(found),
    }
    for room in clouds.CLOUDS:
        of_room, cloud = [target for target in found if target.room == room], clouds.cloud(room)
        package = ROOT / "pulumi_inference" / room
        texts[package / "inputs.py"] = inputs_module(room, of_room)
        texts[package / "resources.py"] = resources_module(room, of_room)
        if cloud.lookups:
            texts[package / "lookups.py"] = lookups_module(cloud, clouds.lookups(cloud))
    for target in found:
        page = f"{target.room}-{target.name.lower()}.md"
        head = HEADS / page
        texts[ROOT / "schemas" / f"{target.room}.{target.name}.json"] = schema_file(target)
        texts[ROOT / "docs" / "reference" / page] = reference_page(
            target, head.read_text(encoding="utf-8") if head.is_file() else plain_head(target)
        )
    return texts | pages()


def pages() -> dict[Path, str]:
    """The pages that lead to others: one for each section of the documentation, one for each cloud."""
    sections = listed()
    texts = {ROOT / section.page: section_page(section) for section in sections}
    for cloud in map(clouds.cloud, clouds.CLOUDS):
        head = HEADS / f"cloud-{cloud.name}.md"
        written = head.read_text(encoding="utf-8") if head.is_file() else plain_cloud_head(cloud)
        of_room = [target for target in targets() if target.room == cloud.name]
        texts[ROOT / "docs" / "clouds" / f"{cloud.name}.md"] = cloud_page(cloud, of_room, sections, written)
    return texts


def main() -> int:
    """Writes or checks; answers the exit code."""
    parser = argparse.ArgumentParser(description="Write the files that are derived from the specs.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    check = parser.parse_args().check
    problems = find_problems()
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    stale = {path: text for path, text in products().items() if not path.is_file() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        print(f"{'stale' if check else 'wrote'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if check and stale:
        print("run `python tools/generate.py` and commit the result", file=sys.stderr)
    return int(check and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
