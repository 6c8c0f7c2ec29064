"""What is huge leaves room for what stands beside it, and every stack has its verdict."""

from __future__ import annotations

import pytest

from pulumi_inference.review.document import document_of, overview
from pulumi_inference.review.markdown import markdown
from tests.support.fleet import FUNCTION, FUNCTION_KIND
from tests.support.previews import BUCKET, Thing, as_json, report_of

HUGE = ["k" * 1_000_000, "#" * 1_000_000, "k-" * 500_000]
OTHERS = [Thing(BUCKET, f"other-{place}", "update", {"a": 1}, program={"a": 2}) for place in range(5)]


def comment(*things: Thing, budget: int = 60_000) -> str:
    text = markdown([document_of(report_of(as_json(things)))], budget)
    assert len(text) <= budget
    return text


@pytest.mark.parametrize("text", HUGE)
def test_a_huge_name_hides_no_other_deletion(text: str) -> None:
    gone = [Thing(FUNCTION_KIND, name, "delete", FUNCTION) for name in (f"a{text}", "b", "c")]
    for budget in (2_000, 60_000):
        shown = comment(*gone, budget=budget)
        assert "delete: <code>b</code>" in shown or "\n- b (nvcf.Function) is deleted" in shown
        assert "delete: <code>c</code>" in shown or "\n- c (nvcf.Function) is deleted" in shown


@pytest.mark.parametrize("text", HUGE)
def test_a_huge_path_hides_no_other_change(text: str) -> None:
    shown = comment(Thing(BUCKET, "a", "update", {text: 1}, program={text: 2}), *OTHERS)
    for one in OTHERS:
        assert f"<code>{one.name}</code>" in shown
    assert shown.count("\n+ a: 2\n") == len(OTHERS)


def test_a_resource_with_thousands_of_changes_is_told_short_and_the_others_long() -> None:
    many = [{f"tag{place}": f"{side}{place}" for place in range(10_000)} for side in ("a", "b")]
    shown = comment(Thing(BUCKET, "a", "update", many[0], program=many[1]), *OTHERS)
    assert "9996 more" in shown
    assert shown.count("\n+ a: 2\n") == len(OTHERS)


@pytest.mark.parametrize("number", [2, 40, 60, 200])
def test_each_of_many_stacks_has_its_verdict(number: int) -> None:
    reports = [
        report_of(as_json(OTHERS).replace("urn:pulumi:dev::", f"urn:pulumi:stack-{place}::")) for place in range(number)
    ]
    text = markdown([overview(reports), *map(document_of, reports)])
    assert len(text) <= 60_000
    for place in range(number):
        assert f"| <code>fleet/stack-{place}</code> | 5 changes |" in text
    assert "full report" in text or number < 200


def test_of_more_stacks_than_there_is_room_for_the_rest_is_counted() -> None:
    reports = [report_of(as_json(OTHERS))] * 3_000
    text = markdown([overview(reports)], 2_000)
    assert len(text) <= 2_000
    shown = text.count("<code>fleet/dev</code>")
    assert shown > 10
    assert f"and {3_000 - shown} more" in text
