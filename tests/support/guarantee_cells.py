"""The cells of the table of guarantees: one resource, one verb, one fault, and what the next run makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from pulumi_inference.emulator.huaweicloud import accounts
from tests.support.guarantee_door import Mischief, is_write
from tests.support.guarantee_faults import FOR_EVER, ONCE, REJECTED
from tests.support.guarantee_rows import ANY, OTHER_SECRET, SECRET, Row
from tests.support.guarantee_runs import Process, Scene
from tests.support.guarantee_table import Counts
from tests.support.kills import Killed
from tests.support.nvcf import JWT
from tests.support.secrets import Planted
from tests.support.world import Values, World

OF_NOW = re.compile("created?_?(at|At)|deployment|version")
"""What is another one each time."""

VERBS = ("create", "read", "update", "replace", "delete", "preview")
STALE_READS = 4
QUOTED = " ".join((SECRET, json.dumps(SECRET), quote(SECRET, safe="")))
"""How clouds and gateways quote what they were sent."""

ENDLESS = 1800.0
"""Seconds after which a run counts as one that would never have ended: all its waits together are shorter."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong in a run: with its requests, or as the emulator is ordered to.

    Args:
        column: what kind of fault it is.
        mischief: what goes wrong with which requests.
        order: what the emulator is told, in the words of its admin door.
        place: which request is hit, where it is a single one.
    """

    column: str
    mischief: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, Any] | None = None
    place: str = ""

    @property
    def name(self) -> str:
        """What is said of it."""
        return f"{self.column} {self.place}".strip()

    @property
    def hangs(self) -> bool:
        """Whether the thing will never be ready: then it has to be possible to delete it."""
        return self.column == HANGING


HANGING, FAILED = "hanging deploy", "failed deploy"
STALE = {f"stale reads, {one}": one for one in ("former", "missing")}
CTRL_C, KILLED_BEFORE, KILLED_AFTER = "Ctrl-C at", "kill -9 before", "kill -9 after"
COLUMNS = (
    *(f"{name}, each" for name in ONCE),
    *(f"{name}, for ever" for name in FOR_EVER),
    *STALE,
    FAILED,
    HANGING,
    CTRL_C,
    KILLED_BEFORE,
    KILLED_AFTER,
)
WRITING = ("create", "update", "replace", "delete")
DEPLOYING = ("create", "update", "replace")


def concerned(row: Row, column: str) -> list[str]:
    """The verbs that a column of the table is about."""
    about = WRITING if column in (*STALE, KILLED_AFTER) else VERBS
    if column in (FAILED, HANGING):
        about = tuple(verb for verb in DEPLOYING if row.deploy and verb not in row.unnoticed)
    return [verb for verb in about if verb not in row.absent]


def share(row: Row, verb: str) -> set[str]:
    """The columns that a verb has to answer for where not each one can: over all verbs, every column once."""
    found = set()
    for number, column in enumerate(COLUMNS):
        verbs = concerned(row, column)
        if verbs and verbs[number % len(verbs)] == verb:
            found.add(column)
    return found


def faults(row: Row, verb: str, asked: list[tuple[str, str]]) -> Iterator[Fault]:
    """All faults for a verb, whose undisturbed run asks for that."""
    for name, one in ONCE.items():
        yield Fault(f"{name}, each", {"fault": one, "spares_login": one is REJECTED})
    begin = None if verb in WRITING else 0
    for name, one in FOR_EVER.items():
        hit = {"fault": one, "first": begin, "always": True, "spares_login": one is REJECTED}
        yield Fault(f"{name}, for ever", hit)
    if verb in WRITING:
        first = next(number for number, one in enumerate(asked) if is_write(one))
        skip = sum(method == "GET" for method, _ in asked[:first])
        for name, stale in STALE.items():
            yield Fault(name, order={"method": "GET", "skip": skip, "count": STALE_READS, "stale": stale})
    for name, outcome in ((FAILED, row.failing), (HANGING, "hang")):
        if verb in concerned(row, name):
            yield Fault(name, order={row.deploy: {"outcome": outcome}})
    for number, one in enumerate(asked):
        place = f"request {number + 1}"
        if is_write(one) or number in (0, len(asked) - 1):
            yield Fault(CTRL_C, {"cancelled": number}, place=place)
        yield Fault(KILLED_BEFORE, {"fatal": number}, place=place)
        if is_write(one):
            yield Fault(KILLED_AFTER, {"fatal": number, "is_done": True}, place=place)


@dataclass
class Cells:
    """All cells of a resource and a verb.

    Args:
        start: what is there before, and where the resource stands.
        verb: what is done with it.
        folder: where its clouds live.
    """

    start: Scene
    verb: str
    folder: Path
    counts: Counts = field(default_factory=Counts)
    expected: str = ""
    judged: set[str] = field(default_factory=set)
    """What runs have led to that the next ones were looked at for: state and cloud, without what is of now."""

    @property
    def row(self) -> Row:
        """The resource."""
        return self.start.row

    def play(self, columns: Collection[str] = COLUMNS) -> Counts:
        """Plays those of some columns."""
        self.folder.mkdir(parents=True)
        asked = self._undisturbed(self.start)
        assert self.counts.stories() == "", "without a fault"
        chosen = [one for one in faults(self.row, self.verb, asked) if one.column in columns]
        for number, fault in enumerate(chosen):
            try:
                self._cell(self.start.copy(self.folder / str(number)), fault)
            except Exception as error:
                error.add_note(f"{self.row.title}, {self.verb}, {fault.name}")
                raise
        return self.counts

    def _wanted(self, *, is_last: bool) -> Values:
        """What the program says; what is only previewed is taken back then."""
        if self.verb != "preview" or is_last:
            return self.row.after(self.verb)
        return self.row.after("update" if self.row.changed else "replace")

    def _undisturbed(self, start: Scene) -> list[tuple[str, str]]:
        """What the run asks for when nothing goes wrong; what is in the cloud then is what is expected."""
        scene, mischief = start.copy(self.folder / "undisturbed"), Mischief()
        with scene.process(mischief) as process:
            values = process.program(self._wanted(is_last=False))
            mischief.asked.clear()
            self._act(scene, process, values)
            asked = list(mischief.asked)
            process.pass_time()
            self.expected = self._looks(process.world)
        self._judge(scene, Fault("none"), start.known(), start.known())
        return asked

    def _act(self, scene: Scene, process: Process, values: Values) -> None:
        if self.verb == "preview":
            scene.preview(process, values)
        elif self.verb == "read":
            scene.refresh(process)
        elif self.verb == "delete":
            scene.destroy(process)
        else:
            scene.up(process, values)

    def _looks(self, world: World) -> str:
        """What is in the cloud, without what is another one each time."""
        kind = self.row.kind
        found = [{name: each for name, each in one.items() if not OF_NOW.fullmatch(name)} for one in kind.live(world)]
        return json.dumps([{**one, kind.names.id: ""} for one in found], sort_keys=True)

    def _cell(self, scene: Scene, fault: Fault) -> None:
        before, story = scene.known(), f"{self.verb}, {fault.name}"
        mischief = Mischief(**fault.mischief, quoted=QUOTED if self.row.secrets else "")
        with scene.process(mischief) as process:
            values = process.program(self._wanted(is_last=False))
            mischief.asked.clear()
            if fault.order:
                process.world.cloud.fault(**fault.order)
            began = process.clock.now()
            said = self._run(scene, process, values, story)
            took = process.clock.now() - began
            if not (_is_ordered(process.world, fault) if fault.order else mischief.hits):
                return
            self.counts.cells += 1
            self.counts.columns.add(fault.column)
            said += [*process.said(), *process.log]
            process.pass_time()
            there = set(self.row.ids_in(process.world))
            outcome = self._outcome(scene, process.world, fault, there)
        if took > ENDLESS:
            self.counts.add("endless", f"{story}: {took:.0f} s")
        if self.verb == "preview" and any(map(is_write, mischief.asked)):
            self.counts.add("preview writes", story)
        self._look_for_leaks(story, scene, mischief, said)
        for one in (before & there) - scene.known():
            self.counts.add("lost ids", f"{story}: the state has forgotten {one}")
        if outcome not in self.judged:
            self.judged.add(outcome)
            self._judge(scene, fault, before, there)

    def _outcome(self, scene: Scene, world: World, fault: Fault, there: set[str]) -> str:
        """What a run has led to, in the state and in the cloud."""
        names, kind = self.row.kind.names, self.row.kind
        status = kind.fact or names.status
        states = [(one.id in there, one.inputs, one.facts.get(status)) for one in (scene.state, *scene.olds) if one]
        return repr((fault.hangs, scene.state is None, states, len(there), self._looks(world)))

    def _run(self, scene: Scene, process: Process, values: Values, story: str) -> list[str]:
        """One run of the engine; what it ends with, as the person is told it."""
        try:
            self._act(scene, process, values)
        except Killed:
            pass
        except InferenceError as error:
            return [process.clean(error)]
        except Exception as error:
            if not process.mischief.is_dead:
                self.counts.add("tracebacks", f"{story}: {error!r}")
        return []

    def _look_for_leaks(self, story: str, scene: Scene, mischief: Mischief, said: list[str]) -> None:
        planted = Planted(one=SECRET, other=OTHER_SECRET, jwt=JWT, key=accounts.SECRET_KEY)
        for number, token in enumerate(mischief.tokens):
            planted.add(f"token {number}", token)
        if scene.state and scene.state.facts.get("api_key"):
            planted.add("key of callers", scene.state.facts["api_key"])
        for text in (*said, scene.shown()):
            for found in planted.found_in(text):
                self.counts.add("leaks", f"{story}: {found} in {text[:300]!r}")
            if "Traceback" in text or "please report" in text:
                self.counts.add("tracebacks", f"{story}: {text[:300]!r}")

    def _judge(self, scene: Scene, fault: Fault, before: set[str], there: set[str]) -> None:
        """What the next runs bring about, of what was there before and after the first one."""
        row, story = self.row, f"{self.verb}, {fault.name}"
        is_to_go = self.verb == "delete" or fault.hangs
        with scene.process() as process:
            values = process.program(self._wanted(is_last=True))
            try:
                with suppress(UnhealthyError):
                    scene.refresh(process)
                if is_to_go:
                    scene.destroy(process)
                else:
                    scene.up(process, values)
            except InferenceError as error:
                self.counts.add("not converged", f"{story}: the next run says {error}")
                return
            except Exception as error:
                self.counts.add("tracebacks", f"{story}: the next run ends with {error!r}")
                return
            process.pass_time()
            self._compare(scene, process.world, story, is_to_go=is_to_go)
            made = {scene.state.id} - there if scene.state else set[str]()
            if there - before and made and self.verb == "create" and not row.anew.keys() & {fault.column, ANY}:
                self.counts.add("lost ids", f"{story}: {there} was made, and then {made}")
            if made and self.verb in ("read", "update", "preview"):
                self.counts.add("lost ids", f"{story}: {there} was there, and then {made}")
            if not is_to_go:
                self._preview(scene, process, values, story)

    def _compare(self, scene: Scene, world: World, story: str, *, is_to_go: bool) -> None:
        """The cloud with the state, and with what an undisturbed run leads to."""
        there, known = self.row.ids_in(world), scene.known()
        for one in known - set(there):
            self.counts.add("lost ids", f"{story}: {one} is in the state and not in the cloud")
        for one in sorted(set(there) - known):
            what = "orphans" if is_to_go or len(there) == 1 else "duplicates"
            self.counts.add(what, f"{story}: {one} is in the cloud and not in the state")
        if not is_to_go and not set(there) ^ known and self._looks(world) != self.expected:
            self.counts.add("not converged", f"{story}: there is {self._looks(world)}, not {self.expected}")

    def _preview(self, scene: Scene, process: Process, values: Values, story: str) -> None:
        """One more preview, in which there is nothing to do."""
        process.renew()
        try:
            found = scene.preview(process, values)
        except InferenceError as error:
            self.counts.add("not converged", f"{story}: the preview after that says {error}")
            return
        if found is None or found.changes is not False or found.replaces:
            self.counts.add("not converged", f"{story}: the preview after that shows {found}")
        if any(map(is_write, process.mischief.asked)):
            self.counts.add("preview writes", f"{story}: the preview after that")


def _is_ordered(world: World, fault: Fault) -> bool:
    """Whether what was ordered has come; what is left of it is called off."""
    waiting = world.cloud.admin("GET", "/faults")["faults"]
    world.cloud.admin("DELETE", "/faults")
    ordered = (fault.order or {}).get("count", 1)
    return not waiting or waiting[0]["count"] != ordered
