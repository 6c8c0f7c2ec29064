"""Program, recorded and live state come together, in whatever form and by whatever engine a preview was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.compare import Verdict
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.report import Report
from tests.support.fleet import CHAT, CHAT_KIND, FUNCTION, FUNCTION_KIND, SERVICE, SERVICE_KIND, changed
from tests.support.previews import BUCKET, UNKNOWN_TEXT, Thing, as_events, as_json, every_format, report_of, said

Write = Callable[..., str]
FORMS = pytest.mark.parametrize("write", [as_json, as_events], ids=["json", "events"])

DRIFTED = Thing(
    SERVICE_KIND,
    "classifier",
    "update",
    recorded=SERVICE,
    live=changed(SERVICE, ("config.0.instance_count", 5), ("description", "by hand")),
    program=changed(SERVICE, ("config.0.weight", 30), ("config.1.weight", 70), ("description", "new")),
)


def only(report: Report) -> Resource:
    """The only resource."""
    [found] = report.resources
    return found


def verdicts(one: Resource) -> dict[str, str]:
    """What became of each path."""
    return {change.text: change.verdict_text for change in one.changes}


def change_at(one: Resource, path: str) -> Change:
    """The change at a path."""
    return next(change for change in one.changes if change.text == path)


@FORMS
def test_three_sides_of_every_field(write: Write) -> None:
    one = only(report_of(write([DRIFTED])))
    assert verdicts(one) == {
        "config.m-a.instance_count": "drift undone",
        "config.m-a.weight": "change",
        "config.m-b.weight": "change",
        "description": "conflict",
    }
    count = change_at(one, "config.m-a.instance_count")
    assert (count.program, count.recorded, count.live) == (2, 2, 5)
    described = change_at(one, "description")
    assert (described.program, described.recorded, described.live) == ("new", "first", "by hand")
    assert one.was_read


def test_json_with_and_without_sames_and_events_tell_the_same() -> None:
    things = [DRIFTED, Thing(FUNCTION_KIND, "echo", "delete", recorded=FUNCTION), Thing(BUCKET, "b", recorded={})]
    found = [every_format(report_of(text)) for text in (as_json(things), as_events(things))]
    assert found[0] == found[1]
    without = every_format(report_of(as_json([DRIFTED, things[1]], sames=False)))
    assert without["markdown"].split("\n\n")[3:-1] == found[0]["markdown"].split("\n\n")[3:-1]


@FORMS
def test_without_a_refresh_the_record_is_what_is_compared_with(write: Write) -> None:
    thing = Thing(SERVICE_KIND, "s", "update", recorded=SERVICE, program=changed(SERVICE, ("description", "new")))
    report = report_of(write([thing], refresh=False))
    assert verdicts(only(report)) == {"description": "change"}
    assert not only(report).was_read
    assert not report.drift
    assert any("not refreshed" in one for one in report.seen)


@FORMS
def test_drift_that_a_preview_without_a_refresh_has_told_counts(write: Write) -> None:
    told = said(
        "config[0].instance_count: changed outside of the program: program 2, live 5; `pulumi up` puts it back\n",
        DRIFTED,
    )
    thing = Thing(SERVICE_KIND, "classifier", "update", recorded=SERVICE, program=SERVICE)
    report = report_of(write([thing], told, refresh=False))
    count = change_at(only(report), "config.m-a.instance_count")
    assert (count.verdict, count.program, count.recorded, count.live) == (Verdict.DRIFT, 2, 2, 5)
    assert len(report.drift) == 1


@pytest.mark.parametrize("live", ["{[]: 1}", "{1, 2}", "b'x'", "1+2j", "...", "1e999", "{(1, 2): 3}", "{1: 2, 'a': 3}"])
def test_drift_that_is_told_as_no_json_is_shown_as_it_was_told(live: str) -> None:
    told = said(f"pool_name: changed outside of the program: program 'a', live {live}; `pulumi up` puts it back")
    thing = Thing(SERVICE_KIND, "classifier", "update", recorded=SERVICE, program=SERVICE)
    report = report_of(as_json([thing], {**told, "urn": thing.urn}, refresh=False))
    assert change_at(only(report), "pool_name").live is not None
    json.loads(every_format(report)["json"], parse_constant=pytest.fail)


def test_a_path_whose_index_is_no_number_is_a_path() -> None:
    thing = Thing(BUCKET, "b", "update", {"a": [1]}, program={"a": [2]}, diff={f"a[{'9' * 5000}]": "update"})
    assert only(report_of(as_json([thing]))).op == "update"


ODD: list[Any] = [True, -1, 2.5, 1e308, 10**300, "x", "[secret]", UNKNOWN_TEXT, [], {}, [[]], {"a": 1}, [1, "a"]]


@FORMS
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_state_with_values_of_any_shape_is_told(write: Write, odd: Any) -> None:
    """As one of another layout has them, or a mistake of a provider."""
    for kind, values in ((SERVICE_KIND, SERVICE), (FUNCTION_KIND, FUNCTION), (CHAT_KIND, CHAT)):
        for spot in spots(values):
            strange = changed(values, (spot, odd))
            for sides in ((strange, values, values), (values, strange, values), (values, values, strange)):
                thing = Thing(kind, "x", "update", recorded=sides[0], live=sides[1], program=sides[2])
                report = report_of(write([thing]))
                assert [one.op for one in report.resources] == ["update"]
                json.loads(every_format(report)["json"], parse_constant=pytest.fail)


def spots(value: Any, path: str = "") -> list[str]:
    """All places in a value, at every depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [(f"{path}.{name}" if path else str(name), one) for name, one in items if "." not in str(name)]
    return [spot for name, one in inner for spot in (name, *spots(one, name))]


