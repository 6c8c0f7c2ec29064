"""What a preview promises: nothing is shown that does not change, and nothing passes that `up` cannot do."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import Project

REFRESH = pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])

TWO_SERVICES = """
    import pulumi
    from pulumi_inference import modelarts

    classifier = modelarts.Service(
        "classifier",
        config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "instance_count": 2}],
    )
    gateway = modelarts.Service(
        "gateway",
        description=classifier.owner,
        config=[{
            "model_id": "model-b",
            "specification": "modelarts.vm.cpu.2u",
            "envs": {"URL": classifier.access_address, "STATUS": "x"},
        }],
    )
    pulumi.export("url", classifier.access_address)
"""

CANARY = """
    import pulumi
    from pulumi_inference import modelarts

    def model(model_id, **more):
        return {"model_id": model_id, "specification": "modelarts.vm.cpu.2u", **more}

    modelarts.Service(
        "classifier",
        config=[
            model("model-a", instance_count=2, weight=100),
        ],
        opts=pulumi.ResourceOptions(ignore_changes=["config[*].IGNORED"]),
    )
"""


def names_planned(project: Project, *arguments: str) -> list[tuple[str, str]]:
    """What a preview would do, and to which resource."""
    return [(one.op, one.name) for one in project.planned(*arguments) if one.name != "trial-test"]


# --- what stays as it is, is known ---


@REFRESH
def test_an_update_leaves_what_depends_on_it_alone(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(TWO_SERVICES, refresh=refresh)
    assert project.up().ok
    project.edit('"instance_count": 2', '"instance_count": 3')

    assert names_planned(project) == [("update", "classifier")]
    shown = project.preview("--diff")
    assert "url" not in shown.stdout.lower(), shown.text
    updated = project.up()
    assert updated.lines("~ 1 updated"), updated.text


def test_what_may_change_and_what_is_made_anew_is_not_known(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(TWO_SERVICES)
    project.edit('"STATUS": "x"', '"STATUS": classifier.status')
    assert project.up().ok
    project.edit('"instance_count": 2', '"instance_count": 3')
    [one, other] = project.planned()
    assert (one.paths, other.paths) == ({"config[0].instance_count"}, {"config[0].envs.STATUS"})

    project.edit("classifier.status", '"x"')
    project.edit('"classifier",\n', '"classifier",\n    pool_name="pool-b",\n')
    steps = {one.name: one for one in project.planned()}
    assert steps["classifier"].op == "replace"
    assert "config[0].envs.URL" in steps["gateway"].paths


def test_a_plain_host_knows_less_and_fails_nowhere(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(TWO_SERVICES, environment={"PULUMI_INFERENCE_HOST": "plain"})
    assert project.up().ok
    project.edit('"instance_count": 2', '"instance_count": 3')
    assert names_planned(project) == [("update", "classifier"), ("update", "gateway")]


def test_dynamic_resources_of_others_are_left_as_they_are(cloud: Cloud, new_project: NewProject) -> None:
    """They share the process: their previews, and functions that nobody has, are as without us."""
    project = new_project("""
        import pulumi
        from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult
        from pulumi_inference import modelarts

        VALUE = 1

        class Provider(ResourceProvider):
            def create(self, props):
                return CreateResult("other-1", {**props, "made": "yes"})

            def update(self, id, olds, news):
                return UpdateResult({**news, "made": "yes"})

        class Other(Resource):
            made: pulumi.Output[str]

            def __init__(self, name, value, opts=None):
                super().__init__(Provider(), name, {"value": value, "made": None}, opts)

        classifier = modelarts.Service(
            "classifier", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
        )
        other = Other("other", VALUE, pulumi.ResourceOptions(depends_on=[classifier]))
        async def ask(_):
            try:
                await pulumi.runtime.invoke_async("pulumi-python:dynamic:nothing", {})
            except Exception as error:
                return str(error)

        Other("dependent", other.made)
        pulumi.export("refused", classifier.id.apply(ask))
    """)
    made = project.up()
    assert made.ok, made.text
    assert made.lines("refused", "pulumi-python:dynamic:nothing", "Invoke is not implemented"), made.text
    project.edit("VALUE = 1", "VALUE = 2")
    assert names_planned(project) == [("update", "other"), ("update", "dependent")]


# --- drift ---


@REFRESH
def test_drift_is_told_in_words_in_a_plain_preview(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})
    words = ("config[0].instance_count: changed outside", "program 2, live 5; `pulumi up` puts it back")

    assert project.preview().lines(*words)
    told = [one["message"] for one in project.preview("--json").json()["diagnostics"]]
    assert [one for one in told if all(word in one for word in words)], told
    project.edit("instance_count=2", "instance_count=5")
    agreed = project.preview()
    assert not agreed.lines("live 5"), agreed.text


def test_a_previewed_refresh_says_in_json_what_was_changed(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})
    shown = project.run("refresh", "--preview-only", "--json", "--stack", "test")
    [step] = [one for one in shown.json()["steps"] if one["op"] == "update"]
    assert set(step["detailedDiff"]) == {"config[0].instance_count"}


def test_a_refresh_alone_promises_nothing(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})
    refreshed = project.refresh()
    assert refreshed.ok, refreshed.text
    assert not refreshed.lines("puts it back"), refreshed.text


@REFRESH
def test_what_somebody_has_added_is_told_once_and_left(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    project.edit('    description="first",\n', "")
    project.edit('            envs={"BATCH": "8"},\n', "")
    assert project.up().ok
    assert not project.preview().lines("not managed")
    item = {"envs": {"DEBUG": "1"}}
    cloud.change(description="somebody else's", config=[item])

    shown = project.preview("--diff")
    told = 'not managed, because the program says nothing of it: config[0].envs, description ("somebody else\'s")'
    assert shown.text.count(told) == 1, shown.text
    assert names_planned(project) == []


@REFRESH
def test_what_is_gone_gets_another_address(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    assert project.up().ok
    cloud.vanish()
    shown = project.preview()
    assert shown.lines("is gone from the cloud"), shown.text
    assert shown.lines("it will be made anew, with another id and address"), shown.text


def test_a_destroy_says_what_was_gone(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=True)
    assert project.up().ok
    cloud.vanish()
    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert destroyed.lines("is gone from the cloud"), destroyed.text


# --- ignore_changes ---


def test_what_is_ignored_goes_with_its_item(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(CANARY.replace("IGNORED", "instance_count"))
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})
    assert names_planned(project) == []
    project.edit(
        'model("model-a", instance_count=2, weight=100)',
        'model("model-x", instance_count=1, weight=10), model("model-a", instance_count=2, weight=90)',
    )

    [step] = project.planned()
    assert step.paths == {"config[0].weight", "config[1]"}
    updated = project.up()
    assert updated.ok, updated.text
    counts = {one["model_id"]: (one["instance_count"], one["weight"]) for one in cloud.only_service()["config"]}
    assert counts == {"model-a": (5, 90), "model-x": (1, 10)}
    assert project.planned() == []


def test_an_ignored_weight_does_not_go_to_another_item(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(CANARY.replace("IGNORED", "weight"))
    assert project.up().ok
    project.edit('model("model-a", ', 'model("model-x", instance_count=1, weight=0), model("model-a", ')
    updated = project.up()
    assert updated.ok, updated.text
    weights = {one["model_id"]: one["weight"] for one in cloud.only_service()["config"]}
    assert weights == {"model-a": 100, "model-x": 0}
    assert project.planned() == []


def test_an_index_is_that_of_the_program(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(CANARY.replace("[*].IGNORED", "[1].instance_count"))
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})
    project.edit(
        'model("model-a", instance_count=2, weight=100)',
        'model("model-x", instance_count=1, weight=10), model("model-a", instance_count=2, weight=90)',
    )
    assert project.up().ok
    counts = {one["model_id"]: one["instance_count"] for one in cloud.only_service()["config"]}
    assert counts == {"model-a": 5, "model-x": 1}
