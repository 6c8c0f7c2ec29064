"""An LLM function: its model is called by OpenAI's API through the LLM gateway, within a limit of tokens."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()

chat = nvcf.Function(
    "chat",
    function_type="LLM",
    container_image=config.get("image", "nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.4"),
    inference_url="/",
    inference_port=8000,
    models=[
        nvcf.FunctionModelArgs(
            name="llama",
            llm_config=nvcf.LlmConfigArgs(
                uris=["/v1/chat/completions"],
                routing_method="power-of-two",
                token_rate_limit=config.get("tokens", "1000-S"),
            ),
        ),
    ],
    llm_invocation_config=nvcf.LlmInvocationConfigArgs(priority=nvcf.LlmPriorityArgs(default_priority=100)),
    secrets={"NGC_API_KEY": config.require_secret("modelKey")},
)

deployment = nvcf.Deployment(
    "chat",
    function_id=chat.function_id,
    version_id=chat.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu="H100", instance_type="NCP.GPU.H100_1x", min_instances=1, max_instances=4, max_request_concurrency=64
        ),
    ],
)

pulumi.export("function_id", chat.function_id)
# What a client of the gateway gives as `model`.
pulumi.export("model", pulumi.Output.concat(chat.function_id, "/llama"))
