"""What a reviewer is told of each cloud, from the facts of its fields."""

from __future__ import annotations

import datetime as dt

import pytest

from pulumi_inference.review import words
from pulumi_inference.review.report import Report
from pulumi_inference.review.settings import Settings
from tests.support.fleet import (
    CHAT,
    CHAT_KIND,
    DEPLOYMENT,
    DEPLOYMENT_KIND,
    SERVICE,
    SERVICE_KIND,
    Values,
    changed,
)
from tests.support.modelartsv2 import deployment
from tests.support.previews import NOW, UNKNOWN_TEXT, Thing, as_json, every_format, report_of, said

PINNED_KIND, PINNED = "modelartsv2.Deployment", {**deployment("s"), "name": "blue", "pinned_version": "1.0.1"}
SWITCHED = {"switch", "restart"}


def update(kind: str, values: Values, *changes: tuple[str, object], **more: object) -> Report:
    """The report of one update."""
    thing = Thing(kind, "x", "update", recorded=values, program=changed(values, *changes), **more)  # type: ignore[arg-type]
    return report_of(as_json([thing]))


def dangers(report: Report) -> list[str]:
    """The kinds of what is to be looked at first."""
    return [one.kind for one in report.dangers]


@pytest.mark.parametrize(
    ("kind", "values", "changes", "told", "effects"),
    [
        (SERVICE_KIND, SERVICE, [("config.0.instance_count", 4)], "m-a: instance count 2 → 4", {"capacity"}),
        (SERVICE_KIND, SERVICE, [("config.0.weight", 30)], "m-a: weight 70 → 30 %", {"traffic"}),
        (SERVICE_KIND, SERVICE, [("config.0.envs.BATCH", "9")], "envs: BATCH 8 → 9", {"restart"}),
        (
            SERVICE_KIND,
            SERVICE,
            [("config.0.custom_spec.memory", 9000)],
            "memory 8192 → 9000 MB",
            {"capacity", "restart"},
        ),
        (SERVICE_KIND, SERVICE, [("desired_status", "stopped")], "desired status stopped", {"downtime"}),
        (SERVICE_KIND, SERVICE, [("description", None)], "description first → none", set()),
        (DEPLOYMENT_KIND, DEPLOYMENT, [("specifications.0.max_instances", 9)], "max instances 2 → 9", {"capacity"}),
        (
            DEPLOYMENT_KIND,
            DEPLOYMENT,
            [("specifications.0.configuration", {"a": 1})],
            "configuration",
            {"downtime"},
        ),
        (PINNED_KIND, PINNED, [("pinned_version", "1.0.2")], "version: pinned version 1.0.1 → 1.0.2", SWITCHED),
        (PINNED_KIND, PINNED, [("pinned_version", None)], "version: pinned version 1.0.1 → none", SWITCHED),
        (CHAT_KIND, CHAT, [("scale.max", 9)], "scale: max 2 → 9 instances", {"capacity"}),
        (CHAT_KIND, CHAT, [("expert.head_config.env.A", "2")], "env: A 1 → 2", {"downtime"}),
    ],
)
def test_an_update_says_what_it_does(
    kind: str, values: Values, changes: list[tuple[str, object]], told: str, effects: set[str]
) -> None:
    report = update(kind, values, *changes)
    [one] = report.resources
    assert told in words.sentence(one)
    assert {effect for change in one.planned for effect in change.effects} == effects
    for effect in effects - ({"restart"} if "downtime" in effects else set()):
        assert words.EFFECTS[effect] in words.consequences(one)
        assert words.EFFECTS[effect] in every_format(report)["markdown"]


def test_a_version_that_is_switched_is_no_mere_update() -> None:
    [one] = update(PINNED_KIND, PINNED, ("pinned_version", "1.0.2"), ("weight", 7)).resources
    told = "is switched to another version: pinned version 1.0.1 → 1.0.2, weight 100 → 7"
    assert words.sentence(one) == told
    [other] = update(PINNED_KIND, PINNED, ("weight", 7)).resources
    assert words.sentence(other) == "is updated: weight 100 → 7"


def test_a_redeployment_of_every_cloud_says_that_nothing_answers() -> None:
    """Where a running thing takes a change only offline."""
    new = {"gpu": "L40S", "instance_type": "NCP.GPU.L40S_1x", "min_instances": 1, "max_instances": 1}
    for report in (
        update(DEPLOYMENT_KIND, DEPLOYMENT, ("specifications", [new])),
        update(CHAT_KIND, CHAT, ("expert.head_config.image", "e.test/vllm:2")),
    ):
        assert "nothing answers in between" in every_format(report)["text"]


