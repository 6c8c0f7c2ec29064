"""Where and who in NVIDIA Cloud Functions."""

from pulumi_inference.core.settings import Setting, Settings

_ROWS = (
    Setting(
        "endpoint",
        ("NVCF_ENDPOINT", "NGC_ENDPOINT"),
        secret=False,
        description="Address of the management API; by default https://api.ngc.nvidia.com. emulator:PATH is the "
        "embedded emulator.",
    ),
    Setting(
        "invocation_endpoint",
        ("NVCF_INVOCATION_ENDPOINT",),
        secret=False,
        description="Address of the invocation API, queues and assets; by default https://api.nvcf.nvidia.com, and of "
        "another management API that one.",
        bound_to=("endpoint",),
    ),
    Setting(
        "llm_endpoint",
        ("NVCF_LLM_ENDPOINT",),
        secret=False,
        description="Address of the LLM gateway, such as https://llm.invocation.DOMAIN; NVIDIA documents it for "
        "self-managed installations only, so it has no default.",
        bound_to=("endpoint",),
    ),
    Setting(
        "grpc_endpoint",
        ("NVCF_GRPC_ENDPOINT",),
        secret=False,
        description="Host and port of the gRPC proxy; by default grpc.nvcf.nvidia.com:443. http://HOST:PORT is one "
        "without TLS.",
        bound_to=("endpoint",),
    ),
    Setting(
        "api_key",
        ("NGC_API_KEY", "NGC_CLI_API_KEY"),
        secret=True,
        credential=True,
        description="Key of NGC (nvapi-…), personal or of a service, or a JWT.",
    ),
    Setting(
        "org",
        ("NGC_ORG", "NGC_CLI_ORG"),
        secret=False,
        description="Name of the organisation in NGC; left out, the API is asked on its direct paths, where the key "
        "says whose functions are meant.",
        bound_to=("endpoint", "api_key"),
    ),
    Setting(
        "team",
        ("NGC_TEAM", "NGC_CLI_TEAM"),
        secret=False,
        description="Name of the team in the organisation.",
        bound_to=("endpoint", "org", "api_key"),
    ),
)

SETTINGS = Settings("nvcf", _ROWS, first=("api_key", "KEY"))
