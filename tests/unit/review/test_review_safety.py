"""Whatever stands in a preview: the comment fits, is balanced, names what is destroyed, and nothing in it acts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pulumi_inference.review.blocks import Block, Document, Entry, Heading, Items
from pulumi_inference.review.document import document_of
from pulumi_inference.review.markdown import escaped, markdown
from pulumi_inference.review.report import Report
from tests.support.fleet import (
    CHAT,
    CHAT_KIND,
    DEPLOYMENT,
    DEPLOYMENT_KIND,
    FUNCTION,
    FUNCTION_KIND,
    SERVICE,
    SERVICE_KIND,
    changed,
)
from tests.support.hostile import ACTS, HOSTILE
from tests.support.previews import (
    BUCKET,
    UNKNOWN_TEXT,
    Thing,
    as_events,
    as_json,
    every_format,
    report_of,
    said,
    secret,
)
from tests.support.secrets import Planted

# Without shrinking, which would take minutes with things as large as these.
BOUNDED = settings(max_examples=40, derandomize=True, deadline=None, database=None, phases=[Phase.generate])

ACTING = (
    "```\n</details>\n# heading",
    "@octocat #12 GH-3 !4 %5 $6 &7 ~bug ^8 octo/repo#9",
    "<img src=x onerror=alert(1)><script>1</script>",
    "a|b|c\n|---|\n|d|",
    "http://evil.test www.evil.test mailto:a@b.test user@host.test",
    ":rocket: :+1: **bold** _it_ ~~gone~~ [a](http://b.test) ![i](http://b.test/i.png)",
    "<!-- pulumi-inference review: fleet/dev --> --> \u202eabc\u2066",
    "1. one",
    "- two",
    "# three",
    "> four",
    "````",
    "~~~",
    "$$x$$",
    " # one",
    "\t- two",
    " 1. three",
    "\xa0+ four",
    HOSTILE,
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40).map(
    lambda text: text.replace("::", "-") or "x"
)
TEXTS = st.one_of(st.sampled_from(ACTING), st.text(max_size=60), st.text(min_size=200, max_size=400))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
VALUES = st.recursive(
    st.one_of(LEAVES, st.just(UNKNOWN_TEXT), st.just("[secret]")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
OPS = st.sampled_from(["same", "create", "update", "replace", "delete", "import", "read", "gone", "discard", "odd"])
OURS: list[tuple[str, dict[str, Any]]] = [
    (SERVICE_KIND, SERVICE),
    (FUNCTION_KIND, FUNCTION),
    (DEPLOYMENT_KIND, DEPLOYMENT),
    (CHAT_KIND, CHAT),
]


@st.composite
def things(draw: st.DrawFn) -> Thing:
    """Any resource with any sides: fields of ours with values of any shape, and whatever others have."""
    is_ours = draw(st.booleans())
    kind, values = draw(st.sampled_from(OURS)) if is_ours else (BUCKET, {"tags": {"a": "1"}, "list": [1, 2]})
    sides = []
    for _ in range(3):
        side = dict(values)
        for name in draw(st.lists(st.sampled_from(sorted(values)), max_size=2)):
            side[name] = draw(VALUES)
        if draw(st.booleans()):
            side[draw(TEXTS) or "x"] = draw(VALUES)
        sides.append(side)
    return Thing(
        kind,
        draw(NAMES),
        draw(OPS),
        recorded=draw(st.sampled_from([sides[0], None])),
        live=draw(st.sampled_from([sides[1], "recorded", None])),
        program=sides[2],
        reasons=draw(st.lists(st.sampled_from([*values, "a.b[0]", 'x["y"]']), max_size=2)),
        outputs={"due_time": draw(VALUES), "smoke_tested": draw(VALUES)},
        leftover=draw(st.booleans()),
        was=draw(st.sampled_from(["", "former"])),
        more={"protect": draw(st.booleans())},
    )


STACKS = st.lists(things(), max_size=6, unique_by=lambda one: one.urn)


def rendered(text: str) -> tuple[str, list[str], list[str]]:
    """The HTML that a renderer of Markdown makes, and what in it is literal: code blocks, and raw HTML."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = [inner for one in parser.parse(text) for inner in (one, *(one.children or ()))]
    fences = [one.content for one in tokens if one.type in ("fence", "code_block")]
    raw = [one.content for one in tokens if one.type in ("html_block", "html_inline")]
    return parser.render(text), fences, raw


def assert_harmless(text: str) -> None:
    """Nothing but our own folds, fences, tables and code is markup, and nothing that a site looks for is in a text."""
    assert not ACTS.search(text)
    html, fences, raw = rendered(text)
    tags = [tag for one in raw for tag in re.findall(r"<[^>]*>", one)]
    ours = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"}
    assert {one for one in tags if not one.startswith("<!-- pulumi-inference review: ")} <= ours, tags
    for name in ("details", "summary", "code"):
        assert tags.count(f"<{name}>") == tags.count(f"</{name}>"), name
    for tag in ("<a ", "<img", "<strong>", "<em>", "<s>", "<h1", "<blockquote", "<ol", "<hr"):
        assert tag not in html.replace("<h1>", "<h1") or tag == "<h1", tag
    outside = re.sub(r"<pre>.*?</pre>", "", html, flags=re.DOTALL)
    assert not re.search(r"<(?:a|img|strong|em|s|blockquote|ol|hr|script)[ >]", outside), outside
    shown = re.sub(r"<[^>]*>", "", outside)
    assert not re.search(r"(?<!\w)@\w", shown), shown
    assert not re.search(r"#\d|GH-\d|https?://|www\.\w|:[\w+-]+:", re.sub(r"&#?\w+;", " ", shown)), shown
    assert all(line[:2] in ("+ ", "- ", "! ") for one in fences for line in one.splitlines())


