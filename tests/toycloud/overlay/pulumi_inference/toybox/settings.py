"""Where and who in Toybox."""

from pulumi_inference.core.settings import Setting, Settings

SETTINGS = Settings(
    "toybox",
    (
        Setting("api_key", ("TOYBOX_API_KEY",), secret=True, credential=True, description="API key."),
        Setting("endpoint", ("TOYBOX_ENDPOINT",), secret=False, description="Address, or emulator:PATH."),
    ),
    first=("api_key", "KEY"),
)