@FORMS
def test_what_both_have_moved_alike_has_converged(write: Write) -> None:
    new = changed(SERVICE, ("description", "new"))
    report = report_of(write([Thing(SERVICE_KIND, "s", recorded=SERVICE, live=new, program=new)]))
    assert verdicts(only(report)) == {"description": "converged"}
    assert report.verdict == "no change"
    assert "Changed outside" not in every_format(report)["markdown"]
    assert not report.drift
    assert "1 changed outside of the program, which says the same by now" in every_format(report)["text"]


@FORMS
def test_drift_that_the_program_ignores_is_left(write: Write) -> None:
    live = changed(SERVICE, ("config.0.instance_count", 5), ("description", "by hand"))
    ignoring = Thing(SERVICE_KIND, "s", recorded=SERVICE, live=live, program=SERVICE)
    one = only(report_of(write([ignoring])))
    assert set(verdicts(one).values()) == {"drift left"}
    assert not one.planned

    partly = Thing(SERVICE_KIND, "s", "update", SERVICE, live, SERVICE, diff={"description": "update"})
    one = only(report_of(write([partly])))
    assert verdicts(one) == {"config.m-a.instance_count": "drift left", "description": "drift undone"}
    assert [change.text for change in one.planned] == ["description"]


@FORMS
def test_what_is_gone_is_drift_and_made_anew(write: Write) -> None:
    gone = Thing(SERVICE_KIND, "s", "create", recorded=SERVICE, live=None, program=SERVICE)
    report = report_of(write([gone]))
    assert only(report).is_gone
    assert verdicts(only(report)) == {"the resource itself": "gone"}
    assert "is gone from the cloud, and is made anew" in every_format(report)["text"]
    assert len(report.drift) == 1


@FORMS
def test_what_is_gone_and_no_longer_wanted_needs_nothing(write: Write) -> None:
    other = Thing(FUNCTION_KIND, "echo", recorded=FUNCTION)
    gone = Thing(SERVICE_KIND, "s", "gone", recorded=SERVICE, live=None)
    report = report_of(write([gone, other]))
    found = next(one for one in report.resources if one.name == "s")
    assert (found.op, found.is_gone, report.verdict) == ("same", True, "no change")


def test_a_refresh_alone_tells_drift_and_what_is_gone() -> None:
    live = changed(SERVICE, ("description", "by hand"))
    lines = as_events(
        [
            Thing(SERVICE_KIND, "drifted", "gone", recorded=SERVICE, live=live),
            Thing(SERVICE_KIND, "missing", "gone", recorded=SERVICE, live=None),
            Thing(SERVICE_KIND, "well", "gone", recorded=SERVICE),
        ]
    ).splitlines()
    # `pulumi refresh` ends its steps by what it has found.
    for place, line in enumerate(lines):
        for name, op in (("drifted", "update"), ("missing", "delete"), ("well", "same")):
            if "resOutputsEvent" in line and f"::{name}" in line:
                lines[place] = line.replace('"op": "refresh"', f'"op": "{op}"')
    report = report_of("\n".join(lines))
    assert report.verdict == "no change"
    assert {one.name: verdicts(one) for one in report.resources} == {
        "drifted": {"description": "drift undone"},
        "missing": {"the resource itself": "gone"},
        "well": {},
    }
    assert all(one.was_read for one in report.resources)


