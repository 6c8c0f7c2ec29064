"""Names that are taken, needed anew or kept: a preview tells what `up` could not do."""

from __future__ import annotations

import json

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import Project

REFRESH = pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])

TWO_SERVICES = """
    import pulumi
    from pulumi_inference import modelarts

    for resource in ("classifier", "gateway"):
        modelarts.Service(
            resource,
            name="shop",
            config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}],
        )
"""


def names_planned(project: Project) -> list[tuple[str, str]]:
    """What a preview would do, and to which resource."""
    return [(one.op, one.name) for one in project.planned() if one.name != "trial-test"]


# --- names ---


@REFRESH
def test_a_renamed_resource_is_told_to_say_what_it_was(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    project.add_argument('name="shop"')
    assert project.up().ok
    project.edit('"classifier"', '"renamed"')

    shown = project.preview()
    former = "classifier" if refresh else "FORMER NAME"
    assert not shown.ok
    assert shown.lines(f'aliases=[pulumi.Alias(name="{former}")]'), shown.text
    assert "delete_before_replace" not in shown.text
    project.add_argument('opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="classifier")])')
    assert names_planned(project) == []


def test_a_moved_resource_is_told_its_whole_urn(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('name="shop"')
    assert project.up().ok
    urn = project.only_resource()["urn"]
    text = (project.folder / "__main__.py").read_text()
    project.write(text.replace("classifier =", 'group = pulumi.ComponentResource("own:Group", "group")\nclassifier ='))
    project.add_argument("opts=pulumi.ResourceOptions(parent=group)")

    shown = project.preview()
    assert shown.lines(f'aliases=["{urn}"]'), shown.text
    project.edit("ResourceOptions(parent=group)", f'ResourceOptions(parent=group, aliases=["{urn}"])')
    assert names_planned(project) == [("create", "group")]


def test_a_taken_name_is_told_in_the_preview(cloud: Cloud, new_project: NewProject) -> None:
    config = [{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "instance_count": 1, "weight": 100}]
    cloud.api("POST", "/services", {"service_name": "shop", "infer_type": "real-time", "config": config})
    taken = cloud.only_service()["service_id"]
    project = new_project()
    project.add_argument('name="shop"')
    shown = project.preview()
    assert not shown.ok
    assert shown.lines("name: the name is taken by the service", taken), shown.text
    assert shown.lines(f"pulumi-inference import modelarts service {taken} --name classifier"), shown.text

    project.edit('name="shop"', 'name="other-shop"')
    cloud.forget_requests()
    assert project.preview().ok
    listed = [one for one in cloud.sent("GET") if one.path == "/services"]
    assert len(listed) == 2, "whether we may ask, and who has the name"


def test_the_same_name_twice_in_one_program_is_told_in_the_preview(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(TWO_SERVICES)
    shown = project.preview()
    assert not shown.ok
    told = shown.lines('"shop" is the name of', "in this program too; choose another one")
    assert told, shown.text
    assert any(name in told[0] for name in ('of "classifier"', 'of "gateway"')), "whichever came first"


# --- replacements that nothing in the program asks for, and those that keep the old one ---


@pytest.mark.parametrize("by_taint", [True, False], ids=["taint", "--replace"])
def test_a_service_is_replaced_when_the_engine_is_told_to(
    cloud: Cloud, new_project: NewProject, by_taint: bool
) -> None:
    project = new_project()
    assert project.up().ok
    former = cloud.only_service()
    urn = project.only_resource()["urn"]
    arguments = () if by_taint else ("--replace", urn)
    if by_taint:
        assert project.run("state", "taint", urn, "--yes", "--stack", "test").ok
    replaced = project.up(*arguments)
    assert replaced.ok, replaced.text
    service = cloud.only_service()
    assert service["service_id"] != former["service_id"]
    assert service["service_name"] != former["service_name"]
    assert project.only_resource()["id"] == service["service_id"]
    assert project.planned() == []


def test_a_preview_says_what_a_replacement_with_a_given_name_needs(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('name="shop"')
    assert project.up().ok
    former = cloud.only_service()["service_id"]
    replace = ("--replace", project.only_resource()["urn"])
    shown = project.preview(*replace)
    assert shown.lines("warning:", "still has the name", "delete_before_replace=True"), shown.text

    project.add_argument("opts=pulumi.ResourceOptions(delete_before_replace=True)")
    assert not project.preview(*replace).lines("warning:")
    replaced = project.up(*replace)
    assert replaced.ok, replaced.text
    assert cloud.only_service()["service_id"] != former


@REFRESH
def test_a_name_that_is_kept_by_the_old_one_is_told_in_the_preview(
    cloud: Cloud, new_project: NewProject, refresh: bool
) -> None:
    project = new_project(refresh=refresh)
    project.add_argument('name="shop", opts=pulumi.ResourceOptions(retain_on_delete=True)')
    assert project.up().ok
    project.add_argument('pool_name="pool-b"')
    shown = project.preview()
    assert not shown.ok
    assert shown.lines("name: another pool_name makes another service", "because of retain_on_delete"), shown.text
    assert not project.up().ok
    assert len(project.resources()) == 1

    project.edit('name="shop"', 'name="shop-b"')
    replaced = project.up()
    assert replaced.ok, replaced.text
    assert sorted(one["service_name"] for one in cloud.services()) == ["shop", "shop-b"]


def test_a_stack_that_a_kept_name_has_jammed_goes_on_when_the_change_is_taken_back(
    cloud: Cloud, new_project: NewProject
) -> None:
    """As earlier versions have left it: the former one counts as replaced already, and still has the name."""
    project = new_project()
    project.add_argument('name="shop", opts=pulumi.ResourceOptions(retain_on_delete=True)')
    assert project.up().ok
    former = cloud.only_service()["service_id"]
    jammed = json.loads(project.run("stack", "export", "--stack", "test").stdout)
    [service] = [one for one in jammed["deployment"]["resources"] if one.get("id") == former]
    service["pendingReplacement"] = True
    file = project.folder / "jammed.json"
    file.write_text(json.dumps(jammed))
    assert project.run("stack", "import", "--stack", "test", "--file", str(file)).ok

    mended = project.up()
    assert mended.ok, mended.text
    assert cloud.only_service()["service_id"] == former == project.only_resource()["id"]
    assert names_planned(project) == []
