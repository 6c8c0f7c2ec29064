"""What stands in people's state files and must mean the same for ever.

A test that fails here says that a change breaks every existing state. The values are never to be corrected; a new
layout gets new values beside them.
"""

from __future__ import annotations

import base64
import inspect
import json
import pickle
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider

import pulumi_inference
from pulumi_inference import alaya, clouds, modelarts, modelartsv2, nvcf, providers
from pulumi_inference.engine.provider import LifecycleProvider, pack, unpack
from pulumi_inference.engine.resource import InferenceResource
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle

HERE = Path(__file__).parent

SERIALIZED = {
    "ModelArtsServiceProvider": (
        "gASVPgAAAAAAAACMGnB1bHVtaV9pbmZlcmVuY2UucHJvdmlkZXJzlIwYTW9kZWxBcnRzU2VydmljZVByb3ZpZGVylJOUKYGULg=="
    ),
    "ModelArtsScheduleProvider": (
        "gASVPwAAAAAAAACMGnB1bHVtaV9pbmZlcmVuY2UucHJvdmlkZXJzlIwZTW9kZWxBcnRzU2NoZWR1bGVQcm92aWRlcpSTlCmBlC4="
    ),
    "ModelArtsModelProvider": (
        "gASVPAAAAAAAAACMGnB1bHVtaV9pbmZlcmVuY2UucHJvdmlkZXJzlIwWTW9kZWxBcnRzTW9kZWxQcm92aWRlcpSTlCmBlC4="
    ),
    "nvcf.FunctionProvider": (
        "gASVOwAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjBBGdW5jdGlvblByb3ZpZGVylJOUKYGULg=="
    ),
    "nvcf.DeploymentProvider": (
        "gASVPQAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjBJEZXBsb3ltZW50UHJvdmlkZXKUk5QpgZQu"
    ),
    "nvcf.AuthorizationProvider": (
        "gASVQAAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjBVBdXRob3JpemF0aW9uUHJvdmlkZXKUk5QpgZQu"
    ),
    "nvcf.TelemetryProvider": (
        "gASVPAAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjBFUZWxlbWV0cnlQcm92aWRlcpSTlCmBlC4="
    ),
    "nvcf.RegistryCredentialProvider": (
        "gASVRQAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjBpSZWdpc3RyeUNyZWRlbnRpYWxQcm92aWRlcpSTlCmBlC4="
    ),
    "nvcf.AssetProvider": (
        "gASVOAAAAAAAAACMH3B1bHVtaV9pbmZlcmVuY2UubnZjZi5wcm92aWRlcnOUjA1Bc3NldFByb3ZpZGVylJOUKYGULg=="
    ),
    "alaya.DeploymentProvider": (
        "gASVPgAAAAAAAACMIHB1bHVtaV9pbmZlcmVuY2UuYWxheWEucHJvdmlkZXJzlIwSRGVwbG95bWVudFByb3ZpZGVylJOUKYGULg=="
    ),
    "modelartsv2.ServiceProvider": (
        "gASVQQAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwPU2VydmljZVByb3ZpZGVylJOUKYGULg=="
    ),
    "modelartsv2.DeploymentProvider": (
        "gASVRAAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwSRGVwbG95bWVudFByb3ZpZGVylJOUKYGULg=="
    ),
    "modelartsv2.ReplicaScheduleProvider": (
        "gASVSQAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwXUmVwbGljYVNjaGVkdWxlUHJvdmlkZXKUk5QpgZQu"
    ),
    "modelartsv2.ApiKeyProvider": (
        "gASVQAAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwOQXBpS2V5UHJvdmlkZXKUk5QpgZQu"
    ),
    "modelartsv2.ApiKeyBindingProvider": (
        "gASVRwAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwVQXBpS2V5QmluZGluZ1Byb3ZpZGVylJOUKYGULg=="
    ),
    "modelartsv2.IntranetConnectionProvider": (
        "gASVTAAAAAAAAACMJnB1bHVtaV9pbmZlcmVuY2UubW9kZWxhcnRzdjIucHJvdmlkZXJzlIwaSW50cmFuZXRDb25uZWN0aW9uUHJvdmlkZXKUk5QpgZQu"
    ),
}
TYPE_TOKENS: dict[type[InferenceResource], str] = {
    modelarts.Service: "dynamic/modelarts:Service",
    modelarts.Schedule: "dynamic/modelarts:Schedule",
    modelarts.Model: "dynamic/modelarts:Model",
    nvcf.Function: "dynamic/nvcf:Function",
    nvcf.Deployment: "dynamic/nvcf:Deployment",
    nvcf.Authorization: "dynamic/nvcf:Authorization",
    nvcf.Telemetry: "dynamic/nvcf:Telemetry",
    nvcf.RegistryCredential: "dynamic/nvcf:RegistryCredential",
    nvcf.Asset: "dynamic/nvcf:Asset",
    alaya.Deployment: "dynamic/alaya:Deployment",
    modelartsv2.Service: "dynamic/modelartsv2:Service",
    modelartsv2.Deployment: "dynamic/modelartsv2:Deployment",
    modelartsv2.ReplicaSchedule: "dynamic/modelartsv2:ReplicaSchedule",
    modelartsv2.ApiKey: "dynamic/modelartsv2:ApiKey",
    modelartsv2.ApiKeyBinding: "dynamic/modelartsv2:ApiKeyBinding",
    modelartsv2.IntranetConnection: "dynamic/modelartsv2:IntranetConnection",
}