def test_scale_to_zero_is_a_danger_and_stopping_is_one() -> None:
    to_zero = changed(DEPLOYMENT, ("specifications.1.min_instances", 1))
    report = update(
        DEPLOYMENT_KIND, to_zero, ("specifications.0.min_instances", 0), ("specifications.1.min_instances", 0)
    )
    assert "goes down to no instance at all, until a call comes" in every_format(report)["markdown"]
    stopped = update(SERVICE_KIND, SERVICE, ("desired_status", "stopped"))
    assert "zero" in dangers(stopped)
    assert "x goes down to no instance at all" in [one.text for one in stopped.dangers]
    assert "zero" not in dangers(update(DEPLOYMENT_KIND, to_zero, ("specifications.0.min_instances", 0)))


def test_traffic_that_moves_untested_is_a_danger() -> None:
    moves = ("config.0.weight", 30), ("config.1.weight", 70)
    assert "untested" in dangers(update(SERVICE_KIND, SERVICE, *moves))
    assert "untested" not in dangers(update(SERVICE_KIND, SERVICE, *moves, outputs={"smoke_tested": "[secret]"}))
    assert "untested" not in dangers(update(SERVICE_KIND, SERVICE, ("description", "x")))


def test_what_is_protected_or_heavy_is_a_danger() -> None:
    protected = Thing(SERVICE_KIND, "x", "delete", recorded=SERVICE, more={"protect": True})
    report = report_of(as_json([protected]))
    assert dangers(report) == ["delete", "protected"]
    assert "pulumi up refuses it" in every_format(report)["text"]
    assert "heavy" in dangers(update(CHAT_KIND, CHAT, ("scale.max", 3)))
    light = report_of(as_json([Thing(CHAT_KIND, "x", "delete", recorded=CHAT)]), Settings(heavy_gpus=17))
    assert "heavy" not in dangers(light)


def test_what_is_retained_is_forgotten_and_stays() -> None:
    kept = {"retainOnDelete": True}
    stays = "stays in the cloud, where nobody manages it any more (retain_on_delete)"
    gone = report_of(as_json([Thing(SERVICE_KIND, "s", "delete", SERVICE, more=kept)]))
    assert gone.dangers[0].text == f"s (modelarts.Service) is forgotten; it {stays}"
    assert gone.destructive
    new = changed(SERVICE, ("infer_type", "edge"))
    renewed = Thing(SERVICE_KIND, "s", "replace", SERVICE, program=new, reasons=["infer_type"], more=kept)
    assert report_of(as_json([renewed])).dangers[0].text.endswith(f"; the old one {stays}")


@pytest.mark.parametrize("kind", ["modelarts.Service", "modelarts.Schedule"])
def test_a_schedule_is_told_in_words_with_the_time_zone(kind: str) -> None:
    values = (
        SERVICE if kind == SERVICE_KIND else {"service_id": "s", "type": "stop", "time_unit": "HOURS", "duration": 2}
    )

    def told(due: dt.datetime, zone: str = "UTC") -> list[str]:
        outputs = {"due_time": int(due.timestamp() * 1000)}
        thing = Thing(kind, "x", recorded=values, program=values, outputs=outputs)
        return [one.text for one in report_of(as_json([thing]), Settings(time_zone=zone)).dangers]

    [text] = told(NOW + dt.timedelta(hours=1))
    assert text.endswith(": Sunday, 31 January 2027, 13:00 (UTC)")
    assert text.startswith("x: when the service stops")
    [text] = told(NOW + dt.timedelta(hours=1), "Asia/Shanghai")
    assert text.endswith("21:00 (Asia/Shanghai)")
    assert told(NOW - dt.timedelta(seconds=1)) == []
    assert told(NOW + dt.timedelta(days=8)) == []


def test_a_moment_that_is_none_is_left_out() -> None:
    for value in (1e300, -1e300, "soon", True, None, [1]):
        thing = Thing(SERVICE_KIND, "x", recorded=SERVICE, program=SERVICE, outputs={"due_time": value})
        assert report_of(as_json([thing])).dangers == []


