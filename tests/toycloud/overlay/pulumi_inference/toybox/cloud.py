"""What the rest of the library may know of Toybox."""

from pulumi_inference.core.cloud import Cloud, Kind

CLOUD = Cloud(
    name="toybox",
    title="Toybox",
    short="Toybox",
    documented_at="https://docs.toybox.example/{page}",
    kinds=(
        Kind(
            name="Box",
            provider="pulumi_inference.toybox.providers:BoxProvider",
            importing="pulumi_inference.toybox.importing:BOX",
        ),
    ),
    settings="pulumi_inference.toybox.settings:SETTINGS",
    connections="pulumi_inference.toybox.connection:CONNECTIONS",
    lookups="pulumi_inference.toybox.specs.lookups",
    calling="pulumi_inference.toybox.invocation:CALLING",
    starter="pulumi_inference.toybox.starter:STARTER",
)
