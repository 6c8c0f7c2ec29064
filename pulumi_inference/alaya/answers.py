"""Answers of Alaya NeW in one spelling: its pages contradict each other about names, types and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.alaya.specs.states import STARTING, STOPPED, STOPPING
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle.memory import Answer

EXPERT, QUICK_START, LORA = "expert", "quickStart", "lora"
MODES = (EXPERT, QUICK_START, LORA)

_MISSPELLED = {"staring": STARTING, "stoping": STOPPING, "stoped": STOPPED}
_RENAMED = {"apikey": "apiKey", "extension": "extensions", "backenArgs": "backendArgs"}
"""What some pages call a field, and what all of it is called here."""


def spelled(answer: Answer) -> dict[str, Any]:
    """A detail answer, or an item of the list, in one spelling; what is of a wrong shape stays as it is.

    The state is in lower case, `servedName` a list, the key `apiKey`, and `mode` is said where it can be told.
    """
    found = _renamed(answer)
    if isinstance(found.get("status"), str):
        status = found["status"].strip().lower()
        found["status"] = _MISSPELLED.get(status, status)
    if isinstance(found.get("servedName"), str):
        found["servedName"] = told_apart(found["servedName"])
    if found.get("servedName") == []:
        del found["servedName"]  # there is no deployment without one: it is not answered
    mode = _mode_of(found)
    if mode:
        found["mode"] = mode
    if isinstance(found.get("quickStart"), Mapping):
        found["quickStart"] = _quick_start(found["quickStart"])
    if isinstance(found.get("expert"), Mapping):
        found["expert"] = {
            name: _pod(one) if isinstance(one, Mapping) else one for name, one in found["expert"].items()
        }
    return found


def told_apart(names: str) -> list[str]:
    """The names in a text that has several."""
    return [one for one in map(str.strip, names.split(",")) if one]


def with_texts(answer: Json, *ids: str) -> Json:
    """An answer whose ids are texts; samples have some of them as numbers."""
    numbers = {name: one for name in ids if isinstance(one := answer.get(name), int) and not isinstance(one, bool)}
    return {**answer, **{name: str(one) for name, one in numbers.items()}}


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under one name each; where both stand there, the one that has something to say."""
    found = dict(values)
    for old, new in _RENAMED.items():
        if old in found:
            other = found.pop(old)
            found[new] = found.get(new) or other
    return found


def _mode_of(answer: Answer) -> str:
    said = answer.get("mode")
    if isinstance(said, str):
        known = next((one for one in MODES if one.lower() == said.strip().lower()), "")
        if known:
            return known
    if answer.get("baseServiceId"):
        return LORA
    return next((one for one in (EXPERT, QUICK_START) if isinstance(answer.get(one), Mapping)), "")


def _quick_start(values: Mapping[str, Any]) -> dict[str, Any]:
    found = _renamed(values)
    if isinstance(found.get("backendArgs"), str):
        found["backendArgs"] = found["backendArgs"].split()
    return found


def _pod(config: Mapping[str, Any]) -> dict[str, Any]:
    """A head or worker configuration; a mount that does not say whether it is read-only has an empty text there."""
    mounts = config.get("pvcMounts")
    if not isinstance(mounts, list):
        return dict(config)
    told = [
        {name: value for name, value in one.items() if not (name == "readOnly" and value == "")}
        if isinstance(one, Mapping)
        else one
        for one in mounts
    ]
    return {**config, "pvcMounts": told}
