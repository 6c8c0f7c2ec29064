"""The rows of the table of guarantees: for each resource of each cloud what a program says of it, and what is special.

The kinds are those of the table of wrong answers, with secrets in them and with what replaces one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.alaya import SCALE, expert, head, lora, quick_start
from tests.support.alaya_wrong_answer_kinds import Expert, Lora, QuickStart
from tests.support.guarantee_kinds import (
    OTHER_POOL,
    SECOND,
    AuthorizationOfTwo,
    BindingOfTwo,
    DeploymentOfTwo,
    PooledDeployment,
    ReplicaScheduleOfTwo,
    ScheduleOfTwo,
)
from tests.support.modelartsv2_keys import OTHER_SERVICE_ID, api_key, from_vpc
from tests.support.modelartsv2_keys_wrong_answer_kinds import ApiKey, IntranetConnection
from tests.support.modelartsv2_wrong_answer_kinds import Inline
from tests.support.models import model
from tests.support.nvcf import Nvcf
from tests.support.nvcf_parts import credential, telemetry
from tests.support.nvcf_wrong_answer_kinds import Asset, NvcfFunction, RegistryCredential, Telemetry
from tests.support.world import Values, World, item
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answer_kinds import Model, Service

SECRET = 'canary-7/"ä +&2'
"""In every program that has room for a secret: with all that is spelled in another way somewhere."""

OTHER_SECRET = "canary-8 \\%41=3"

ANY = "any fault"
ONLY_NEW = "there is nothing that could be updated: every change of it makes another one"


def _ids(kind: Kind) -> Callable[[World], list[str]]:
    return lambda world: [str(one[kind.names.id]) for one in kind.live(world)]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource, or one form of it.

    Args:
        type: its type token, as `<cloud>:<name>`.
        form: which form of it, where it has several.
        kind: how the table of wrong answers knows it.
        secrets: what its programs say besides.
        changed: what a program says that updates it; None where `absent` says why there is no update.
        replaced: what a program says that replaces it.
        ids: the ids of all that there are, as a state has them.
        deploy: the fault of the emulator that lets its deployment fail or hang; "" where `absent` says why.
        failing: the outcome that is a failure.
        absent: why it has no update, no deployment or no list.
        anew: the faults after which another one is made, each with the reason.
        unnoticed: the verbs that meet no failing deployment, each with the reason.
    """

    type: str
    form: str = ""
    kind: Kind
    secrets: Values = field(default_factory=dict)
    changed: Values | None = None
    replaced: Values
    ids: Callable[[World], list[str]] | None = None
    deploy: str = ""
    failing: str = "fail"
    absent: Mapping[str, str] = field(default_factory=dict)
    anew: Mapping[str, str] = field(default_factory=dict)
    unnoticed: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """How it is called in the table."""
        return f"{self.type} ({self.form})" if self.form else self.type

    def before(self) -> Values:
        """What a program says of it."""
        return {**self.kind.before, **self.secrets}

    def after(self, verb: str) -> Values:
        """What the program says then."""
        if verb == "update":
            assert self.changed is not None
            return {**self.secrets, **self.changed}
        return {**self.secrets, **self.replaced} if verb == "replace" else self.before()

    def ids_in(self, world: World) -> list[str]:
        """The ids of all that there are."""
        return (self.ids or _ids(self.kind))(world)


def _of_versions(world: World) -> list[str]:
    return [f"{one['id']},{one['versionId']}" for one in Nvcf(world).versions()]


def _deployed(world: World) -> list[str]:
    return [f"{one['id']},{one['versionId']}" for one in Nvcf(world).versions() if one["status"] != "INACTIVE"]


def _of_deployments(world: World) -> list[str]:
    return [f"{one['id']},{one['deployment']}" for one in PooledDeployment().live(world)]


def _bound(world: World) -> list[str]:
    return [f"{one['key_id']},{BindingOfTwo.before['key_id']}" for one in BindingOfTwo().live(world)]


NO_DEPLOYMENT = "nothing is deployed"
NOTHING_STARTS = "its update scales or changes addresses, and starts nothing anew"
_PULLED = {"registry": "https://registry.example.com", "username": "puller"}
_EXPERT = {"image_pull_passwords": {"head": SECRET}, "secret_env": {"head": {"TOKEN": SECRET}}}
_HEAD = head(image_pull_secret=_PULLED)


class _Expert(Expert):
    before = expert(_HEAD)


_SECRET_ENVS = {"secret_envs": {"main": {"TOKEN": SECRET}}}