@FORMS
def test_a_replacement_names_what_forces_it_and_which_comes_first(write: Write) -> None:
    new = changed(CHAT, ("namespace", "other"), ("name", "chat-2"))
    thing = Thing(CHAT_KIND, "chat", "replace", recorded=CHAT, program=new, reasons=["namespace"])
    report = report_of(write([thing]))
    one = only(report)
    assert [change.text for change in one.planned if change.forces] == ["namespace"]
    assert report.destructive == [thing.urn]
    text = every_format(report)["text"]
    assert "forced by namespace" in text
    assert "the new one is made first" in text

    same_name = changed(CHAT, ("namespace", "other"))
    first = Thing(CHAT_KIND, "chat", "replace", recorded=CHAT, program=same_name, reasons=["namespace"])
    assert only(report_of(write([first]))).deletes_first == bool({"name"} & set(one.life.unique_by if one.life else ()))


def test_the_order_of_the_events_says_which_goes_first() -> None:
    bucket = Thing(BUCKET, "b", "replace", recorded={"bucket": "a"}, program={"bucket": "b"}, reasons=["bucket"])
    first = Thing(**{**vars(bucket), "deletes_first": True})
    assert "the new one is made first" in every_format(report_of(as_events([bucket])))["text"]
    assert "the old one goes first" in every_format(report_of(as_events([first])))["text"]


@FORMS
def test_what_an_earlier_replacement_has_left_is_destroyed_too(write: Write) -> None:
    thing = Thing(SERVICE_KIND, "s", recorded=SERVICE, program=SERVICE, leftover=True)
    report = report_of(write([thing]))
    assert (only(report).op, report.destructive, report.verdict) == ("same", [thing.urn], "destructive")
    assert "what an earlier replacement has left is deleted" in every_format(report)["markdown"]


@FORMS
def test_a_renamed_resource_is_one(write: Write) -> None:
    live = changed(SERVICE, ("description", "by hand"))
    thing = Thing(SERVICE_KIND, "new", "update", recorded=SERVICE, live=live, program=SERVICE, was="old")
    report = report_of(write([thing]))
    assert (only(report).name, only(report).former_name, only(report).was_read) == ("new", "old", True)
    assert verdicts(only(report)) == {"description": "drift undone"}
    assert "was called old" in every_format(report)["text"]


@FORMS
def test_an_import_is_neither_made_nor_changed(write: Write) -> None:
    report = report_of(write([Thing(BUCKET, "b", "import", program={"bucket": "a"})]))
    assert (report.counts["import"], report.destructive, report.verdict) == (1, [], "changes")


@FORMS
def test_an_operation_that_nobody_knows_is_never_hidden(write: Write) -> None:
    report = report_of(write([Thing(BUCKET, "b", "transmogrify", recorded={"a": "1"}, program={"a": "2"})]))
    assert (report.counts["update"], report.verdict) == (1, "changes")


@FORMS
def test_dependents_only_look_changed(write: Write) -> None:
    new = changed(CHAT, ("model_id", UNKNOWN_TEXT))
    thing = Thing(CHAT_KIND, "chat", "update", recorded=CHAT, program=new)
    report = report_of(write([thing]))
    assert only(report).only_looks_changed
    assert "it may turn out to be the same" in every_format(report)["markdown"]


@FORMS
@pytest.mark.parametrize("refresh", [True, False])
def test_an_older_engine_without_detailed_differences(write: Write, refresh: bool) -> None:
    """What CLI 3.100 wrote: the names of properties, and no paths."""
    things = [
        Thing(SERVICE_KIND, "s", "update", SERVICE, program=changed(SERVICE, ("config.0.weight", 30))),
        Thing(
            FUNCTION_KIND,
            "echo",
            "replace",
            FUNCTION,
            program=changed(FUNCTION, ("inference_url", "/x")),
            reasons=["inference_url"],
        ),
        Thing(BUCKET, "b", "update", {"a": "1"}, program={"a": "2"}),
    ]
    report = report_of(write(things, refresh=refresh, detailed=False))
    found = {one.name: verdicts(one) for one in report.resources}
    assert found == {
        "s": {"config.m-a.weight": "change"},
        "echo": {"inference_url": "change"},
        "b": {"a": "change"},
    }
    assert "forced by inference_url" in every_format(report)["text"]