@BOUNDED
@given(STACKS, st.sampled_from([2_000, 5_000, 60_000]), st.lists(TEXTS, max_size=3), st.booleans())
def test_any_comment_fits_is_balanced_and_names_what_is_destroyed(
    stack: list[Thing], budget: int, texts: list[str], refresh: bool
) -> None:
    told = [said(text, None, severity) for text, severity in zip(texts, ("warning", "error", "info"), strict=False)]
    report = report_of(as_events(stack, *told, refresh=refresh))
    comment = markdown([document_of(report)], budget)
    assert len(comment) <= budget
    assert_harmless(comment)
    assert comment.splitlines()[1].startswith("## ")
    if budget == 60_000:
        assert_names_all(report, comment)
    for text in every_format(report).values():
        assert not ACTS.search(text)


def assert_names_all(report: Report, comment: str) -> None:
    for urn in report.destructive:
        assert escaped(urn.rpartition("::")[2]) in comment, urn


def many(number: int) -> list[Thing]:
    """Deletions, replacements and updates, each with a lot to say."""
    found = []
    for place in range(number):
        new = changed(SERVICE, ("config.0.envs", {f"NAME_{one}": "x" * 200 for one in range(20)}))
        op = ("delete", "replace", "update")[place % 3]
        found.append(Thing(SERVICE_KIND, f"service-{place}", op, SERVICE, program=new, reasons=["infer_type"]))
    return found


@pytest.mark.parametrize("budget", [2_000, 4_000, 10_000, 60_000])
@pytest.mark.parametrize("number", [3, 30, 150])
def test_a_large_stack_fits_too(number: int, budget: int) -> None:
    report = report_of(as_json(many(number)))
    comment = markdown([document_of(report)], budget)
    assert len(comment) <= budget
    assert_harmless(comment)
    assert report.title.partition(":")[0] in comment
    assert "Look at this first" in comment
    assert "In all: " in comment
    if budget == 60_000:
        assert_names_all(report, comment)
    elif number == 150 and budget < 10_000:
        assert re.search(r"and \d+ more", comment)


def test_several_stacks_share_the_room() -> None:
    documents = [document_of(report_of(as_json(many(30)))) for _ in range(5)]
    for budget in (2_000, 10_000, 60_000):
        assert len(markdown(documents, budget)) <= budget
    assert "more stacks are in the full report" in markdown(documents, 2_000)


@pytest.mark.parametrize("text", ACTING)
def test_nothing_of_others_acts_wherever_it_stands(text: str) -> None:
    bucket = Thing(
        BUCKET, text.replace("::", "-"), "update", {text: "1", "a": text}, program={text: "2", "a": f"{text}!"}
    )
    env = changed(SERVICE, ("config.0.envs", {"A": text}), ("description", text))
    service = Thing(SERVICE_KIND, "s", "update", env, changed(env, ("description", f"{text} live")), SERVICE)
    gone = Thing(FUNCTION_KIND, text.replace("::", "-"), "delete", FUNCTION)
    for severity in ("warning", "error", "info"):
        report = report_of(
            as_events([bucket, service, gone], said(text, service, severity), said(text, None, severity))
        )
        formats = every_format(report)
        assert_harmless(formats["markdown"])
        for name in ("text", "html"):
            assert not ACTS.search(formats[name]), name
        assert "<script" not in formats["html"]
        assert "<img" not in formats["html"]


@pytest.mark.parametrize("name", [" # big", " - item", "\u3000+ item", "\t1. item", " = line"])
def test_a_space_in_front_of_a_name_makes_no_markup_of_it(name: str) -> None:
    comment = every_format(report_of(as_json([Thing(FUNCTION_KIND, name, "delete", FUNCTION)])))["markdown"]
    html, _, _ = rendered(comment)
    assert f"<li>{name.strip()} (nvcf.Function) is deleted</li>" in html


CANARY = 'caña"ry/se cret+%&\n=42'


@BOUNDED
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=8, max_size=30), st.booleans())
def test_any_secret_is_hidden_in_every_format(value: str, as_log: bool) -> None:
    assert_hidden(f"canary-{value}", as_log=as_log)


@pytest.mark.parametrize("as_log", [False, True])
@pytest.mark.parametrize("value", [CANARY, "hunter2hunter2", "-----BEGIN KEY-----\nabc\n-----END KEY-----"])
def test_a_secret_is_hidden_in_every_format(value: str, as_log: bool) -> None:
    assert_hidden(value, as_log=as_log)


