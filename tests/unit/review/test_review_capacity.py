"""Instances, accelerators, hours and money, by numbers worked out by hand."""

from __future__ import annotations

import pytest

from pulumi_inference.review.capacity import Amount, Line
from pulumi_inference.review.reading import SECRET, SIGNATURE
from pulumi_inference.review.report import Report
from pulumi_inference.review.settings import Prices, Settings
from tests.support.fleet import CHAT, CHAT_KIND, DEPLOYMENT, DEPLOYMENT_KIND, SERVICE, SERVICE_KIND, Values, changed
from tests.support.previews import UNKNOWN_TEXT, Thing, as_events, as_json, every_format, report_of


def lines(report: Report) -> dict[str, Line]:
    """The lines by what they count."""
    return {one.what: one for one in report.lines}


def one(kind: str, op: str, before: Values | None, after: Values | None, settings: Settings | None = None) -> Report:
    """The report of one resource."""
    return report_of(as_json([Thing(kind, "x", op, recorded=before, program=after)]), settings)


def test_modelarts_by_accelerator_and_by_flavour() -> None:
    found = lines(one(SERVICE_KIND, "update", SERVICE, changed(SERVICE, ("config.0.instance_count", 4))))
    assert found["gpu_p4"] == Line("gpu_p4", Amount((2, 2), (2, 2), (1460, 1460)), Amount((4, 4), (4, 4), (2920, 2920)))
    assert found["modelarts.vm.gpu.p4"].before == Amount((2, 2), None, (1460, 1460))


def test_modelarts_from_one_accelerator_to_another() -> None:
    new = changed(SERVICE, ("config.0.custom_spec", {"cpu": 4, "memory": 8192, "ascend_a310": 2}))
    found = lines(one(SERVICE_KIND, "update", SERVICE, new))
    assert found["gpu_p4"].after == Amount()
    assert found["ascend_a310"].after == Amount((2, 2), (4, 4), (2920, 2920))


@pytest.mark.parametrize(
    ("unit", "duration", "hours"), [("DAYS", 2, 48), ("HOURS", 10, 10), ("MINUTES", 90, 1.5), ("DAYS", 99, 730)]
)
def test_modelarts_stops_by_its_schedule(unit: str, duration: int, hours: float) -> None:
    schedule = [{"type": "stop", "time_unit": unit, "duration": duration}]
    found = lines(one(SERVICE_KIND, "update", SERVICE, changed(SERVICE, ("schedule", schedule))))
    assert found["gpu_p4"].before.hours == (1460, 1460)
    assert found["gpu_p4"].after.hours == (2 * hours, 2 * hours)


def test_modelarts_that_is_stopped_takes_nothing() -> None:
    found = lines(one(SERVICE_KIND, "update", SERVICE, changed(SERVICE, ("desired_status", "stopped"))))
    assert found["gpu_p4"].after == Amount()


MADE_SECRET = {
    "the whole list": (SERVICE_KIND, SERVICE, "config"),
    "a count": (SERVICE_KIND, SERVICE, "config.0.instance_count"),
    "specifications": (DEPLOYMENT_KIND, DEPLOYMENT, "specifications"),
    "a form": (CHAT_KIND, CHAT, "expert"),
    "a scale": (CHAT_KIND, CHAT, "scale"),
}


@pytest.mark.parametrize("side", ["program", "record", "both"])
@pytest.mark.parametrize(("kind", "inputs", "path"), MADE_SECRET.values(), ids=MADE_SECRET)
def test_what_a_program_makes_a_secret_is_not_counted_as_nothing(
    kind: str, inputs: Values, path: str, side: str
) -> None:
    secret = changed(inputs, (path, {SIGNATURE: SECRET, "ciphertext": "[secret]"}))
    before, after = secret if side != "program" else inputs, secret if side != "record" else inputs
    found = one(kind, "update", before, {**after, "description": "another"})
    assert not any(line.moves for line in found.lines)
    assert "zero" not in [each.kind for each in found.dangers]
    if side != "both":
        assert [line.before for line in found.lines] == [
            each.before for each in one(kind, "same", inputs, inputs).lines
        ]
        assert "counted as far as it is known before pulumi up: x" in found.seen


