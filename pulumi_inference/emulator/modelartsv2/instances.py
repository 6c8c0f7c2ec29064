"""Instances and pods, read and taken away (modelarts-v2.md sections 3.3 and 9.4)."""

from typing import Final

from ..huaweicloud import refusals
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, listing, machine, pods
from .deployment import Deployment
from .service import Service, find, find_deployment, save
from .settings import settings_of

ALL: Final = "all"
_ALTERNATIVES: Final = {"ERROR": "FAILED", "INIT": "PENDING"}
_POD_FILTERS: Final = ("pod_name", "pod_id", "pod_node_ip", "pod_node_name", "pod_role_name")
_HIDDEN: Final = ("unit", "create_at")


def read_all(call: Call) -> Response:
    """``GET …/deployments/{deployment}/instances``, of one or of all of them."""
    service = find(call)
    statuses = {_ALTERNATIVES.get(one, one) for one in listing.choices(call, "status", pods.INSTANCE_STATUSES)}
    name = call.request.query_value("instance_name") or ""
    found = [
        _view(call, deployment, instance)
        for deployment in _deployments(call, service)
        for instance in deployment.instances
        if name in instance["name"] and (not statuses or instance["status"] in statuses)
    ]
    return listing.answer(call, found)


def remove(call: Call) -> Response:
    """``DELETE …/instances/{instance}``: it comes back, or its resources are given up."""
    listing.is_true(call, "force")
    operation = call.request.query_value("operation") or "RECREATE"
    listing.check_choice("operation", operation, ("RECREATE", "DELETE"))
    service = find(call)
    deployment = find_deployment(call, service, by="name")
    gone = _instances(call, deployment)
    _refuse(deployment)
    if operation == "DELETE":
        if len(gone) >= deployment.count:
            raise errors.refused(f"Deployment {deployment.name} needs an instance; stop it instead.")
        deployment.count -= len(gone)
    deployment.instances = [one for one in deployment.instances if one not in gone]
    machine.replenish(call, service, deployment)
    save(call.tx, service)
    return json_response({"instance_name": call.params["instance"]})


def read_pods(call: Call) -> Response:
    """``GET …/instances/{instance}/pods``."""
    service = find(call)
    statuses = listing.choices(call, "status", pods.POD_STATUSES)
    given = listing.query(call)
    found = [
        {name: value for name, value in pod.items() if name not in _HIDDEN}
        for deployment in _deployments(call, service)
        for instance in _instances(call, deployment)
        for pod in instance["pods"]
        if all(pod[name] == given[name] for name in _POD_FILTERS if name in given)
        and (not statuses or pod["status"] in statuses)
    ]
    return listing.answer(call, found)


def remove_pod(call: Call) -> Response:
    """``DELETE …/pods/{pod}``: another one comes in its place."""
    listing.is_true(call, "force")
    service = find(call)
    deployment = find_deployment(call, service, by="name")
    found = [
        (instance, pod)
        for instance in _instances(call, deployment)
        for pod in instance["pods"]
        if call.params["pod"] in (ALL, pod["pod_name"])
    ]
    if not found:
        raise errors.not_found(call, "Pod", call.params["pod"])
    _refuse(deployment)
    for instance, pod in found:
        pods.replace_pod(deployment, instance, pod, call.now_ms)
    machine.replenish(call, service, deployment)
    save(call.tx, service)
    return json_response({"pod_name": call.params["pod"]})


def read_pod_events(call: Call) -> Response:
    """``GET …/pods/{pod}/events``: a bare array."""
    service = find(call)
    times = [call.request.query_value(name) for name in ("start_time", "end_time")]
    if any(times) and not all(times):
        raise refusals.invalid("start_time", "must be there together with end_time")
    start, end = listing.number(call, "start_time", 0), listing.number(call, "end_time", call.now_ms)
    found = [
        pod
        for deployment in _deployments(call, service)
        for instance in _instances(call, deployment)
        for pod in instance["pods"]
        if call.params["pod"] in (ALL, pod["pod_name"])
    ]
    if not found:
        raise errors.not_found(call, "Pod", call.params["pod"])
    events = [event for pod in found for event in _events(pod) if start <= event["last_timestamp"] <= end]
    return json_response(events)


def _view(call: Call, deployment: Deployment, instance: Document) -> Document:
    return {
        "instance_name": instance["name"],
        "status": instance["status"],
        "weight": None if settings_of(call).null_weights else deployment.weight,
        "pod_count": len(instance["pods"]),
        "running_pod_count": sum(pod["status"] == "RUNNING" for pod in instance["pods"]),
        "update_at": instance["update_at"],
    }


def _events(pod: Document) -> list[Document]:
    """What a pod has gone through."""
    told = [("Normal", "Scheduled", f"Successfully assigned {pod['pod_name']} to {pod['pod_node_name']}", "create_at")]
    if pod["status"] == "RUNNING":
        told += [("Normal", "Pulled", "Successfully pulled image", "create_at")]
        told += [("Normal", "Started", f"Started container {pod['unit']}", "update_time")]
    if pod["status"] in ("FAILED", "ABNORMAL"):
        told += [("Warning", "BackOff", f"Back-off restarting failed container {pod['unit']}", "update_time")]
    return [
        {
            "type": kind,
            "reason": reason,
            "message": message,
            "count": 1,
            "first_timestamp": pod[moment],
            "last_timestamp": pod[moment],
            "reporting_component": "default-scheduler" if reason == "Scheduled" else "kubelet",
        }
        for kind, reason, message, moment in told
    ]


def _deployments(call: Call, service: Service) -> list[Deployment]:
    if call.params["deployment"] == ALL:
        return service.deployments
    return [find_deployment(call, service, by="name")]


def _instances(call: Call, deployment: Deployment) -> list[Document]:
    wanted = call.params["instance"]
    if wanted == ALL:
        return deployment.instances
    found = [one for one in deployment.instances if one["name"] == wanted]
    if not found and call.params["deployment"] != ALL:
        raise errors.not_found(call, "Instance", wanted)
    return found


def _refuse(deployment: Deployment) -> None:
    if deployment.is_public:
        raise errors.refused("The instances of a deployment in the public pool cannot be removed.")
    if deployment.status not in ("RUNNING", "CONCERNING"):
        raise errors.forbids("Deployment", deployment.name, "lose an instance", deployment.status)