def assert_hidden(value: str, *, as_log: bool) -> None:
    """Known as a secret in one place, it is hidden in all of them."""
    write = as_events if as_log else as_json
    planted = Planted(canary=value)
    spelled = sorted(one for one in planted._spellings["canary"] if len(one) >= 8)
    for known in (
        # As Pulumi shows secrets when it is asked to; in clear in a field of ours, as old engines did; and marked.
        Thing(BUCKET, "b", "update", {"a": secret("old")}, program={"a": secret({"x": [value]})}),
        Thing(CHAT_KIND, "c", "update", CHAT, program=changed(CHAT, ("secret_env", {"head": {"TOKEN": value}}))),
        Thing(BUCKET, "d", "update", {"p": "1"}, program={"p": value}, more={"additionalSecretOutputs": ["p"]}),
    ):
        elsewhere = {f"f{place}": f"see {one} there" for place, one in enumerate(spelled)}
        other = Thing(BUCKET, "other", "update", {"text": "1"}, program={"text": "2", **elsewhere})
        env = changed(SERVICE, ("config.0.envs", elsewhere), ("description", value))
        service = Thing(SERVICE_KIND, "s", "update", env, changed(env, ("description", f"{value}!")), SERVICE)
        told = [said(f"it is {one}", other, severity) for one in spelled for severity in ("warning", "info", "error")]
        report = report_of(write([known, other, service], *told))
        for name, text in every_format(report).items():
            assert planted.found_in(text) == [], name


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a<b&c>d-canary", "a\\u003cb\\u0026c\\u003ed-canary"),
        ("é<canary>\u2028", "é\\u003ccanary\\u003e\\u2028"),
        ("x'y\"z-canary", "x\\'y\"z-canary"),
        ("can ary/é", "can%20ary%2f%c3%a9"),
    ],
)
def test_a_secret_is_hidden_as_go_and_python_write_it(value: str, written: str) -> None:
    known = Thing(BUCKET, "b", "update", {"a": secret("old")}, program={"a": secret(value)})
    other = Thing(BUCKET, "other", "update", {"text": "1"}, program={"text": f"see {written} there"})
    for text in every_format(report_of(as_json([known, other], said(f"it is {written}", other, "warning")))).values():
        assert "canary" not in text and "ary%2f" not in text
        assert "[secret]" in text


@pytest.mark.parametrize("value", ["canary", "can{ary} has a problem: x\ncanary"])
def test_a_value_that_the_engine_quotes_when_it_is_refused_is_hidden(value: str) -> None:
    """Also one that is a secret, which the engine does not look for."""
    thing = Thing(BUCKET, "b", "update", {"a": 1}, program={"a": 2})
    text = f"{BUCKET} resource 'b': property acl.x value {{&{{{{{value}}}}}}} has a problem: must be short"
    for shown in every_format(report_of(as_json([thing], said(text, thing, "error")))).values():
        assert "ary" not in shown.replace("summary", "").replace("secondary", "")
        assert "acl.x: must be short" in shown


def test_a_secret_number_is_hidden_where_it_is_no_text() -> None:
    known = Thing(BUCKET, "b", "update", {"a": secret(1)}, program={"a": secret(48291377)})
    other = Thing(BUCKET, "other", "update", {"pin": 1}, program={"pin": 48291377, "count": 2})
    for text in every_format(report_of(as_json([known, other]))).values():
        assert "48291377" not in text


def test_a_secret_in_ciphertext_is_only_a_secret() -> None:
    thing = Thing(
        BUCKET, "b", "update", {"a": secret("x", plaintext=False)}, program={"a": secret("y", plaintext=False)}
    )
    for text in every_format(report_of(as_json([thing]))).values():
        assert "ciphertext" not in text
        assert "v1:abc:def" not in text


def test_the_same_preview_gives_the_same_bytes_in_every_process() -> None:
    """Also with another seed of Python's hashes, which sets are ordered by."""
    stack = [*many(5), Thing(BUCKET, "b", "update", {"z": 1, "a": 2}, program={"z": 3, "a": 4})]
    told = [said(f"warning {place}", stack[0], "warning") for place in range(3)]
    program = (
        "import json, sys\nfrom tests.support.previews import every_format, report_of\n"
        "print(json.dumps(every_format(report_of(sys.stdin.read()))))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=as_json(stack, *told),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "PYTHONPATH": str(Path.cwd())},
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(found) == 1
    shuffled = json.loads(as_json(stack, *told))
    shuffled["steps"].reverse()
    assert [every_format(report_of(json.dumps(shuffled)))] == [json.loads(one) for one in found]


def test_no_entry_is_made_that_there_is_no_room_for() -> None:
    made: list[int] = []

    def short(number: int) -> list[Block]:
        made.append(number)
        return [Items([[f"number {number} is changed"]])]

    entries = [Entry(partial(short, number), partial(short, number)) for number in range(1000)]
    head = [Heading(["many"])]
    text = markdown([Document(head, head, entries, ())], 2000)
    assert len(text) <= 2000
    assert max(made) < 100
    told = text.count("is changed")
    assert f"and {1000 - told} more" in text
