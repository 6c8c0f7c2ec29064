"""What can be set of Alaya NeW."""

from dataclasses import dataclass
from typing import Literal

from ..routing import Call


@dataclass(frozen=True, slots=True)
class AlayaSettings:
    """Settings with their defaults; times in seconds.

    The first ones are about what happens, those from ``always_200`` on about how it is told.

    Args:
        stop_seconds: how long a cancelled service takes to stop; None is a third of a deployment, at most a second.
        delete_seconds: how long a deleted service is still there.
        list_seconds: how long a new service is missing from the list.
        update_starts: an offline update starts the service again.
        lenient_delete: a service can be deleted in any state, else only when it has stopped or failed.
        unique_names: a second service of the same name is refused.
        allow_min_zero: ``scale.min`` can be 0.
        check_models: a model that is not in the registry is refused.
        check_clusters: a cluster, namespace or data centre that there is not is refused.
        check_quota: GPUs that the cluster does not have left are refused.
        check_lora: an Expert service loads LoRA models only when its image is told to by the environment.
        fuzzy_names: the list's filter ``name`` wants a part of the name, else the whole.
        newest_first: the list begins with what was made last.
        refusal_status: HTTP status of a refusal for another reason than the request itself.
        always_200: every error has HTTP status 200, and only its ``code`` tells.
        not_found_as_code: the same for what is not there.
        code_as_text: ``code`` is text in the answers whose samples have it so: list, scale and creation of a LoRA.
        code_alone: an answer without data is ``code`` and nothing else.
        without_msg: there is no ``msg``, in errors neither.
        count_as_text: ``count`` of a list is an empty text.
        empty_create_answer: creating an Expert or a LoRA service does not answer the id.
        bare_lora_detail: the detail of a LoRA service has no envelope.
        old_spelling: ``staring``, ``stoping``, ``stoped``.
        backen_args: ``backenArgs`` in the detail.
        detail_has_scale: the detail has ``scale`` and ``extensions``.
        detail_without_id: the detail has no ``serviceId``.
        detail_without_instances: the detail has no ``instance``.
        null_until_running: address and key are null before a service has run, else empty.
        absent_as_null: the detail has null for what was not sent.
        numbers_as_text: the detail has its numbers as text.
        served_name: text in lists and a list in the detail, as documented; the one or the other everywhere; or missing
            from the detail of base services.
        key_name: ``apikey`` for base services and ``apiKey`` for LoRA, as in the samples; or one of them for all.
        password_in_answer: how the password of a pull secret comes back.
        osm_endpoint: the endpoint of data centres is called ``osmEndpointInt``.
    """

    stop_seconds: float | None = None
    delete_seconds: float = 0.0
    list_seconds: float = 0.0
    update_starts: bool = True
    lenient_delete: bool = False
    unique_names: bool = False
    allow_min_zero: bool = True
    check_models: bool = False
    check_clusters: bool = False
    check_quota: bool = False
    check_lora: bool = False
    fuzzy_names: bool = True
    newest_first: bool = True
    refusal_status: Literal[200, 400, 403, 404, 500] = 200
    always_200: bool = False
    not_found_as_code: bool = False
    code_as_text: bool = True
    code_alone: bool = False
    without_msg: bool = False
    count_as_text: bool = False
    empty_create_answer: bool = False
    bare_lora_detail: bool = False
    old_spelling: bool = False
    backen_args: bool = False
    detail_has_scale: bool = False
    detail_without_id: bool = False
    detail_without_instances: bool = False
    null_until_running: bool = False
    absent_as_null: bool = False
    numbers_as_text: bool = False
    served_name: Literal["documented", "list", "text", "missing"] = "documented"
    key_name: Literal["documented", "apikey", "apiKey"] = "documented"
    password_in_answer: Literal["plain", "masked", "missing"] = "masked"  # noqa: S105 - no secret
    osm_endpoint: bool = False


def settings_of(call: Call) -> AlayaSettings:
    """Those in force."""
    return call.settings.of(AlayaSettings)
