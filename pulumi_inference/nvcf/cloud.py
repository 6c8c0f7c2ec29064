"""What the rest of the library may know of NVCF."""

from pulumi_inference.core.cloud import Cloud

CLOUD = Cloud(
    name="nvcf",
    short="NVCF",
    title="NVIDIA Cloud Functions",
    documented_at="https://docs.nvidia.com/cloud-functions/user-guide/latest/cloud-function/{page}.html",
    kinds=(),
    settings="pulumi_inference.nvcf.settings:SETTINGS",
    connections="pulumi_inference.nvcf.connection:CONNECTIONS",
    calling="pulumi_inference.nvcf.invocation:CALLING",
)