def test_nvcf_counts_the_gpus_and_nodes_of_instance_types() -> None:
    found = lines(one(DEPLOYMENT_KIND, "create", None, DEPLOYMENT))
    # 8 GPUs on each of 2 nodes, 1 to 2 of them; 730 hours a month.
    assert found["H100"] == Line("H100", Amount(), Amount((1, 2), (16, 32), (11680, 23360)))
    assert found["L40"].after == Amount((0, 3), (0, 3), (0, 2190))


def test_alaya_counts_head_and_workers() -> None:
    worker = {
        "workers": 2,
        "image": "e.test/vllm:1",
        "cmd": ["x"],
        "resource": CHAT["expert"]["head_config"]["resource"],
    }
    new = changed(CHAT, ("expert.worker_config", worker))
    found = lines(one(CHAT_KIND, "update", CHAT, new))["nvidia.com/gpu-h800"]
    assert found.before == Amount((1, 2), (8, 16), (5840, 11680))
    assert found.after == Amount((1, 2), (24, 48), (17520, 35040))


DCU = Prices("CNY", {"nvidia.com/gpu-h800": 2.56}, "DCU", 18)
MONEY = Prices("EUR", {"gpu_p4": 0.5, "modelarts.vm.gpu.p4": 2})


def test_prices_in_money_and_in_a_unit_of_the_clouds_own() -> None:
    things = [
        Thing(SERVICE_KIND, "s", "update", SERVICE, program=changed(SERVICE, ("config.0.instance_count", 4))),
        Thing(CHAT_KIND, "c", "update", CHAT, program=changed(CHAT, ("scale.min", 2))),
        Thing(DEPLOYMENT_KIND, "d", recorded=DEPLOYMENT, program=DEPLOYMENT),
    ]
    report = report_of(as_json(things), Settings(prices=[MONEY, DCU]))
    found = lines(report)
    assert found["gpu_p4"].cost == ((730, 730), (1460, 1460))
    assert found["modelarts.vm.gpu.p4"].cost == ((2920, 2920), (2920, 2920))
    low, high = found["nvidia.com/gpu-h800"].cost or ((0, 0), (0, 0))
    # 5,840 to 11,680 GPU-hours at 2.56 DCU, and both ends alike after.
    assert low == pytest.approx((14950.4, 29900.8))
    assert high == pytest.approx((29900.8, 29900.8))
    markdown = every_format(report)["markdown"]
    assert "14,950 to 29,901 DCU → 29,901 DCU (269,107 to 538,214 CNY → 538,214 CNY)" in markdown
    assert "In all, a month: 3,650 EUR → 4,380 EUR, without 2 of no price" in markdown
    assert "| <code>L40</code> | 0 to 3 | 0 to 3 | 0 to 2,190 | no price |" in markdown


def test_units_of_one_name_that_are_not_worth_the_same_have_totals_of_their_own() -> None:
    things = [Thing(SERVICE_KIND, "s", recorded=SERVICE, program=SERVICE)]
    tables = [Prices("CNY", {"gpu_p4": 1}, "DCU", 18), Prices("CNY", {"modelarts.vm.gpu.p4": 1}, "DCU", 7)]
    markdown = every_format(report_of(as_json(things), Settings(prices=tables)))["markdown"]
    assert "In all, a month: 1,460 DCU (10,220 CNY)" in markdown
    assert "In all, a month: 1,460 DCU (26,280 CNY)" in markdown


def test_without_prices_that_is_said() -> None:
    assert "No prices" in every_format(one(SERVICE_KIND, "update", SERVICE, SERVICE))["markdown"]


def test_what_is_not_known_yet_is_counted_as_it_is_and_said() -> None:
    new = changed(SERVICE, ("config.0.instance_count", UNKNOWN_TEXT), ("description", "x"))
    report = one(SERVICE_KIND, "update", SERVICE, new)
    assert lines(report)["gpu_p4"].after == Amount((2, 2), (2, 2), (1460, 1460))
    assert any("counted as far as it is known" in text for text in report.seen)


def test_what_is_deleted_takes_nothing_afterwards_and_drift_counts_now() -> None:
    live = changed(SERVICE, ("config.0.instance_count", 5))
    gone = Thing(SERVICE_KIND, "x", "delete", recorded=SERVICE, live=live)
    found = lines(report_of(as_json([gone])))["gpu_p4"]
    assert (found.before.accelerators, found.after) == ((5, 5), Amount())


KEPT = {"retainOnDelete": True}


