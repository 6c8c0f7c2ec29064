"""Whatever a program or a file says: problems with their paths, or errors of ours, and the same as the schemas say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

import jsonschema
import pytest

from pulumi_inference import clouds
from pulumi_inference.cli.documents import parse_documents
from pulumi_inference.cli.project import read_project
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields import cron, paths
from pulumi_inference.core.fields.limits import fit
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.core.lifecycle import Lifecycle, ownership
from pulumi_inference.core.lifecycle.waiting import parse_duration
from pulumi_inference.modelartsv2.newkeys import NewKey, new_key
from pulumi_inference.nvcf import spelling
from pulumi_inference.nvcf.errors import without_values
from pulumi_inference.nvcf.functions import images
from pulumi_inference.review.reading import Preview, preview_of_events, preview_of_json
from pulumi_inference.review.settings import Settings, read_settings
from tests.support.fuzz import SCALARS, SEEDS, answer, bounded, can_be_written, junk, like, spoilt
from tests.support.previews import Thing, as_events, as_json

ROOT = Path(__file__).resolve().parents[2]
PULUMI = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hush"},
    {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"},
)
"""What the engine writes for a value that is not known, and for a secret one."""


def lifecycle_of(kind: Any) -> Lifecycle:
    """The lifecycle of a kind of resource."""
    made: Lifecycle = clouds.load(clouds.load(kind.provider).lifecycle)()
    return made


KINDS = [
    pytest.param(f"{cloud.name}.{kind.name}", lifecycle_of(kind), id=f"{cloud.name}.{kind.name}")
    for cloud, kind in clouds.kinds()
]


def odd(chance: Random) -> Any:
    """What may stand in a program: also what is not known yet, and what only Python has."""
    if chance.random() < 0.3:
        return UNKNOWN if chance.random() < 0.5 else chance.choice(PULUMI)
    if chance.random() < 0.1:
        return deep(chance) if chance.random() < 0.3 else (1, ("a", UNKNOWN))
    return junk(chance)


def deep(chance: Random) -> Any:
    """Lists and maps inside one another, deeper than anything may be."""
    found: Any = 1
    for _ in range(chance.choice((60, 70, 500))):
        found = [found] if chance.random() < 0.5 else {"a": found}
    return found


def is_right(problem: Problem) -> bool:
    """Whether a problem says something, and where, and can be shown."""
    has_path = paths.render(paths.parse(problem.path)) == problem.path
    return has_path and bool(problem.message.strip()) and can_be_written([problem.path, problem.message])


@pytest.mark.parametrize(("name", "life"), KINDS)
def test_any_program_is_judged(name: str, life: Lifecycle) -> None:
    @bounded(15, SEEDS)
    def judge(seed: int) -> None:
        chance = Random(seed)
        values = junk(chance) if chance.random() < 0.1 else like(chance, life.spec, wrong=0.02, ours=True)
        given = spoilt(chance, values, 3, odd) if isinstance(values, dict) else {name: values}
        given = given if isinstance(given, dict) else {name: given}
        found, problems = life.judge(given)
        assert isinstance(found, dict)
        assert [one for one in problems if not is_right(one)] == []

    judge()


@pytest.mark.parametrize(("name", "life"), KINDS)
def test_the_schema_refuses_what_validate_refuses(name: str, life: Lifecycle) -> None:
    schema = json.loads((ROOT / "schemas" / f"{name}.json").read_text("utf-8"))
    standard, seen = jsonschema.Draft202012Validator(schema), set[bool]()

    @bounded(12, SEEDS)
    def compare(seed: int) -> None:
        chance = Random(seed)
        values = like(chance, life.spec, wrong=0.0, ours=True)
        if chance.random() < 0.8:
            values = spoilt(chance, values, 2, lambda one: junk(one, 1))
        if not isinstance(values, dict):
            return
        fitting, unfit = fit(values)
        document = normalise(life.spec, fitting)
        if unfit or contains_unknown(document) or not can_be_written(document):
            return  # what no JSON can hold, the schema is never shown
        told = validate(life.spec, document)
        refused = [f"{error.json_path}: {error.message[:80]}" for error in standard.iter_errors(document)]
        seen.add(bool(told))
        assert bool(refused) == bool(told), (told, refused)

    compare()
    assert True in seen


THINGS = [
    Thing("modelarts:Service", "a", "update", recorded={"name": "a", "priority": 1}, program={"name": "a"}),
    Thing("alaya:Deployment", "b", "replace", recorded={"name": "b"}, program={"name": "c"}),
]


@pytest.mark.parametrize(("read", "written"), [(preview_of_json, as_json), (preview_of_events, as_events)])
def test_any_preview_is_read_or_refused(read: Callable[[BinaryIO], Preview], written: Any) -> None:
    lines = [json.loads(one) for one in written(THINGS).splitlines()]

    @bounded(60, SEEDS)
    def look(seed: int) -> None:
        chance = Random(seed)
        if chance.random() < 0.3:
            text = answer(chance, ("steps", "diagnostics", "op", "urn", "newState"), [])
        else:
            text = "\n".join(json.dumps(spoilt(chance, one)) for one in lines).encode()
        try:
            found = read(BytesIO(text))
        except InferenceError as error:
            assert can_be_written(str(error))
            return
        assert isinstance(found, Preview)
        assert all(isinstance(one, str) for step in found.steps for one in (step.urn, step.op))

    look()


YAML = (
    *("{}", "[]", "a: [", "\t", "&a [*a]", "!!python/name:os.system", "!!timestamp 2024-13-45", "2024-13-45", "%"),
    *("!!timestamp x", "!!bool maybe", "!!int many", "!!int ''", "!!float x", "!!set [1]", "!!omap 1", "!!pairs 1"),
    *("a: !!binary x", "1: 2", f"a: {'9' * 5000}", "[" * 300, "{a: " * 300, "a: .nan", "a: 0x" + "f" * 400, "- - -"),
    *("prices: [{currency: CNY, per_hour: {a: .inf}}]", "noise: [{path: a, reason: b, expires: 2024-13-45}]", "\x00"),
    *("time_zone: ../../etc/passwd", 'time_zone: "a\\0b"', "heavy_gpus: .nan", "config: [1]", "name: {a: 1}", "=: ="),
    *(
        "a: &x {<<: *x}",
        "a: 1:30:99",
        "prices: {}",
        "noise: 1",
        "heavy_gpus: 1e400",
        "--- a\n--- b",
        "\ufeff{}",
        "<<: 1",
    ),
    *(
        "noise: [{path: 1, reason: 2, resource: []}]",
        "noise: [{path: '[[[', reason: r}]",
        "heavy_gpus: true",
        "? {a: 1}",
    ),
    *("2001-01-01: a", "a: \U0001f600"),
)
"""Files that nobody should write."""


@pytest.mark.parametrize("read", [read_settings, read_project], ids=["review.yaml", "Pulumi.yaml"])
def test_any_yaml_is_read_or_refused(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    file = tmp_path / "file.yaml"

    @bounded(20, SEEDS)
    def look(seed: int) -> None:
        chance = Random(seed)
        text = "\n".join(chance.sample(YAML, chance.choice((1, 1, 2))))
        raw = text.encode() if chance.random() < 0.9 else chance.randbytes(30)
        file.write_bytes(raw)
        try:
            found = read(file)
        except InferenceError as error:
            assert can_be_written(str(error))
            return
        assert isinstance(found, dict | Settings)

    look()
    for text in YAML:
        file.write_bytes(text.encode())
        try:
            read(file)
        except InferenceError:
            continue


@bounded(30, SEEDS)
def test_any_spec_file_is_read_or_refused(seed: int) -> None:
    text = "\n".join(Random(seed).sample(YAML, 2))
    try:
        parse_documents(text)
    except InferenceError as error:
        assert can_be_written(str(error))


@bounded(100, SEEDS)
def test_any_answer_with_a_key(seed: int) -> None:
    chance = Random(seed)
    row = ",".join(str(chance.choice(SCALARS)) for _ in range(3))
    csv = f"{chance.choice(('name,api_key,key_id', 'api_key', '', chr(0)))}\n{row}\n".encode("utf-8", "replace")
    body = csv if chance.random() < 0.5 else answer(chance, ("api_key", "key_id", "error_code", "error_msg"), [])
    try:
        found = new_key(Response(200, {}, body, None, "POST /keys"))
    except InferenceError as error:
        assert can_be_written(str(error))
        return
    assert isinstance(found, NewKey)
    assert found.value.isascii()
    assert found.value.isprintable()
    assert found.id is None or can_be_written(found.id)


@bounded(100, SEEDS)
def test_any_stream_of_events(seed: int) -> None:
    chance = Random(seed)
    pieces = [
        chance.choice((b"data: ", b"event: x\n", b"\n", b"\r\n", b":", b"\xff", b"{}", b"[DONE]", b"id: \x00\n"))
        for _ in range(chance.randrange(30))
    ]
    pieces += [chance.randbytes(5), answer(chance, ("choices", "delta"), [])]
    chance.shuffle(pieces)
    for event in StreamedResponse(200, {}, iter(pieces), lambda: None).events():
        assert isinstance(event, ServerSentEvent)
        assert can_be_written([event.data, event.event, event.id])
        try:
            event.json()
        except ValueError:
            continue


TEXTS: Mapping[str, Callable[[str], Any]] = {
    "JSON": parse_json,
    "duration": parse_duration,
    "cron": cron.find_mistake,
    "time zone": cron.is_time_zone,
    "path": lambda text: paths.render(paths.parse(text)),
    "mark in a text": lambda text: (ownership.of_text(text), ownership.out_of_text(text)),
    "ISO duration": lambda text: (spelling.seconds_of(text), spelling.canonical_duration(text)),
    "image": lambda text: (images.problem_of(text), images.is_moving(text)),
    "error text": without_values,
}
"""What reads a text that a cloud or a user has written."""


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_is_read_or_refused(name: str) -> None:
    letters = "0123456789" * 3 + "PTDHMSWsmhd.-*/, :@#[]{}()\"'\\=abcxyz\n\x00ä中"

    @bounded(80, SEEDS)
    def look(seed: int) -> None:
        chance = Random(seed)
        texts = [one for one in SCALARS if isinstance(one, str)]
        text = "".join(chance.choices(letters, k=chance.randrange(40)))
        if chance.random() < 0.3:
            text = chance.choice(texts) * chance.choice((1, 1, 3, 2000))
        elif chance.random() < 0.3:
            text = f"PT{'9' * chance.choice((1, 30, 400, 5000))}{chance.choice('HMS')}"
        try:
            TEXTS[name](text)
        except InferenceError:
            return
        except ValueError:
            assert name == "JSON"

    look()