@FORMS
def test_a_stack_without_any_resource_of_ours(write: Write) -> None:
    things = [
        Thing(BUCKET, "b", "update", {"tags": {"a": "1"}}, program={"tags": {"a": "2"}}),
        Thing("random:index/randomId:RandomId", "r", "create", program={"byteLength": 4}),
    ]
    report = report_of(write(things))
    assert "fleet/dev: 2 changes" in report.title
    text = every_format(report)["text"]
    assert "tags.a" in text
    assert "live state" not in text
    assert "Capacity" not in text


@FORMS
def test_a_masked_map_that_changes_is_a_secret_that_changes(write: Write) -> None:
    old = changed(SERVICE, ("secret_envs", "[secret]"))
    thing = Thing(SERVICE_KIND, "s", "update", old, program=old, diff={"secret_envs": "update"})
    report = report_of(write([thing]))
    assert change_at(only(report), "secret_envs").is_secret
    assert "secrets that change: secret_envs" in every_format(report)["text"]


@FORMS
def test_a_map_that_becomes_secret_shows_neither_side(write: Write) -> None:
    new = changed(SERVICE, ("config.0.envs", "[secret]"))
    report = report_of(write([Thing(SERVICE_KIND, "s", "update", SERVICE, program=new)]))
    [change] = only(report).changes
    assert change.is_secret
    assert (change.program, change.recorded) == ("[secret]", "[secret]")


@FORMS
def test_states_with_inputs_of_another_layout_are_shown_without_them(write: Write) -> None:
    old = changed(SERVICE, ("former_field", {"a": [1]}), ("config.0.former", 1))
    report = report_of(write([Thing(SERVICE_KIND, "s", "update", old, program=changed(SERVICE, ("description", "x")))]))
    assert "description" in verdicts(only(report))
    assert "former_field" not in verdicts(only(report))


@FORMS
def test_warnings_of_unhealthy_and_pending_resources_stand_in_the_checks(write: Write) -> None:
    thing = Thing(SERVICE_KIND, "s", "update", SERVICE, program=SERVICE, diff={})
    told = [
        said("Refreshed resource is in an unhealthy state:\n* s did not deploy", thing, "warning"),
        said("Attempting to deploy or update resources with 1 pending operations", None, "warning"),
    ]
    report = report_of(write([thing], *told))
    assert [one.text.split("\n")[0] for one in report.checks] == [
        "Attempting to deploy or update resources with 1 pending operations",
        "Refreshed resource is in an unhealthy state:",
    ]
    assert (report.verdict, report.failure) == ("changes", None)


def test_a_log_that_ends_early_is_a_failure() -> None:
    report = report_of(as_events([DRIFTED], ended=False))
    assert report.verdict == "failed"
    assert "ends before the preview did" in report.title


@FORMS
def test_errors_make_a_failed_preview_and_what_was_not_read_is_said(write: Write) -> None:
    thing = Thing(SERVICE_KIND, "s", "gone", SERVICE, unread=True)
    told = [
        said("error: Preview failed: GET /x failed (HTTP 403)", thing, "error"),
        said("preview failed", None, "error"),
    ]
    report = report_of(write([thing], *told))
    assert (report.verdict, report.failure) == ("failed", "1 error")
    assert [one.text for one in report.checks] == ["GET /x failed (HTTP 403)"]
    assert not only(report).was_read
    assert not report.lines
    for text in every_format(report).values():
        assert "no change" not in text


@pytest.mark.parametrize("refresh", [True, False])
def test_a_log_whose_fields_are_in_another_order_is_read_as_well(refresh: bool) -> None:
    things = [DRIFTED, Thing(BUCKET, "b", "delete", recorded={"a": "1"})]
    log = as_events(things, refresh=refresh)
    turned = "\n".join(json.dumps(_turned(json.loads(line))) for line in log.splitlines())
    assert every_format(report_of(turned)) == every_format(report_of(log))


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(one) for name, one in reversed(value.items())}
    return [_turned(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "line", ["{", "[]", '"x"', '{"resourcePreEvent": {"metadata": {"op": "update", "urn": "urn:x"']
)
def test_a_broken_line_is_told_by_its_number(line: str) -> None:
    with pytest.raises(ConfigurationError, match="line 2 of the event log"):
        report_of(f'{{"preludeEvent": {{}}}}\n{line}\n')
