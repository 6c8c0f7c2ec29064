"""What can be changed of a version in place (nvcf.md sections 5.4 and 5.5)."""

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, functionviews, llm, lookups, rates, records, secretbody
from .errors import ProblemError, invalid
from .fields import Fields, object_body, without_nulls


def update(call: Call) -> Response:
    """``PUT /functions/{functionId}/versions/{versionId}``, and the older ``PUT /metadata/functions/…``."""
    body = object_body(call, "updateFunctionRequest")
    found = _read_update(body)
    caller = accounts.caller_of(call)
    version = lookups.own_version(call, caller, "update", public="Cannot update a public function")
    if version["functionType"] != "LLM":
        _refuse_llm(version, found)
    if found["tags"] is not None:
        version["tags"] = found["tags"]
    if found["rateLimit"] is not None:
        version["rateLimit"] = found["rateLimit"]
    if version["functionType"] == "LLM":
        others = [
            one for one in records.find_versions(call.tx, version["id"]) if one["versionId"] != version["versionId"]
        ]
        llm.change(version, found["modelUpdates"], found["llmInvocationConfig"], [version, *others])
        for other in others:
            records.save_version(call.tx, other)
    records.save_version(call.tx, version)
    return json_response({"function": functionviews.answer(call, version, caller)})


def update_secrets(call: Call) -> Response:
    """``PUT /secrets/functions/{functionId}/versions/{versionId}``: merged by name."""
    body = object_body(call, "updateFunctionSecretsRequest")
    secrets = secretbody.read_secrets(body)
    body.check()
    caller = accounts.caller_of(call)
    place = f"Function id '{call.params['functionId']}', version '{call.params['versionId']}'"
    if not secrets:
        raise invalid(f"{place}: Missing secrets in the payload")
    if secretbody.has_duplicates(secrets):
        raise invalid(f"{place}: Duplicate secrets keys in the payload")
    version = lookups.own_version(call, caller, "update secrets for this function", public="")
    if version["status"] != "INACTIVE" and not version["secrets"]:
        raise invalid(f"{place}: Add secrets only when the function is 'INACTIVE'")
    version["secrets"] |= {secret["name"]: secret["value"] for secret in secrets}
    records.save_version(call.tx, version)
    return Response(204)


def set_rate_limit(call: Call) -> Response:
    """``PUT /ratelimit/functions/{functionId}/versions/{versionId}``, the older way."""
    body = object_body(call, "rateLimitRequest")
    limit = rates.read_limit(body)
    body.check()
    if limit is None:
        raise invalid("Invalid request: 'rateLimit' must be specified")
    return _keep_rate_limit(call, limit)


def delete_rate_limit(call: Call) -> Response:
    """``DELETE /ratelimit/functions/{functionId}/versions/{versionId}``."""
    return _keep_rate_limit(call, None)


def _keep_rate_limit(call: Call, limit: Document | None) -> Response:
    caller = accounts.caller_of(call)
    version = lookups.own_version(call, caller, "update ratelimit for this function", public="")
    version["rateLimit"] = limit
    records.save_version(call.tx, version)
    return Response(204)


def _read_update(body: Fields) -> Document:
    updates = body.sections("modelUpdates") or []
    found: Document = {
        "tags": body.tags(),
        "rateLimit": rates.read_limit(body),
        "modelUpdates": [_read_model(update) for update in updates],
        "llmInvocationConfig": llm.read_invocation(body),
    }
    body.check()
    if found["modelUpdates"] == [] and all(found[name] is None for name in found if name != "modelUpdates"):
        names = "'tags', 'rateLimit', 'modelUpdates', or 'llmInvocationConfig'"
        raise _wrong(f"at least one of {names} must be specified")
    names_of_models = [update["modelName"] for update in found["modelUpdates"]]
    if len(set(names_of_models)) != len(names_of_models):
        raise _wrong("duplicate model names are not allowed in 'modelUpdates'")
    if not all(update["llmConfig"] for update in found["modelUpdates"]):
        raise _wrong("at least one of 'tokenRateLimit' or 'routingMethod' must be specified")
    return found


def _read_model(update: Fields) -> Document:
    config = update.section("llmConfig")
    settings = {name: config.text(name) for name in ("tokenRateLimit", "routingMethod")} if config else {}
    return {
        "modelName": update.text("modelName", required=True, least=1),
        "llmConfig": without_nulls(settings),
    }


def _refuse_llm(version: Document, found: Document) -> None:
    if found["modelUpdates"]:
        raise invalid(f"{lookups.where(version)}: Only LLM functions support model config updates")
    if found["llmInvocationConfig"] is not None:
        raise invalid("Only LLM functions support llmInvocationConfig")


def _wrong(message: str) -> ProblemError:
    return ProblemError(400, f"Invalid request: {message}", type="")
