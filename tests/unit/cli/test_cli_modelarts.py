"""`pulumi-inference modelarts`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.cli.tables import table
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.huaweicloud.pools import Pool
from pulumi_inference.modelarts.specs.records import Flavour, ModelSummary, Runtime, ServiceSummary
from tests.support.cloud import Cloud
from tests.unit.cli.conftest import Deploy, Run

LISTS = ("runtimes", "flavours", "services", "pools", "models")


@pytest.fixture
def listed(project: Path, run: Run) -> Any:
    """Runs a list that has to succeed; answers its rows, or with --json its objects."""

    def answer(*words: str) -> Any:
        result = run("modelarts", *words)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in words else [line.split() for line in result.stdout.splitlines()]

    return answer


def publish(cloud: Cloud, name: str, version: str = "0.0.1", **changes: Any) -> str:
    """Makes a model behind everybody's back, and lets it be published."""
    body = {
        "model_name": name,
        "model_version": version,
        "model_type": "Image",
        "source_location": "swr/g/i:1",
        **changes,
    }
    model_id: str = cloud.api("POST", "/models", body)["model_id"]
    cloud.pass_time()
    return model_id


def test_runtimes(listed: Any) -> None:
    head, *rows = listed("runtimes")
    assert head == ["ENGINE", "RUNTIME", "MODE", "ARCHITECTURE", "ACCELERATOR", "STATUS", "IMAGE"]
    assert len(rows) == 19
    name = "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b"
    assert ["PyTorch", name, "sync", "aarch64", "npu", "SNT9", "C8x", "normal", "uniform_image"] in rows
    assert len(listed("runtimes", "--engine", "MindSpore")) == 4
    assert len(listed("runtimes", "--architecture", "aarch64")) == 2
    assert len(listed("runtimes", "--accelerator", "gpu")) == 5


def test_deleted_runtimes_are_listed_when_asked_for(listed: Any, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin("PATCH", "/runtimes/PyTorch/python3.7", {"status": "deleted"})
    assert len(listed("runtimes")) == 19
    assert len(listed("runtimes", "--all")) == 20
    assert [row[1] for row in listed("runtimes", "--status", "deleted")[1:]] == ["python3.7"]


def test_flavours(listed: Any) -> None:
    head, *rows = listed("flavours")
    assert " ".join(head) == "SPECIFICATION CATEGORY CPU MEMORY ACCELERATOR STATUS OPEN FREE OVER QUOTA"
    assert ["modelarts.vm.cpu.2u", "CPU", "2", "8", "GB", "-", "normal", "yes", "no", "no"] in rows
    gpus = listed("flavours", "--category", "gpu", "--infer-type", "batch")[1:]
    assert {row[1] for row in gpus} == {"GPU"}
    [gpu] = [row for row in gpus if row[0] == "modelarts.vm.gpu.pnt004"]
    assert gpu[2:8] == ["8", "32", "GB", "1", "x", "NVIDIA"]
    [npu] = listed("flavours", "--category", "NPU", "--json")
    assert (npu["specification"], npu["is_open"]) == ("modelarts.vm.ai1.snt3", False)


def test_services(listed: Any, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy("classifier")
    deploy("classifier-2", started=False)
    head, *rows = listed("services", "--sort-by", "service_name", "--order", "asc")
    assert " ".join(head) == "NAME SERVICE ID TYPE STATUS CALLS FAILED PUBLISHED STOPS"
    assert rows[0][:6] == ["classifier", service_id, "real-time", "running", "0", "0"]
    assert (rows[0][-2:], rows[1][0]) == (["UTC", "-"], "classifier-2")
    assert [row[0] for row in listed("services", "--name", "classifier")[1:]] == ["classifier"]
    assert [row[0] for row in listed("services", "--status", "deploying")[1:]] == ["classifier-2"]
    assert [row[0] for row in listed("services", "--service-id", service_id)[1:]] == ["classifier"]
    assert len(listed("services", "--model-id", "model-a", "--infer-type", "real-time")) == 3


def test_models(listed: Any, embedded_cloud: Cloud) -> None:
    model_id = publish(embedded_cloud, "res_net")
    publish(embedded_cloud, "res-net", "0.0.2", install_type=["real-time", "batch"], description="the other one")
    head, *rows = listed("models", "--sort-by", "model_version", "--order", "asc")
    assert " ".join(head) == "NAME VERSION MODEL ID TYPE STATUS DEPLOYED AS CREATED"
    assert rows[0][:5] == ["res_net", "0.0.1", model_id, "Image", "published"]
    assert rows[1][5:7] == ["real-time,", "batch"]

    def names(*words: str) -> list[str]:
        return [row[0] for row in listed("models", *words)[1:]]

    assert names("--name", "res_net") == ["res_net"]
    assert sorted(names("--name-contains", "res")) == ["res-net", "res_net"]
    assert names("--version", "0.0.2", "--status", "published", "--type", "Image") == ["res-net"]
    assert names("--description", "other", "--workspace-id", "0") == ["res-net"]


def test_pools(listed: Any, embedded_cloud: Cloud) -> None:
    old = {"cluster_id": "cluster-1", "cluster_name": "old-one"}
    embedded_cloud.admin("POST", "/seed", {"clusters": [old], "pools": [{"pool_name": "pool-1"}]})
    head, *rows = listed("pools")
    assert " ".join(head) == "POOL KIND NAME STATUS FOR NODES"
    assert [row[:2] for row in rows] == [["pool-1", "new"], ["cluster-1", "old"]]
    assert ["cluster-1", "old", "old-one", "running", "-", "1/1", "modelarts.vm.cpu.8u"] in rows


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("runtimes", Runtime),
        ("flavours", Flavour),
        ("services", ServiceSummary),
        ("pools", Pool),
        ("models", ModelSummary),
    ],
)
def test_json_has_every_field(listed: Any, deploy: Deploy, embedded_cloud: Cloud, what: str, kind: Any) -> None:
    deploy()
    publish(embedded_cloud, "resnet")
    embedded_cloud.admin("POST", "/seed", {"clusters": [{"cluster_id": "cluster-1"}]})
    found = listed(what, "--json")
    assert found
    assert all(one.keys() == facts_of(kind).keys() for one in found)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("runtimes", "--engine", "Caffe"), "runtimes"),
        (("services",), "services"),
        (("models", "--name", "nothing"), "models"),
    ],
)
def test_an_empty_list_says_so(project: Path, run: Run, words: tuple[str, ...], what: str) -> None:
    result = run("modelarts", *words)
    assert result.exit_code == 0
    assert result.stdout == f"No {what} found.\n"
    assert json.loads(run("modelarts", *words, "--json").stdout) == []