def test_what_is_deleted_and_kept_in_the_cloud_goes_on_counting_and_that_is_said() -> None:
    gone = Thing(SERVICE_KIND, "x", "delete", recorded=SERVICE, more=KEPT)
    report = report_of(as_json([gone]), Settings(prices=[MONEY]))
    found = lines(report)["gpu_p4"]
    assert found.before == found.after == Amount((2, 2), (2, 2), (1460, 1460))
    assert found.cost == ((730, 730), (730, 730))
    for text in every_format(report).values():
        assert "counted after pulumi up too, because the cloud keeps it (retain_on_delete): x" in text.replace(
            "&#95;", "_"
        )


def test_what_a_replacement_keeps_counts_beside_the_new_one() -> None:
    for new in (changed(SERVICE, ("config.0.instance_count", 3)), changed(SERVICE, ("description", UNKNOWN_TEXT))):
        found = report_of(as_json([Thing(SERVICE_KIND, "x", "replace", SERVICE, program=new, more=KEPT)]))
        number = 2 + new["config"][0]["instance_count"]
        assert lines(found)["gpu_p4"].after.instances == (number, number)
        assert not any("as far as it is known" in one for one in found.seen)


def test_what_is_kept_but_gone_already_or_stays_is_counted_once() -> None:
    gone = Thing(SERVICE_KIND, "x", "delete", recorded=SERVICE, live=None, more=KEPT)
    stays = Thing(SERVICE_KIND, "y", recorded=SERVICE, program=SERVICE, more=KEPT)
    report = report_of(as_events([gone, stays]))
    assert lines(report)["gpu_p4"].after.instances == (2, 2)
    assert not any("retain_on_delete" in one for one in report.seen)


@pytest.mark.parametrize(
    ("infer_type", "why"), [("batch", "it runs until its files are done"), ("edge", "it runs on nodes of your own")]
)
def test_modelarts_of_other_types_has_no_hours_that_are_known(infer_type: str, why: str) -> None:
    other = {**SERVICE, "infer_type": infer_type, "config": SERVICE["config"][1:]}
    prices = Settings(prices=[Prices("EUR", {"modelarts.vm.gpu.p4": 2})])
    report = one(SERVICE_KIND, "create", None, other, prices)
    assert lines(report)["modelarts.vm.gpu.p4"] == Line("modelarts.vm.gpu.p4", Amount(), Amount((2, 2), None, None))
    markdown = every_format(report)["markdown"]
    assert "| 0 → 2 | 0 → as the flavour says | 0 → not known | not known |" in markdown
    assert f"no hours are counted of x: {why}" in markdown
    assert "In all" not in markdown


def test_hours_of_the_others_are_counted_beside_those_that_nobody_knows() -> None:
    batch = {**SERVICE, "infer_type": "batch", "config": SERVICE["config"][1:]}
    things = [Thing(SERVICE_KIND, name, recorded=each, program=each) for name, each in (("b", batch), ("s", SERVICE))]
    report = report_of(as_json(things), Settings(prices=[MONEY]))
    assert lines(report)["modelarts.vm.gpu.p4"].after == Amount((4, 4), None, (1460, 1460))
    assert "no hours are counted of b" in every_format(report)["text"]


def test_totals_leave_out_what_nobody_uses_and_count_one_as_one() -> None:
    def totals(values: Values) -> str:
        return every_format(one(SERVICE_KIND, "same", values, values))["text"]

    flavour = {**SERVICE, "config": SERVICE["config"][1:]}
    assert "In all: 1,460 hours a month" in totals(flavour)
    single = {**SERVICE, "config": [{**SERVICE["config"][0], "instance_count": 1}]}
    assert "In all: 1 accelerator, 730 hours a month" in totals(single)
    heavy = report_of(as_json([Thing(SERVICE_KIND, "x", "delete", recorded=single)]), Settings(heavy_gpus=1))
    assert "x has up to 1 accelerator" in [each.text for each in heavy.dangers]


def test_a_price_of_another_spelling_is_named() -> None:
    report = one(SERVICE_KIND, "same", SERVICE, SERVICE, Settings(prices=[Prices("EUR", {"GPU-P4": 1, "gpu_p40": 1})]))
    assert "No price of gpu_p4: the table of prices spells it GPU-P4." in every_format(report)["text"]
    assert every_format(report)["text"].count("the table of prices") == 1
