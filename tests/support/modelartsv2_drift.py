"""A deployment of ModelArts v2 that somebody else changes."""

from __future__ import annotations

from typing import Any

from tests.support.modelartsv2 import ModelArtsV2, service
from tests.support.world import Values

UPDATE, SCALE = "PUT ID/deployments/ID", "PUT ID/deployments/NAME/scale"


def placed(cloud: ModelArtsV2, program: Values) -> Values:
    """The program with the service that there is."""
    found = cloud.services()
    made = found[0]["id"] if found else cloud.service(service(name="chat")).id
    cloud.deploying()
    return {**program, "service_id": made}


def moved(cloud: ModelArtsV2, **changes: Any) -> None:
    """Somebody changes the deployment."""
    one = cloud.services()[0]
    cloud.world.cloud.admin("PATCH", f"/modelartsv2/services/{one['id']}/deployments/blue", changes)