def test_what_cannot_be_verified_is_said_once_for_a_kind() -> None:
    tagged = changed(SERVICE, ("tags", {"a": "1"}))
    things = [Thing(SERVICE_KIND, name, recorded=tagged, program=tagged) for name in ("a", "b")]
    report = report_of(as_json([*things, Thing(CHAT_KIND, "c", recorded=CHAT, program=CHAT)]))
    found = {one.kind: one for one in report.unverifiable}
    assert "tags" in found[SERVICE_KIND].never
    assert "scale" in found[CHAT_KIND].sometimes
    assert every_format(report)["markdown"].count("never answered") == 1


def test_the_same_drift_on_several_resources_is_one_row() -> None:
    live = changed(CHAT, ("expert.head_config.env.A", "9"))
    things = [Thing(CHAT_KIND, name, "update", recorded=CHAT, live=live, program=CHAT) for name in ("one", "two")]
    markdown = every_format(report_of(as_json(things)))["markdown"]
    rows = [line for line in markdown.partition("### Changed outside")[2].splitlines() if "env.A" in line]
    assert len(rows) == 1
    assert "<code>one, two</code>" in rows[0]


@pytest.mark.parametrize(
    ("kind", "values", "changes", "told"),
    [
        (
            SERVICE_KIND,
            SERVICE,
            [("config.0.custom_spec", {"cpu": 4, "memory": 8192, "ascend_a310": 2})],
            "is updated: m-a: 1 gpu p4 → 2 ascend a310",
        ),
        (
            SERVICE_KIND,
            SERVICE,
            [("config.0.custom_spec", {"cpu": 4, "memory": 8192})],
            "is updated: m-a custom_spec: gpu p4 1 → none",
        ),
        (
            SERVICE_KIND,
            SERVICE,
            [
                (
                    "config.1",
                    {"model_id": "m-c", "weight": 30, "instance_count": 2, "specification": "modelarts.vm.gpu.p4"},
                )
            ],
            "is updated: config: m-b → m-c",
        ),
        (
            SERVICE_KIND,
            changed(SERVICE, ("description", "a")),
            [("description", None), ("tags", {"a": "1"})],
            "description a → none",
        ),
        (
            DEPLOYMENT_KIND,
            changed(DEPLOYMENT, ("specifications.1", None)),
            [("specifications.0.gpu", "L40"), ("specifications.0.instance_type", "NCP.GPU.L40_1x")],
            "is updated: specifications: H100/NCP.GPU.H100_8x.x2 → L40/NCP.GPU.L40_1x",
        ),
        (
            CHAT_KIND,
            CHAT,
            [("expert.head_config.resource.gpu.gpu_type", "nvidia.com/gpu-l40s")],
            "is updated: gpu type nvidia.com/gpu-h800 → nvidia.com/gpu-l40s",
        ),
        (DEPLOYMENT_KIND, DEPLOYMENT, [("specifications.1", None)], "specifications: L40/NCP.GPU.L40_1x goes"),
        (SERVICE_KIND, SERVICE, [("config.1.envs", {"A": "1"})], "m-b: envs comes"),
    ],
)
def test_what_takes_the_place_of_something_else_is_told_as_one(
    kind: str, values: Values, changes: list[tuple[str, object]], told: str
) -> None:
    [one] = update(kind, values, *changes).resources
    assert told in words.sentence(one)


def test_fields_of_two_items_are_told_apart() -> None:
    both = changed(SERVICE, ("config.1.envs", {"BATCH": "8"}))
    [one] = update(SERVICE_KIND, both, ("config.0.envs.BATCH", "9"), ("config.1.envs.BATCH", "7")).resources
    assert words.sentence(one) == "is updated: m-a envs: BATCH 8 → 9, m-b envs: BATCH 8 → 7"


def test_what_stops_answering_during_the_update_is_a_danger() -> None:
    report = update(CHAT_KIND, CHAT, ("expert.head_config.image", "e.test/vllm:2"))
    assert [one.text for one in report.dangers if one.kind == "downtime"] == ["x does not answer while it is updated"]
    assert "downtime" in dangers(
        update(CHAT_KIND, CHAT, ("expert.head_config.resource.gpu.gpu_type", "nvidia.com/gpu-l40s"))
    )
    for quiet in (("scale.max", 9), ("wait", True), ("model_id", UNKNOWN_TEXT)):
        assert "downtime" not in dangers(update(CHAT_KIND, CHAT, quiet))
    # What is stopped does not come back, which is said instead.
    assert dangers(update(SERVICE_KIND, SERVICE, ("desired_status", "stopped"))) == ["zero"]


