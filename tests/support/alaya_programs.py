"""Random programs of Alaya NeW's deployments, in all three forms, that the cloud accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.alaya.deployments.rules import RULES
from pulumi_inference.alaya.deployments.values import PODS, complete
from pulumi_inference.alaya.specs.deployment import DeploymentSpec
from pulumi_inference.alaya.specs.parts import HeadConfig, PvcMount, QuickStart, Scale, WorkerConfig
from tests.support.alaya import BASE_MODEL, GPU, LORA_MODEL, VKS
from tests.support.changes import Subject
from tests.support.specs import WORDS, Overrides, Values, documents

FORMS = ("expert", "quick_start", "lora")
BASES = ("00000000-0000-4000-8000-00000000000b", "00000000-0000-4000-8000-00000000000c")
"""Ids of bases that have to be seeded."""

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9 _-]{0,9}[a-z]", fullmatch=True)
TEXTS = st.text(alphabet="abc xyz.0189-_/=,", min_size=1, max_size=12).filter(str.strip)
PATHS = st.sampled_from(("/models", "/cache", "/a/b"))
VARIABLES = st.dictionaries(st.sampled_from(("A", "B", "PORT")), TEXTS, min_size=1, max_size=3)
SECRETS = st.dictionaries(st.sampled_from(("TOKEN", "KEY")), WORDS, min_size=1, max_size=2)
GPUS = st.fixed_dictionaries({"gpu_type": st.just(GPU), "count": st.integers(1, 8)})

OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "served_name": st.lists(WORDS, min_size=1, max_size=3, unique=True),
    "model_id": WORDS,
    "vks_id": st.sampled_from((VKS, "vc0000000002")),
    "namespace": st.sampled_from(("default", "other")),
    "base_service_id": st.sampled_from(BASES),
    "gpu": GPUS,
    "count": st.integers(1, 8),
    "gpu_type": st.just(GPU),
    "image_pull_secret": st.fixed_dictionaries({"registry": WORDS}, optional={"username": WORDS}),
    "labels": VARIABLES,
    "env": VARIABLES,
    "cmd": st.lists(TEXTS, min_size=1, max_size=3),
    "args": st.lists(TEXTS, min_size=1, max_size=3),
    "backend_args": st.lists(TEXTS, max_size=3),
    "container_path": PATHS,
    "sub_path": st.sampled_from(("a", "b/c")),
    "workers": st.integers(1, 4),
    "extensions": st.dictionaries(WORDS, WORDS, min_size=1, max_size=2),
    "min": st.integers(0, 3),
    "max": st.integers(3, 9),
    **dict.fromkeys(("create", "update", "delete"), st.sampled_from(("20m", "1h30m"))),
    "on_offline_change": st.just("restart"),
    "wait": st.just(True),
}
OVERRIDES["pvc_mounts"] = st.lists(
    documents(PvcMount, OVERRIDES), min_size=1, max_size=3, unique_by=lambda one: one["container_path"]
)

_APART = {
    *("expert", "quick_start", "lora", "scale", "extensions", "secret_env", "image_pull_passwords"),
    *("smoke_test", "connection", "on_offline_change", "wait", "vks_id", "namespace", "model_id"),
}


@st.composite
def deployments(draw: st.DrawFn, form: str) -> Values:
    """A deployment in a form."""
    keep = lambda fact: not fact.resolved and fact.name not in _APART  # noqa: E731 - said once
    program = {
        **draw(documents(DeploymentSpec, {**OVERRIDES, "model_id": WORDS}, keep)),
        **{"on_offline_change": "restart", "model_id": draw(WORDS)},
    }
    if form == "lora":
        return {**program, "lora": {"base_service_id": BASES[0]}, "model_id": LORA_MODEL}
    program |= {"vks_id": draw(OVERRIDES["vks_id"]), "namespace": draw(OVERRIDES["namespace"])}
    if form == "quick_start":
        program["quick_start"] = draw(documents(QuickStart, OVERRIDES))
        if draw(st.booleans()):
            program["scale"] = draw(documents(Scale, OVERRIDES))
        return program
    program["expert"] = draw(experts())
    program["scale"] = draw(documents(Scale, OVERRIDES))
    if draw(st.booleans()):
        program["extensions"] = draw(OVERRIDES["extensions"])
    return {**program, **draw(_secrets_of(program["expert"]))}


@st.composite
def experts(draw: st.DrawFn) -> Values:
    """The pods of an Expert deployment."""
    pods = {"head_config": draw(documents(HeadConfig, OVERRIDES))}
    if draw(st.booleans()):
        pods["worker_config"] = draw(documents(WorkerConfig, OVERRIDES))
    return pods


@st.composite
def _secrets_of(draw: st.DrawFn, expert: Values) -> Values:
    """Secret variables, and the passwords that go with pull secrets."""
    there = {pod: expert[name] for pod, name in PODS.items() if name in expert}
    found: Values = {}
    secret = {pod: draw(SECRETS) for pod in there if draw(st.booleans())}
    if secret:
        found["secret_env"] = secret
    passwords = {pod: draw(WORDS) for pod, config in there.items() if "image_pull_secret" in config}
    if passwords:
        found["image_pull_passwords"] = passwords
    return found


def _overrides(program: Mapping[str, Any]) -> Overrides:
    pods = {pod for pod, name in PODS.items() if name in program.get("expert", {})}
    return {
        **OVERRIDES,
        "expert": experts(),
        "quick_start": documents(QuickStart, OVERRIDES),
        "scale": documents(Scale, OVERRIDES),
        "model_id": st.sampled_from((LORA_MODEL, BASE_MODEL)) if "lora" in program else WORDS,
        "secret_env": st.dictionaries(st.sampled_from(sorted(pods) or ["head"]), SECRETS, min_size=1),
        "image_pull_passwords": st.dictionaries(st.sampled_from(sorted(pods) or ["head"]), WORDS, min_size=1),
    }


DEPLOYMENT = Subject(DeploymentSpec, complete, RULES, NAMES, _overrides)
