"""The verbs of Toybox with its own names: dictionaries in, dictionaries out."""

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.members import member_list, member_object, object_of
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.toybox.specs.box import BoxDetail, BoxId

ROOT = "/toybox/v1"


def id_of(box: Answer) -> str:
    """Both parts of a box's id."""
    return f"{box['boxId']},{box['revision']}"


def path_of(thing: str) -> str:
    """Where a box is."""
    return f"{ROOT}/boxes/{thing.replace(',', '/')}"


class ToyboxClient:
    """One account; reads are tried for `patience` seconds."""

    def __init__(self, http: HttpClient, patience: float) -> None:
        self._http, self._patience = http, patience

    def create(self, body: Mapping[str, Any]) -> Created:
        """Makes a box, or the next revision of the one that the body names."""
        answer = self._http.request("POST", f"{ROOT}/boxes", json=body)
        made = BoxId.recognise(object_of(answer).get("data"), "a new box")
        return Created(id_of(made), answer.request_id)

    def get(self, thing: str, patience: float) -> Answer:
        """One box."""
        return member_object(self._http.request("GET", path_of(thing), retry_seconds=patience), "data")

    def list(self, **filters: str) -> list[Answer]:
        """The boxes with this `name` or `colour`, newest first."""
        answer = self._http.request("GET", f"{ROOT}/boxes", params=list(filters.items()), retry_seconds=self._patience)
        return [BoxDetail.recognise(one, "a box") for one in member_list(answer, "data")]

    def replace(self, thing: str, body: Mapping[str, Any]) -> str | None:
        """Packs a box anew."""
        return self._http.request("PUT", path_of(thing), json=body).request_id

    def delete(self, thing: str) -> str | None:
        """Empties a box."""
        return self._http.request("DELETE", path_of(thing)).request_id
