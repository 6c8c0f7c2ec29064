"""What of a deployment cannot change: another one is made."""

from __future__ import annotations

import pytest

from tests.support.modelartsv2 import POOL, ModelArtsV2, service, unit
from tests.support.modelartsv2_blue import blue
from tests.support.world import Values

REPLACED: dict[str, tuple[Values, Values, str]] = {
    "name": (blue(), blue(name="other"), "name"),
    "pool": (blue(), blue(pool_id="pool-2"), "pool_id"),
    "framework": (blue(), blue(framework="VLLM"), "framework"),
    "workload": (blue(), blue(workload_type="LWS"), "workload_type"),
    "role": (blue(unit(role="PREFILL")), blue(unit(role="DECODE")), "unit_configs"),
    "service": (blue(), blue(service_id="OTHER"), "service_id"),
}


@pytest.mark.parametrize("is_automatic", [True, False])
@pytest.mark.parametrize(("before", "after", "field"), REPLACED.values(), ids=REPLACED)
def test_what_cannot_change_replaces(
    cloud: ModelArtsV2, before: Values, after: Values, field: str, is_automatic: bool
) -> None:
    cloud.world.cloud.admin("POST", "/seed", {"pools": [{"pool_name": POOL}, {"pool_name": "pool-2"}]})
    other = cloud.service(service(name="other")).id
    made = cloud.service(service(name="chat")).id
    left_out = {"name"} if is_automatic and field != "name" else set()
    before, after = ({name: one for name, one in values.items() if name not in left_out} for values in (before, after))
    before = {**before, "service_id": made}
    after = {**after, "service_id": other if after["service_id"] == "OTHER" else made}
    state = cloud.deployment(before)
    found = cloud.world.diff(state, after)
    assert field in found.replaces
    assert set(found.replaces) <= {field, "name"}
    is_first = not found.delete_before_replace
    assert is_first is (is_automatic or field in ("name", "service_id"))
    if not is_first:
        cloud.world.delete(state)
        new = cloud.world.create(after)
    else:
        inputs = cloud.world.known(cloud.world.valid(after))
        new = cloud.world.recorded(cloud.world.lifecycle.create(cloud.world.context(), inputs))
        cloud.world.delete(state)
    there = [f"{one['id']},{each['id']}" for one in cloud.services() for each in one["deployments"]]
    assert there == [new.id]
    assert cloud.world.diff(new, after).changes is False
