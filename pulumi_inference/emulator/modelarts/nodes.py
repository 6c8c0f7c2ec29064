"""Starting and stopping a service on one edge node (modelarts.md section 8.9)."""

from ..huaweicloud.fields import object_body
from ..messages import Response, json_response
from ..routing import Call
from . import errors
from .service import find_for_change, save


def set_node_status(call: Call) -> Response:
    """``PUT /services/{service_id}/nodes/{node_id}/status``: start or stop on one edge node."""
    body = object_body(call)
    wanted = body.choice("status", ("running", "stopped"), required=True) or ""
    service = find_for_change(call, call.params["service_id"])
    node_id = call.params["node_id"]
    if service.infer_type != "edge" or node_id not in [node for item in service.config for node in item["nodes"]]:
        raise errors.invalid("node_id", f"the service does not run on node {node_id}")
    if service.cluster_id:
        raise errors.invalid("node_id", "services in an edge pool cannot be started or stopped by node")
    if service.status not in ("running", "concerning"):
        raise errors.state_forbids(f"be set to {wanted} on node {node_id}", service.status)
    current = service.node_status.get(node_id, "notReady")
    if current != {"running": "stopped", "stopped": "running"}[wanted]:
        raise errors.state_forbids(f"be set to {wanted} on node {node_id}", current)
    service.node_status[node_id] = wanted
    service.tell(call.now_ms, "normal", f"instance on node {node_id} is {wanted}")
    save(call.tx, service)
    return json_response({})
