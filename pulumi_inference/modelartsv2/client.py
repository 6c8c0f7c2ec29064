"""The API's verbs with its own names, and nothing else: dictionaries in, dictionaries out."""

from pulumi_inference.modelartsv2.account_calls import AccountCalls
from pulumi_inference.modelartsv2.deployment_calls import DeploymentCalls
from pulumi_inference.modelartsv2.service_calls import ServiceCalls


class ModelArtsV2Client(ServiceCalls, DeploymentCalls, AccountCalls):
    """ModelArts' management API for inference services, version 2, in one project (reference/modelarts-v2.md).

    Errors are those of ``HttpClient.request``. Reads of what does not exist raise a NotFoundError with ``is_gone``; one
    without comes from a gateway and says nothing of the thing.
    """
