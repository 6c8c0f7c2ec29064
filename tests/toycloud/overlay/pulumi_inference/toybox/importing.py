"""What `pulumi-inference import` has to know of boxes."""

from collections.abc import Iterable, Mapping

from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.toybox.client import ToyboxClient, id_of


class BoxImporting(Importing[ToyboxClient]):
    """Boxes."""

    filters = ("name", "colour")

    def listed(self, client: ToyboxClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The boxes of the account."""
        return [(id_of(one), str(one["name"])) for one in client.list(**filters)]


BOX = BoxImporting()
