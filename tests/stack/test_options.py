"""Resource options and settings: what is ignored, what replaces, what changes nothing."""

from __future__ import annotations

import pytest

from tests.conftest import ENDPOINT, NewProject
from tests.support.cloud import Cloud, served

REFRESH = pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])


@REFRESH
def test_an_ignored_property_is_left_as_somebody_made_it(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    project.add_argument('opts=pulumi.ResourceOptions(ignore_changes=["config[0].instance_count"])')
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})

    shown = project.preview()
    assert shown.ok, shown.text
    assert not shown.lines("live 5"), shown.text
    assert project.planned() == []

    project.edit('"BATCH": "8"', '"BATCH": "16"')
    updated = project.up()
    assert updated.ok, updated.text
    [item] = cloud.only_service()["config"]
    assert (item["envs"], item["instance_count"]) == ({"BATCH": "16"}, 5)


def test_an_immutable_field_replaces_and_is_named(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    former = cloud.only_service()
    project.add_argument('pool_name="pool-b"')

    [step] = project.planned()
    assert step.op == "replace"
    assert set(step.replaced_by) == {"name", "pool_name"}, "the automatic name follows the immutable fields"
    cloud.forget_requests()
    replaced = project.up()
    assert replaced.ok, replaced.text
    service = cloud.only_service()
    assert service["service_name"] != former["service_name"]
    assert service["pool_name"] == "pool-b"
    assert [one.method for one in cloud.sent("POST", "DELETE")] == ["POST", "DELETE"]


def test_a_given_name_is_deleted_before_it_is_made_again(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('name="shop"')
    assert project.up().ok
    project.add_argument('pool_name="pool-b"')

    [step] = project.planned()
    assert (step.op, step.replaced_by) == ("replace", ("pool_name",))
    cloud.forget_requests()
    replaced = project.up()
    assert replaced.ok, replaced.text
    assert [one.method for one in cloud.sent("POST", "DELETE")] == ["DELETE", "POST"]
    service = cloud.only_service()
    assert (service["service_name"], service["pool_name"]) == ("shop", "pool-b")


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_another_place_is_a_visible_replacement(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    with served(project.folder / "elsewhere") as other:
        other.move_with_requests()
        project.config[ENDPOINT] = other.endpoint
        project.configure()
        [step] = project.planned()
        assert (step.op, set(step.replaced_by)) == ("replace", {"name", "endpoint"})
        moved = project.up()
        assert moved.ok, moved.text
        assert cloud.services() == []
        assert project.only_resource()["id"] == other.only_service()["service_id"]


def test_settings_of_the_work_itself_update_nothing(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(config={"inference:connections": '{"second": {}}'})
    assert project.up().ok
    project.add_argument('timeouts={"create": "5m"}')
    project.add_argument("wait=False")
    project.add_argument('opts=pulumi.ResourceOptions(custom_timeouts={"update": "9m"})')
    cloud.forget_requests()

    assert project.planned() == []
    changed = project.up()
    assert changed.ok, changed.text
    assert cloud.sent("POST", "PUT", "DELETE") == []


def test_an_unknown_value_is_no_mistake_in_a_preview(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project("""
        import pulumi
        from pulumi_inference import modelarts

        first = modelarts.Service(
            "first", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
        )
        modelarts.Service(
            "second",
            description=first.status,
            config=[{"model_id": first.service_id, "specification": "modelarts.vm.cpu.2u",
                     "envs": {"URL": first.access_address}}],
        )
    """)
    assert [(one.op, one.name) for one in project.planned() if one.name != "trial-test"] == [
        ("create", "first"),
        ("create", "second"),
    ]
    created = project.up()
    assert created.ok, created.text
    services = {one["service_name"].partition("-")[0]: one for one in cloud.services()}
    [item] = services["second"]["config"]
    assert item["model_id"] == services["first"]["service_id"]
    assert item["envs"] == {"URL": services["first"]["access_address"]}
    assert project.planned() == []


def test_the_hint_to_refresh_comes_once(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    program = project.folder / "__main__.py"
    text = program.read_text()
    service = text[text.index("classifier =") : text.index("pulumi.export")]
    program.write_text(text + service.replace('"classifier"', '"another"'))

    hint = "add `options: {refresh: always}` to Pulumi.yaml"
    assert project.preview("--diff").text.count(hint) == 1
    project.refresh_always = True
    project.configure()
    assert hint not in project.preview("--diff").text
