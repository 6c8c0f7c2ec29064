"""The settings of ModelArts: one table, also for the documentation and for ``doctor``."""

from collections.abc import Mapping

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.settings import Configuration, Setting, resolve

DEFAULT_CLOUD = "myhuaweicloud.com"
CLOUDS = (DEFAULT_CLOUD, "myhuaweicloud.cn", "myhuaweicloud.eu", "otc.t-systems.com")

_CREDENTIALS = ("access_key", "secret_key", "security_token", "user_name", "password", "domain_name")

MODELARTS_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "endpoint",
        "modelartsEndpoint",
        ("HW_MODELARTS_ENDPOINT",),
        secret=False,
        description="API address; by default https://modelarts.REGION.CLOUD. emulator:PATH is the embedded emulator.",
        bound_to=("region", "cloud"),
    ),
    Setting(
        "iam_endpoint",
        "modelartsIamEndpoint",
        ("HW_AUTH_URL",),
        secret=False,
        description="Address of the identity service; by default https://iam.REGION.CLOUD.",
        bound_to=("endpoint", "region", "cloud"),
    ),
    Setting(
        "region",
        "modelartsRegion",
        ("HW_REGION_NAME",),
        secret=False,
        description="Region, for example cn-north-4.",
    ),
    Setting(
        "project_id",
        "modelartsProjectId",
        ("HW_PROJECT_ID",),
        secret=False,
        description="Project id (32 hex digits); by default it is looked up by the project's name.",
        bound_to=("endpoint", "region", "cloud", "project_name", *_CREDENTIALS),
    ),
    Setting(
        "project_name",
        "modelartsProjectName",
        ("HW_PROJECT_NAME",),
        secret=False,
        description="Project name; by default the region's name, which names its first project.",
        bound_to=("endpoint", "region", "cloud", "project_id", *_CREDENTIALS),
    ),
    Setting(
        "cloud",
        "modelartsCloud",
        ("HW_CLOUD",),
        secret=False,
        description=f"Domain of the cloud; by default {DEFAULT_CLOUD}. Also myhuaweicloud.eu, otc.t-systems.com.",
    ),
    Setting(
        "access_key",
        "modelartsAccessKey",
        ("HW_ACCESS_KEY",),
        secret=False,
        credential=True,
        description="Access key (AK). With its secret key it wins over user name and password.",
    ),
    Setting(
        "secret_key",
        "modelartsSecretKey",
        ("HW_SECRET_KEY",),
        secret=True,
        credential=True,
        description="Secret key (SK) of the access key.",
    ),
    Setting(
        "security_token",
        "modelartsSecurityToken",
        ("HW_SECURITY_TOKEN",),
        secret=True,
        credential=True,
        description="Security token of a temporary access key.",
    ),
    Setting(
        "user_name",
        "modelartsUserName",
        ("HW_USER_NAME",),
        secret=False,
        credential=True,
        description="IAM user, for authentication by token.",
    ),
    Setting(
        "password",
        "modelartsPassword",
        ("HW_USER_PASSWORD",),
        secret=True,
        credential=True,
        description="Password of the IAM user.",
    ),
    Setting(
        "domain_name",
        "modelartsDomainName",
        ("HW_DOMAIN_NAME",),
        secret=False,
        credential=True,
        description="Account (domain) that the IAM user belongs to.",
    ),
)

PLAN_CHECKS = Setting(
    "plan_checks",
    "modelartsPlanChecks",
    ("PULUMI_INFERENCE_PLAN_CHECKS",),
    secret=False,
    description="Whether previews ask the cloud for flavours, models and runtimes: on (the default) or off.",
)
"""No part of the table above: it says neither where nor who, and holds for all connections."""

_SWITCH = {"on": True, "true": True, "off": False, "false": False}  # YAML reads on and off as booleans


def plan_checks(configuration: Configuration, environ: Mapping[str, str]) -> bool:
    """Whether `check` may ask the cloud about what a program names.

    Raises:
        ConfigurationError: the setting is neither on nor off.
    """
    settings = resolve((PLAN_CHECKS,), configuration, environ)
    given = settings.get(PLAN_CHECKS.field) or "on"
    if given.lower() not in _SWITCH:
        raise ConfigurationError(
            f"{given!r} ({settings.origins[PLAN_CHECKS.field]}) does not say whether plan checks are made",
            next_step=f"Set inference:{PLAN_CHECKS.key} or {PLAN_CHECKS.env[0]} to on or off.",
        )
    return _SWITCH[given.lower()]