ROWS: tuple[Row, ...] = (
    Row(
        type="modelarts:Service",
        kind=Service(),
        secrets={"secret_envs": {"model-a": {"TOKEN": SECRET}}},
        changed={"config": [item(envs={"A": "1"})]},
        replaced={"config": [item()], "pool_name": "p"},
        deploy="deploy",
    ),
    Row(
        type="modelarts:Schedule",
        kind=ScheduleOfTwo(),
        changed={"time_unit": "HOURS", "duration": 6},
        replaced={"time_unit": "HOURS", "duration": 5, "of": SECOND},
        absent={"deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="modelarts:Model",
        kind=Model(),
        replaced=model(version="1.0.1"),
        deploy="publish",
        failing="failed",
        absent={"update": ONLY_NEW},
        anew={"failed deploy": "a model that has failed to be published cannot be published again"},
    ),
    Row(
        type="modelartsv2:Service",
        kind=Inline(),
        secrets=_SECRET_ENVS,
        changed=Inline.after,
        replaced={**Inline.before, "workspace_id": "f" * 32},
        deploy="modelartsv2.deploy",
    ),
    Row(
        type="modelartsv2:Deployment",
        kind=PooledDeployment(),
        secrets=_SECRET_ENVS,
        changed=PooledDeployment.after,
        replaced={**PooledDeployment.before, "pool_id": OTHER_POOL},
        ids=_of_deployments,
        deploy="modelartsv2.deploy",
    ),
    Row(
        type="modelartsv2:ReplicaSchedule",
        kind=ReplicaScheduleOfTwo(),
        changed=ReplicaScheduleOfTwo.after,
        replaced={**ReplicaScheduleOfTwo.before, "of": SECOND},
        absent={"deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="modelartsv2:ApiKey",
        kind=ApiKey(),
        replaced=api_key(scope="USER"),
        absent={"update": ONLY_NEW, "deploy": NO_DEPLOYMENT},
        anew={ANY: "its value is told once, in that answer: the key is deleted and made anew"},
    ),
    Row(
        type="modelartsv2:ApiKeyBinding",
        kind=BindingOfTwo(),
        replaced={**BindingOfTwo.before, "service_id": OTHER_SERVICE_ID},
        ids=_bound,
        absent={"update": ONLY_NEW, "deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="modelartsv2:IntranetConnection",
        kind=IntranetConnection(),
        changed=IntranetConnection.after,
        replaced=from_vpc(custom_urls=["https://old.example.com"], vpc_id="vpc-0002"),
        deploy="modelartsv2.connect",
        unnoticed={"update": NOTHING_STARTS},
    ),
    Row(
        type="nvcf:Function",
        kind=NvcfFunction(),
        secrets={"secrets": {"A": SECRET}},
        changed=NvcfFunction.after,
        replaced={**NvcfFunction.before, "container_image": "nvcr.io/acme/echo:2"},
        ids=_of_versions,
        absent={"deploy": "a version is deployed by nvcf:Deployment"},
    ),
    Row(
        type="nvcf:Deployment",
        kind=DeploymentOfTwo(),
        changed=DeploymentOfTwo.after,
        replaced={**DeploymentOfTwo.before, "of": SECOND},
        ids=_deployed,
        deploy="nvcf.deploy",
        failing="error",
    ),
    Row(
        type="nvcf:Authorization",
        kind=AuthorizationOfTwo(),
        changed=AuthorizationOfTwo.after,
        replaced={**AuthorizationOfTwo.before, "of": SECOND},
        absent={"deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="nvcf:Telemetry",
        kind=Telemetry(),
        secrets={"secret": SECRET},
        changed=telemetry(secret=OTHER_SECRET),
        replaced=telemetry(secret=SECRET, types=["LOGS"]),
        absent={"deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="nvcf:RegistryCredential",
        kind=RegistryCredential(),
        secrets={"password": SECRET},
        changed=credential(password=SECRET, artifact_types=["CONTAINER", "HELM"]),
        replaced=credential(password=SECRET, tags=["b"]),
        absent={"deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="nvcf:Asset",
        kind=Asset(),
        replaced={"content_type": "text/plain", "content": "two"},
        absent={"update": ONLY_NEW, "deploy": NO_DEPLOYMENT},
    ),
    Row(
        type="alaya:Deployment",
        form="Expert",
        kind=_Expert(),
        secrets=_EXPERT,
        changed=expert(_HEAD, scale={**SCALE, "max": 7}),
        replaced=expert(_HEAD, model_id="other", on_offline_change="replace"),
        deploy="alaya.deploy",
        unnoticed={"update": NOTHING_STARTS},
    ),
    Row(
        type="alaya:Deployment",
        form="Quick Start",
        kind=QuickStart(),
        changed=QuickStart.after,
        replaced=quick_start(model_id="other", on_offline_change="replace"),
        deploy="alaya.deploy",
    ),
    Row(
        type="alaya:Deployment",
        form="LoRA",
        kind=Lora(),
        changed=Lora.after,
        replaced=lora("BASE", served_name=["tone"], on_offline_change="replace"),
        deploy="alaya.deploy",
    ),
)
