"""A model built for a runtime that the cloud offers, and a service that goes over to each new version of it."""

import re

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
version = config.get("version", "1.0.0")
folder = config.get("folder", "https://models.obs.cn-north-4.myhuaweicloud.com/digits")


def find_runtime() -> str:
    """The runtime for GPUs with the highest versions in its name, of those that answer requests at once."""
    found = modelarts.get_runtimes(engine="TensorFlow", architecture="x86_64", accelerator="gpu")
    names = [one.runtime for one in found if one.request_mode == "sync"]
    if not names:
        raise pulumi.RunError("there is no TensorFlow runtime for GPUs here: set `runtime` in the configuration")
    return max(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


model = modelarts.Model(
    "digits",
    version=version,
    model_type="TensorFlow",
    source_location=f"{folder}/{version}/",
    runtime=config.get("runtime") or find_runtime(),
    architecture="x86_64",
    accelerator="gpu",
    install_type=["real-time"],
)
service = modelarts.Service(
    "digits",
    config=[modelarts.ServiceConfigArgs(model_id=model.model_id, specification="modelarts.vm.gpu.pnt004")],
)

pulumi.export("runtime", model.runtime)
pulumi.export("model_id", model.model_id)
pulumi.export("url", service.access_address)
