"""Where and who in Huawei Cloud: one table for all of its services here, also for documentation and ``doctor``."""

from pulumi_inference.core.settings import Setting, Settings

DEFAULT_CLOUD = "myhuaweicloud.com"
CLOUDS = (DEFAULT_CLOUD, "myhuaweicloud.cn", "myhuaweicloud.eu", "otc.t-systems.com")

_CREDENTIALS = ("access_key", "secret_key", "security_token", "user_name", "password", "domain_name")

_ROWS = (
    Setting(
        "endpoint",
        ("HW_MODELARTS_ENDPOINT",),
        secret=False,
        description="API address; by default https://modelarts.REGION.CLOUD. emulator:PATH is the embedded emulator.",
        bound_to=("region", "cloud"),
    ),
    Setting(
        "iam_endpoint",
        ("HW_AUTH_URL",),
        secret=False,
        description="Address of the identity service; by default https://iam.REGION.CLOUD.",
        bound_to=("endpoint", "region", "cloud"),
    ),
    Setting(
        "region",
        ("HW_REGION_NAME",),
        secret=False,
        description="Region, for example cn-north-4.",
    ),
    Setting(
        "project_id",
        ("HW_PROJECT_ID",),
        secret=False,
        description="Project id (32 hex digits); by default it is looked up by the project's name.",
        bound_to=("endpoint", "region", "cloud", "project_name", *_CREDENTIALS),
    ),
    Setting(
        "project_name",
        ("HW_PROJECT_NAME",),
        secret=False,
        description="Project name; by default the region's name, which names its first project.",
        bound_to=("endpoint", "region", "cloud", "project_id", *_CREDENTIALS),
    ),
    Setting(
        "cloud",
        ("HW_CLOUD",),
        secret=False,
        description=f"Domain of the cloud; by default {DEFAULT_CLOUD}. Also myhuaweicloud.eu, otc.t-systems.com.",
    ),
    Setting(
        "access_key",
        ("HW_ACCESS_KEY",),
        secret=False,
        credential=True,
        description="Access key (AK). With its secret key it wins over user name and password.",
    ),
    Setting(
        "secret_key",
        ("HW_SECRET_KEY",),
        secret=True,
        credential=True,
        description="Secret key (SK) of the access key.",
    ),
    Setting(
        "security_token",
        ("HW_SECURITY_TOKEN",),
        secret=True,
        credential=True,
        description="Security token of a temporary access key.",
    ),
    Setting(
        "user_name",
        ("HW_USER_NAME",),
        secret=False,
        credential=True,
        description="IAM user, for authentication by token.",
    ),
    Setting(
        "password",
        ("HW_USER_PASSWORD",),
        secret=True,
        credential=True,
        description="Password of the IAM user.",
    ),
    Setting(
        "domain_name",
        ("HW_DOMAIN_NAME",),
        secret=False,
        credential=True,
        description="Account (domain) that the IAM user belongs to.",
    ),
)

SETTINGS = Settings("modelarts", _ROWS, first=("region", "cn-north-4"))
"""The keys begin with the name that they had before there was a second room."""
