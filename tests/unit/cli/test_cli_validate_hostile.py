"""Spec files that nobody should write: each has a clear message with its place, no traceback, and bounded work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.work import at_most
from tests.unit.cli.conftest import Run

CALLS = 12_000_000
"""Of functions, for one file; a good file of 300 lines needs a hundredth of it."""

HEAD = "kind: modelarts.Service\nspec:\n  config: [{model_id: m, specification: modelarts.vm.cpu.2u}]\n"
SMOKE = f"{HEAD}  smoke_test: "


def spec(line: str) -> str:
    return f"{HEAD}  {line}\n"


def item(line: str) -> str:
    return f"kind: modelarts.Service\nspec:\n  config: [{{model_id: m, specification: modelarts.vm.cpu.2u, {line}}}]\n"


def smoke(**test: Any) -> str:
    return f"{SMOKE}{json.dumps(test)}\n"


def nested(depth: int, key: str, leaf: str = "{}") -> str:
    return f'{{"{key}": ' * depth + leaf + "}" * depth


def bomb(width: int, levels: int, merge: str = "") -> str:
    """Aliases of aliases: little text, very many values."""
    lines = ["a0: &a0 {x: 1}"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} " + (f"{{<<: [{aliases}], k{level}: 1}}" if merge else f"[{aliases}]"))
    return "\n".join(lines)


LONG = "x" * 10_000_000
LINES = f"kind: modelarts.Service\nspec: {{a: &x x, tags: [{', '.join(['*x'] * 60_000)}]}}\n"
MANY_TAGS = json.dumps({f"tag{index}": "v" for index in range(100_000)})
MANY_WRONG = json.dumps({f"tag{index}": 1 for index in range(4_000)})
MANY_MODELS = json.dumps([{"model_id": f"m{index}", "specification": "x"} for index in range(3_000)])
CHAIN = {"$defs": {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(900)} | {"d900": {}}, "$ref": "#/$defs/d0"}

# The text, and what has to be in a line of the answer.
DOCUMENTS: dict[str, tuple[str, str]] = {
    "boolean that is none": (spec("wait: !!bool maybe"), "spec.wait: 'maybe' is not true or false"),
    "integer that is none": (spec("priority: !!int many"), "spec.priority: 'many' is not an integer"),
    "empty integer": (spec("priority: !!int ''"), "spec.priority: '' is not an integer"),
    "float that is none": (spec("priority: !!float many"), "spec.priority: 'many' is not a number"),
    "timestamp that is none": (spec("description: !!timestamp abc"), "spec.description: could not determine"),
    "timestamp": (spec("description: !!timestamp 2024-01-01"), "spec.description: could not determine"),
    "binary that is none": (spec("description: !!binary ä"), "spec.description: could not determine"),
    "binary": (spec("description: !!binary aGVsbG8="), "spec.description: could not determine"),
    "python object": (spec("description: !!python/name:os.system"), "spec.description: could not determine"),
    "tag of its own": (spec("description: !mine x"), "spec.description: could not determine"),
    "5000 digits": (spec(f"priority: {'9' * 5000}"), "spec.priority: '9999"),
    "400 digits": (item(f"instance_count: {10**400}"), "config[0].instance_count: must be a number of at most"),
    "float overflow": (item("instance_count: 1e400"), "config[0].instance_count: must be a number, not inf"),
    "1e308 instances": (item("instance_count: 1e308"), "config[0].instance_count: must be at most 2147483647, not 1e"),
    "billions of instances": (item("instance_count: 5000000000"), "instance_count: must be at most 2147483647"),
    "-1e308 instances": (item("instance_count: -1e308"), "config[0].instance_count: must be at least 1, not -1e"),
    "infinite instances": (item("instance_count: .inf"), "config[0].instance_count: must be a number, not inf"),
    "no number of instances": (item("instance_count: .nan"), "config[0].instance_count: must be a number, not nan"),
    "1e308 cores": (
        item("custom_spec: {cpu: 1e308, memory: 1}"),
        "config[0].custom_spec.cpu: must be at most 2147483647 cores",
    ),
    "denormal cores": (item("custom_spec: {cpu: 5e-324, memory: 1}"), "cpu: must be at least 0.01 cores, not 5e-324"),
    "sixties": (item("instance_count: 1:30"), 'config[0].instance_count: must be an integer, not the text "1:30"'),
    "old octal": (item("instance_count: 0o10"), 'config[0].instance_count: must be an integer, not the text "0o10"'),
    "duration in sixties": (spec("timeouts: {create: 1:30}"), "timeouts.create: must be a duration such as"),
    "duration without unit": (spec("timeouts: {create: 20}"), "timeouts.create: must be a duration such as"),
    "duration of ages": (spec("timeouts: {create: 100000000000000000000h}"), 'timeouts.create: must be at most "720h"'),
    "duration of digits": (spec(f"timeouts: {{create: {'9' * 400}h}}"), 'timeouts.create: must be at most "720h"'),
    "duration of nothing": (
        spec(f"timeouts: {{create: 0.{'0' * 400}1s}}"),
        "timeouts.create: must be longer than nothing",
    ),
    "attempt of ages": (smoke(timeout="99999999999999999999h"), 'smoke_test.timeout: must be at most "720h"'),
    "pause of ages": (smoke(interval="1000h"), 'smoke_test.interval: must be at most "720h"'),
    "blank model": (item("cluster_id: '   '"), "config[0].cluster_id: must not be blank"),
    "blank id": (spec("workspace_id: '  '"), "workspace_id: must not be blank"),
    "blank pool": (spec('pool_name: "\\u3000\\n"'), "pool_name: must not be blank"),
    "blank node": (spec("infer_type: edge").replace("cpu.2u}", "cpu.2u, nodes: [' ']}"), "config[0].nodes[0]: must"),
    "blank variable": (item("envs: {' ': x}"), "config[0].envs: has a blank name"),
    "nameless variable": (item("envs: {'': x}"), "config[0].envs: has a blank name"),
    "NUL in a variable": (item('envs: {A: "a\\0b"}'), "config[0].envs.A: must not hold the character NUL"),
    "NUL in a key": (item('envs: {"a\\0b": x}'), "config[0].envs: has a wrong key, which must not hold the character"),
    "NUL in an id": (item('cluster_id: "\\0"'), "config[0].cluster_id: must not hold the character NUL"),
    "NUL in a body": (smoke(body={"x": "\0"}), "smoke_test.body.x: must not hold the character NUL"),
    "half a character": (smoke(body="\ud800"), "smoke_test.body: must be Unicode text, without U+D800"),
    "other half": (smoke(body={"a": ["\udfff"]}), "smoke_test.body.a[0]: must be Unicode text, without U+DFFF"),
    "half a key": (smoke(body={"\ud800": 1}), "smoke_test.body: has a wrong key, which must be Unicode text"),
    "half a name": ('{"kind": "modelarts.Service", "name": "\\ud800", "spec": {}}', "config: is required"),
    "NaN in a body": (f"{SMOKE}{{body: {{x: .nan}}}}\n", "smoke_test.body.x: must be a number, not nan"),
    "infinity in a body": (f"{SMOKE}{{body: [1, -.inf]}}\n", "smoke_test.body[1]: must be a number, not -inf"),
    "infinity expected": (f"{SMOKE}{{expect_json: .inf}}\n", "smoke_test.expect_json: must be a number, not inf"),
    "NaN in a schema": (f"{SMOKE}{{expect_schema: {{const: .nan}}}}\n", "smoke_test.expect_schema.const: must be"),
    "digits in a body": (f"{SMOKE}{{body: {{id: 12345678901234567890123}}}}\n", "smoke_test.body.id: must be a number"),
    "schema of 300 levels": (f"{SMOKE}{{expect_schema: {nested(150, 'not')}}}\n", "smoke_test.expect_schema.not.not"),
    "schema of 60 levels": (f"{SMOKE}{{expect_schema: {nested(60, 'not', '{type: 1}')}}}\n", "is no valid JSON Schema"),
    "schema that is itself": (smoke(expect_schema={"$ref": "#"}), "smoke_test.expect_schema.$ref: leads back"),
    "schema in a circle": (
        smoke(expect_schema={"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}),
        "leads back to itself",
    ),
    "circle inside": (
        smoke(expect_schema={"properties": {"a": {"not": {"$ref": "#/properties/a"}}}}),
        "smoke_test.expect_schema.properties.a.not.$ref: leads back to itself",
    ),
    "long chain": (smoke(expect_schema=CHAIN), "smoke_test.expect_schema"),
    "pattern that is none": (smoke(expect_schema={"pattern": "("}), "smoke_test.expect_schema.pattern: is no valid"),
    "body of 300 levels": (f"{SMOKE}{{body: {nested(300, 'a')}}}\n", "is nested too deeply"),
    "body of 100 levels": (f"{SMOKE}{{body: {nested(100, 'a')}}}\n", "is nested too deeply; at most 64 levels"),
    "rule of 100 levels": (item(f"mapping_rule: {nested(100, 'items')}"), "is nested too deeply"),
    "lists of 100,000 levels": ("[" * 100_000, "is nested too deeply"),
    "maps of 100,000 levels": ("{a: " * 100_000, "is nested too deeply"),
    "alias bomb": (bomb(9, 9), "holds more than 50,000 values"),
    "alias bomb by merging": (bomb(9, 9, "<<"), "holds more than 50,000 values"),
    "wide aliases": (LINES, "holds more than 50,000 values"),
    "alias in a circle": ("a: &a {b: {<<: *a}}", "a.b: an alias leads back to itself"),
    "merge of a text": ("a: {<<: text}", "a: only maps can be merged by <<"),
    "10 MB text": (spec(f"description: {LONG}"), "is longer than 4 MB"),
    "10 MB key": (spec(f"{LONG}: x"), "is longer than 4 MB"),
    "10 MB of spaces": (" " * 10_000_000, "is longer than 4 MB"),
    "100,000 tags": (spec(f"tags: {MANY_TAGS}"), "holds more than 50,000 values"),
    "4,000 wrong tags": (spec(f"tags: {MANY_WRONG}"), "tags.tag0: must be text"),
    "4,000 unknown fields": (HEAD + "".join(f"  field{index}: 1\n" for index in range(4_000)), "unknown property"),
    "3,000 models": (f"kind: modelarts.Service\nspec: {{config: {MANY_MODELS}}}\n", "config[0]"),
    "key of 2,000 characters": (spec(f"{'k' * 900}: x"), "unknown property `kkk"),
    "flavour of 100,000 characters": (
        f"kind: modelarts.Service\nspec: {{config: [{{model_id: m, specification: {'x' * 100_000}}}]}}\n",
        "config[0].specification: must be",
    ),
    "key that is a map": (spec("{a: 1}: x"), "a key must be a text"),
    "key twice": (spec("wait: true\n  wait: false"), "spec: the key 'wait' stands here twice"),
    "bell": (spec("description: \a"), "special characters are not allowed"),
    "only a byte order mark": ("\ufeff", "holds no document"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_has_one_clear_message(run: Run, tmp_path: Path, name: str) -> None:
    text, message = DOCUMENTS[name]
    file = tmp_path / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    with at_most(CALLS):
        result = run("validate", str(file))
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(message in line for line in lines)
    assert len(lines) <= 101
    assert all(len(line) < 2_500 for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        item("instance_count: 010"),  # 10, and not 8
        item("envs: {A: 010, B: 1:30, C: 0123456789, D: 2024-01-01, E: 1_2:3}"),
        smoke(body="\U0001f600"),  # JSON writes it as a surrogate pair
        smoke(body={"x": 1e20, "": "blank names are names in JSON"}),
        smoke(body={"a": "x" * 1_000_000}),
        f"a: &a {{x: 1}}\n{HEAD}".partition("\n")[2],
        "- &m {kind: modelarts.Service, spec: &s {config: [{model_id: m, specification: modelarts.vm.cpu.2u}]}}\n"
        "- {<<: *m, spec: {<<: *s, priority: 1}}\n",
        smoke(expect_schema={"items": {"$ref": "#"}, "properties": {"next": {"$ref": "#"}}}),
        f"{SMOKE}{{expect_schema: {nested(60, 'not', '{type: string}')}}}\n",
    ],
)
def test_unusual_documents_that_are_right(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    with at_most(CALLS):
        result = run("validate", str(file))
    assert result.exit_code == 0, result.output


def test_a_merged_key_gives_way_to_its_own(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(
        "- &m {kind: modelarts.Service, spec: {}, name: first}\n- {<<: *m, name: second}\n", encoding="utf-8"
    )
    told = run("validate", str(file)).stdout.splitlines()
    assert [line.rpartition(": config")[0].rpartition(": ")[2] for line in told] == ["first", "second"]
