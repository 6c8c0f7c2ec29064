"""Where and who in Alaya NeW."""

from pulumi_inference.core.settings import Setting, Settings

SETTINGS = Settings(
    "alaya",
    (
        Setting(
            "endpoint",
            ("ALAYA_ENDPOINT",),
            secret=False,
            description="Address of the Open API; by default https://api.alayanew.com. emulator:PATH is the embedded "
            "emulator.",
        ),
        Setting(
            "access_key",
            ("ALAYA_ACCESS_KEY",),
            secret=False,
            credential=True,
            description="Access key of an Open API key (formerly Serverless API key).",
        ),
        Setting(
            "secret_key",
            ("ALAYA_SECRET_KEY",),
            secret=True,
            credential=True,
            description="Secret key that goes with it.",
        ),
    ),
)