def provider_classes() -> dict[str, type[LifecycleProvider]]:
    """Every provider class of the frozen module, and those that the clouds' kinds name, by their cloud."""
    classes = inspect.getmembers(providers, inspect.isclass)
    frozen = {
        name: one
        for name, one in classes
        if issubclass(one, LifecycleProvider) and one.__module__ == providers.__name__
    }
    loaded = [(cloud.name, clouds.load(kind.provider)) for cloud, kind in clouds.kinds()]
    others = {f"{cloud}.{one.__name__}": one for cloud, one in loaded if one.__module__ != providers.__name__}
    return {**frozen, **others}


def resource_classes() -> set[type[InferenceResource]]:
    """Every resource class of every cloud."""
    return {getattr(getattr(pulumi_inference, cloud.name), kind.name) for cloud, kind in clouds.kinds()}


def test_there_is_a_golden_value_for_each_provider_and_resource() -> None:
    assert set(provider_classes()) == set(SERIALIZED)
    assert set(TYPE_TOKENS) == resource_classes()


@pytest.mark.parametrize("name", SERIALIZED)
def test_the_state_refers_to_a_provider_by_the_same_bytes(name: str) -> None:
    assert serialize_provider(provider_classes()[name]()) == SERIALIZED[name]


@pytest.mark.parametrize("resource", TYPE_TOKENS)
def test_type_tokens_stay(resource: type[InferenceResource]) -> None:
    assert resource._resource_type_name == TYPE_TOKENS[resource]


def test_a_state_of_layout_1_is_still_read() -> None:
    outputs = json.loads((HERE / "service_layout_1.json").read_text(encoding="utf-8"))
    state = unpack(ServiceLifecycle(), outputs, "2f1c6d3e-8a4b-4c52-9d0e-6b7a8c9d0e1f")

    assert state.id == "2f1c6d3e-8a4b-4c52-9d0e-6b7a8c9d0e1f"
    assert state.inputs["name"] == "classifier-aa9bf4c"
    assert state.inputs["__defaults"] == ["name"]
    assert state.inputs["config"] == [
        {
            "model_id": "model-a",
            "specification": "modelarts.vm.cpu.2u",
            "weight": 100,
            "instance_count": 2,
            "envs": {"BATCH": "8"},
        }
    ]
    assert isinstance(state.inputs["config"][0]["weight"], int)
    assert state.inputs["secret_envs"] == {"model-a": {"PASSWORD": "example"}}
    assert state.inputs["endpoint"] == "https://modelarts.cn-north-4.myhuaweicloud.com"
    assert (state.facts["status"], state.facts["service_id"]) == ("running", state.id)
    assert pack(state).keys() == outputs.keys() - {"__provider"}


def test_the_provider_of_a_stored_state_can_be_loaded() -> None:
    for name, text in SERIALIZED.items():
        assert type(pickle.loads(base64.b64decode(text))).__name__ == name.rpartition(".")[2]
