"""What the codes of reference/modelarts.md, sections 1 and 11, mean, and what to do about each.

The next steps are for whoever runs `pulumi up`, so they say what to change or whom to ask.
"""

from collections.abc import Iterator

from pulumi_inference.huaweicloud.errors import CREDENTIALS, LATER, SLOWER, SMALLER, VALUE, Explanation

_REGION_PROJECT = "Check that region and project id belong together and to these credentials."
_AUTHORISE = "Authorise ModelArts once for this account: console, ModelArts, Settings, Global Configuration."
_PERMISSION = "Ask the account's administrator for the ModelArts permission (modelarts:service:*) in this project."
_PAY = "Settle the account's balance, then run the command again."
_QUOTA = "Delete what is not needed any more, or ask for a higher quota."
_RESOURCES = "Try again later, choose another specification, or use a dedicated pool."
_MODEL = "Correct the model, publish a new version, and use its id."
_SERVICE_ID = "Check its id, and the region; if somebody deleted it, run `pulumi refresh`."
_MODEL_ID = "Check model_id, and that the model is in the same project and region."
_OBS = "Check the OBS path, and that ModelArts may read and write there."
_EDGE = "Check the edge nodes in the console; only running ones can be used."
_WAIT = "Wait until the service has reached a stable state, then run the command again."
_OWNER = "Use the credentials of the service's owner."
_TEMPLATE = "Correct the model's template or configuration file."
_REPORT = "This is a mistake of pulumi-inference: please report it."

