"""A function from a Helm chart: the chart's values stand in the deployment, and a change of them deploys it anew."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()

rag = nvcf.Function(
    "rag",
    helm_chart=config.get("chart", "https://helm.ngc.nvidia.com/acme/charts/rag-1.2.0.tgz"),
    helm_chart_service_name="rag-server",
    inference_url="/generate",
    inference_port=8000,
    health=nvcf.FunctionHealthArgs(
        protocol="HTTP", uri="/health", port=8000, timeout="PT30S", expected_status_code=200
    ),
)

deployment = nvcf.Deployment(
    "rag",
    function_id=rag.function_id,
    version_id=rag.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu="H100",
            instance_type="NCP.GPU.H100_8x",
            min_instances=1,
            max_instances=1,
            configuration={
                "rag": {"chunks": config.get_int("chunks", 4)},
                "image": {"pullPolicy": "IfNotPresent"},
            },
            helm_validation_policy=nvcf.HelmValidationPolicyArgs(name="Default"),
        ),
    ],
    # Values cannot change while a version is deployed; without this line a preview of such a change is an error.
    on_redeploy="redeploy",
)

pulumi.export("function_id", rag.function_id)
pulumi.export("deployment_id", deployment.deployment_id)
