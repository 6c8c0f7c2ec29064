"""A model and the service that deploys it, in one program."""

from __future__ import annotations

from tests.conftest import NewProject
from tests.support.cloud import Cloud

PROGRAM = """
    import pulumi
    from pulumi_inference import modelarts

    model = modelarts.Model(
        "digits",
        version="1.0.0",
        model_type="TensorFlow",
        source_location="https://bucket.obs.cn-north-4.myhuaweicloud.com/digits/",
        runtime="tf1.13-python3.7-cpu",
        initial_config={"port": 8080, "health": {"url": "/health", "command": None}},
        install_type=["batch", "real-time"],
    )
    classifier = modelarts.Service(
        "classifier",
        config=[modelarts.ServiceConfigArgs(model_id=model.model_id, specification="modelarts.vm.cpu.2u")],
    )
    pulumi.export("model", model.model_id)
"""


def test_a_next_version_takes_over_before_the_former_one_goes(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    made = project.up()
    assert made.ok, made.text
    [former] = cloud.api("GET", "/models")["models"]
    assert project.outputs() == {"model": former["model_id"]}

    project.edit('version="1.0.0"', 'version="1.1.0"')
    cloud.forget_requests()
    raised = project.up()
    assert raised.ok, raised.text
    [newer] = cloud.api("GET", "/models")["models"]
    assert (newer["model_name"], newer["model_version"]) == (former["model_name"], "1.1.0")
    service = cloud.only_service()
    assert service["config"][0]["model_id"] == newer["model_id"]
    assert [str(one).split("?")[0] for one in cloud.sent("POST", "PUT", "DELETE")] == [
        "POST /models",
        f"PUT /services/{service['service_id']}",
        f"DELETE /models/{former['model_id']}",
    ]