_ROWS: dict[int, tuple[tuple[str, str, str], ...]] = {
    400: (
        ("0101", "invalid argument", VALUE),
        ("0102", "the workspace does not exist", "Correct workspace_id; the default one is 0."),
        ("0104", "wrong parameter", VALUE),
        ("0107", "invalid parameter value", VALUE),
        ("0118", "quota exceeded", _QUOTA),
        ("0204", "the token is for no project", _REGION_PROJECT),
        ("0210", "invalid project id", _REGION_PROJECT),
        ("2787", "the request body is not JSON", _REPORT),
        ("2788", "invalid parameter", VALUE),
        ("3514", "the model has no input_params, which batch needs", _MODEL),
        ("3515", "the model is still being published", "Wait until the model is published."),
        ("3516", "the same model version twice in config", "Use each model version in one config item only."),
        ("3518", "this service type is not enabled for the account", _AUTHORISE),
        ("3519", "the service's state does not allow the update", _WAIT),
        ("3520", "too many services", _QUOTA),
        ("3521", "too many running services", "Stop or delete a service, or ask for a higher quota."),
        ("3522", "too many instances", "Lower instance_count, or ask for a higher quota."),
        ("3525", "a subscribed service cannot be updated", _OWNER),
        ("3529", "the model is not part of the service", _MODEL_ID),
        ("3533", "an edge node lacks the GPU or NPU", _EDGE),
        ("3534", "the security group does not let port 8080 in", "Add an inbound rule TCP 8080 from 0.0.0.0/0 to it."),
        ("3540", "only the owner may do this", _OWNER),
        ("3547", "the resource pool does not exist", "Correct pool_name or cluster_id."),
        ("3551", "the OBS path does not exist", _OBS),
        ("3561", "edge node quota exceeded", _QUOTA),
        ("3562", "the automatic stop would not be in the future", "Give the schedule a longer duration."),
        ("3567", "OBS failed", _OBS),
        ("3568", "OBS failed", _OBS),
        ("3572", "invalid OBS path", _OBS),
        ("3573", "the OBS path cannot be used", _OBS),
        ("3574", "the OBS path cannot be understood", _OBS),
        ("3583", "edge application error", _EDGE),
        ("3584", "edge application error", _EDGE),
        ("3585", "edge application error", _EDGE),
        ("3586", "edge application error", _EDGE),
        ("3587", "edge application error", _EDGE),
        ("3588", "edge application error", _EDGE),
        ("3589", "the model cannot be used for this service type", "Use a model whose install_type has this type."),
        ("3592", "the model's health check is configured wrongly", _MODEL),
        ("3593", "the model has expired", _MODEL),
        ("3594", "edge platform error", _EDGE),
        ("3595", "edge platform error", _EDGE),
        ("3596", "edge platform error", _EDGE),
        ("3598", "an edge node is not running", _EDGE),
        ("3610", "a required parameter is empty", VALUE),
        ("3612", "creating the workload failed", LATER),
        ("3613", "registering the API failed", LATER),
        ("3822", "the batch task does not exist", LATER),
        ("3856", "limit of the free flavour", "Use another specification, or delete the other free service."),
        ("3857", "limit of the free flavour", "Use another specification, or delete the other free service."),
        ("3952", "no resources at the moment", _RESOURCES),
        ("3953", "an AI service still refers to it", "Remove that reference first."),
        ("3976", "no resources for this specification", _RESOURCES),
        ("3015", "the model's configuration file is wrong", _TEMPLATE),
        ("3016", "the model's source location is wrong", "Correct source_location."),
        ("3017", "the model's template is wrong", _TEMPLATE),
        ("3029", "the model's configuration is wrong", _TEMPLATE),
        ("3034", "the model's configuration is wrong", _TEMPLATE),
        ("3036", "a required model parameter is missing", VALUE),
        ("3037", "invalid model parameter", VALUE),
        ("3039", "the model's dependencies are wrong", "Correct dependencies."),
        ("3040", "the model's dependencies are wrong", "Correct dependencies."),
        ("3041", "the model's dependencies are wrong", "Correct dependencies."),
    ),
    401: (
        ("0201", "no token", CREDENTIALS),
        ("0202", "the token has expired", CREDENTIALS),
        ("0203", "invalid token", CREDENTIALS),
        ("0204", "the token cannot be read", CREDENTIALS),
        ("0205", "the authorization header is missing", CREDENTIALS),
        ("0206", "the authorization header is malformed", CREDENTIALS),
        ("0207", "the token is for no project", _REGION_PROJECT),
        ("0208", "the authorization check failed", CREDENTIALS),
        ("0212", "the token is for no project", _REGION_PROJECT),
        ("0428", "the account has not authorised ModelArts", _AUTHORISE),
        ("3801", "no access key on record", "Add an access key to ModelArts' authorisation in the console."),
    ),
    403: (
        ("0108", "not allowed", _PERMISSION),
        ("0112", "the workspace does not allow it", "Ask the workspace's owner, or use another workspace_id."),
        ("0203", "invalid token", CREDENTIALS),
        ("0206", "invalid access key or secret key", CREDENTIALS),
        ("0210", "the credentials belong to another project", _REGION_PROJECT),
        ("2785", "the account has not authorised ModelArts", _AUTHORISE),
        ("4116", "the account is in arrears", _PAY),
        ("4118", "the account is suspended", _PAY),
    ),
    404: (
        ("3502", "the service does not exist", _SERVICE_ID),
        ("3507", "the model does not exist", _MODEL_ID),
        ("3001", "the model does not exist", _MODEL_ID),
        ("3019", "the input or output mode does not exist", _TEMPLATE),
        ("3021", "the template does not exist", _TEMPLATE),
    ),
    409: (
        ("3503", "a service of this name exists", "Choose another name, or leave the name out for an automatic one."),
        ("3002", "this version of the model exists", "Raise the model's version."),
    ),
    413: (("4104", "the request is too large", SMALLER),),
    429: (
        ("2799", "too many requests", SLOWER),
        ("4206", "too many requests", SLOWER),
    ),
    500: (
        ("0010", "internal error", LATER),
        ("3501", "deploying failed", LATER),
        ("3504", "deleting failed", LATER),
        ("3505", "updating failed", LATER),
        ("3506", "the model does not exist", _MODEL_ID),
        ("3508", "monitoring is not available", LATER),
        ("3006", "publishing failed", _MODEL),
        ("3301", "building the image failed", _MODEL),
        ("3009", "the model is used by a service", "Delete the services that use the model first."),
    ),
}


def _by_code() -> Iterator[tuple[tuple[int, str], Explanation]]:
    for status, rows in _ROWS.items():
        for number, meaning, next_step in rows:
            yield (status, number), Explanation(meaning, next_step)


BY_CODE: dict[tuple[int, str], Explanation] = dict(_by_code())

BY_STATUS: dict[int, Explanation] = {403: Explanation("not allowed", _PERMISSION)}
