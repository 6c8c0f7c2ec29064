"""Programs that several tests deploy."""

ONE_SERVICE = """
    import pulumi
    from pulumi_inference import modelarts

    classifier = modelarts.Service(
        "classifier",
        description="first",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="model-a",
                specification="modelarts.vm.cpu.2u",
                instance_count=2,
                envs={"BATCH": "8"},
            ),
        ],
    )
    pulumi.export("id", classifier.service_id)
    pulumi.export("url", classifier.access_address)
"""

NO_SERVICE = """
    import pulumi
"""