@pytest.mark.parametrize(
    "words",
    [
        ("models", "--name", "a", "--name-contains", "b"),
        ("models", "--type", "Image", "--not-type", "PyTorch"),
        ("services", "--infer-type", "realtime"),
        ("services", "--order", "up"),
        ("flavours", "--category", "TPU"),
        ("runtimes", "--accelerator", "SNT9"),
    ],
)
def test_wrong_usage(project: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run("modelarts", *words).exit_code == 2


@pytest.mark.parametrize("what", LISTS)
def test_errors_are_messages(elsewhere: Path, run: Run, what: str) -> None:
    result = run("modelarts", what)
    assert result.exit_code == 1
    assert "Error: the ModelArts region is not set" in result.stderr
    assert result.stdout == ""


def test_a_refusal_of_the_cloud_is_a_message(project: Path, run: Run, embedded_cloud: Cloud) -> None:
    embedded_cloud.fault(method="GET", path=".*/ai-engine-runtimes", status=403, error_code="ModelArts.2785")
    result = run("modelarts", "runtimes")
    assert result.exit_code == 1
    assert "ModelArts.2785" in result.stderr


def test_a_connection_is_chosen_by_name(project: Path, run: Run) -> None:
    result = run("modelarts", "services", "--connection", "europe")
    assert result.exit_code == 1
    assert "there is no connection 'europe'" in result.stderr


# --- tables ---


def test_cells() -> None:
    rows = [["0123", "1.10", 1, True, ["a", "b"], None], ["b", "2.00", 2.50, False, [], ""]]
    assert table(["text", "version", "number", "flag", "list", "nothing"], rows).splitlines() == [
        "TEXT    VERSION      NUMBER  FLAG    LIST    NOTHING",
        "0123    1.10              1  yes     a, b    -",
        "b       2.00            2.5  no      -       -",
    ]


def test_a_table_without_rows_is_its_head() -> None:
    assert table(["a", "b"], []).split() == ["A", "B"]