def test_what_is_gone_is_a_danger_unless_the_program_wants_it_gone() -> None:
    anew = report_of(as_json([Thing(CHAT_KIND, "x", "create", recorded=CHAT, live=None, program=CHAT)]))
    assert [one.text for one in anew.dangers] == ["x (alaya.Deployment) is gone from the cloud, and is made anew"]
    other = Thing(SERVICE_KIND, "other", recorded=SERVICE, program=SERVICE)
    assert report_of(as_json([Thing(CHAT_KIND, "x", "gone", recorded=CHAT, live=None), other])).dangers == []


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        (
            Thing(
                SERVICE_KIND,
                "x",
                "update",
                SERVICE,
                program=changed(SERVICE, ("schedule", [{"type": "stop", "time_unit": "HOURS", "duration": 8}])),
            ),
            "x: a stop by itself is set: schedule duration 8, time unit HOURS, type stop",
        ),
        (
            Thing(
                "modelarts.Schedule",
                "x",
                "create",
                program={"service_id": "s", "type": "stop", "time_unit": "DAYS", "duration": 2},
            ),
            "x: a stop by itself is set: time unit DAYS, duration 2",
        ),
    ],
)
def test_a_new_schedule_is_a_danger_before_its_moment_is_known(thing: Thing, told: str) -> None:
    assert [one.text for one in report_of(as_json([thing])).dangers] == [told]
    taken_away = Thing(thing.kind, "x", "update", thing.program, program=SERVICE)
    assert thing.kind != SERVICE_KIND or report_of(as_json([taken_away])).dangers == []


def test_the_first_lines_say_whether_the_live_state_is_known() -> None:
    same = [Thing(SERVICE_KIND, "x", recorded=SERVICE, program=SERVICE)]
    assert "1 unchanged · no drift" in every_format(report_of(as_json(same)))["text"]
    assert "1 unchanged · live state not fully read" in every_format(report_of(as_json(same, refresh=False)))["text"]


def test_fields_that_are_mostly_not_answered_are_not_listed() -> None:
    text = every_format(report_of(as_json([Thing(CHAT_KIND, "c", recorded=CHAT, program=CHAT)])))["markdown"]
    assert "alaya.Deployment: most fields are missing from some of the cloud's answers" in text.replace("&#39;", "'")
    assert "served_name" not in text


TRACE = (
    "Program failed with an unhandled exception:\nTraceback (most recent call last):\n"
    '  File "/ci/fleet/__main__.py", line 35, in <module>\n    import stack\n'
    '  File "/ci/fleet/stack.py", line 7, in <module>\n    Service()\n    ^^^^^\n'
    '  File "/ci/.venv/lib/python3.12/site-packages/x.py", line 9, in f\n    raise ValueError\n'
    "ValueError: no such model\n\n"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TRACE, "Program failed with an unhandled exception: ValueError: no such model (stack.py, line 7)"),
        ("it cannot change\n  Make another one.", "it cannot change. Make another one."),
        ("is it so?\n  Yes:\n  it is", "is it so? Yes: it is"),
        ("", ""),
        ("Traceback (most recent call last):\n", "Traceback (most recent call last):"),
    ],
)
def test_what_was_said_on_several_lines_reads_well_on_one(text: str, told: str) -> None:
    assert words.on_one_line(text) == told


def test_an_error_says_of_which_resource_it_is() -> None:
    thing = Thing(SERVICE_KIND, "x", "update", SERVICE, program=SERVICE)
    text = every_format(report_of(as_json([thing], said("weights add up to 90", thing, "error"))))["text"]
    assert "* x (modelarts.Service): weights add up to 90" in text
    assert text.index("weights add up") < text.index("What follows is what was planned")


def test_a_replacement_without_known_fields_has_no_empty_difference() -> None:
    report = report_of(as_json([Thing(SERVICE_KIND, "x", "replace", SERVICE, program=SERVICE)]))
    assert "+ : {}" not in every_format(report)["markdown"]


def test_a_secret_is_named_in_a_long_sentence() -> None:
    secret = changed(SERVICE, ("secret_envs", "[secret]"))
    changes = [(f"config.{place}.{name}", 9) for place in (0, 1) for name in ("instance_count", "weight")]
    diff = {**{f"config[{place}].weight": "update" for place in (0, 1)}, "secret_envs": "update"}
    program = changed(secret, *changes, ("description", "x"))
    [one] = report_of(as_json([Thing(SERVICE_KIND, "x", "update", secret, program=program, diff=diff)])).resources
    assert words.sentence(one).endswith("m-b: weight 30 → 9 %, secret_envs (secret), 1 more")
