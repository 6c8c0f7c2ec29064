"""The paths (alaya.md sections 1 and 10); literal segments stand before ids."""

from typing import Final

from ..messages import Response
from ..routing import Call, Handler, Route
from . import accounts, changes, clusters, models, services, serving
from .envelope import EnvelopeError, restated

INFERENCE: Final = "/api/serverless-infer/v1"
MODELS: Final = "/api/model/v1"
CLUSTERS: Final = "/api/vks/v1"
CENTRES: Final = "/api/aidc/v1"

_TABLE: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("POST", f"{INFERENCE}/deployment", services.create_quick_start),
    ("POST", f"{INFERENCE}/deployment/expert", services.create_expert),
    ("POST", f"{INFERENCE}/deployment/lora", services.create_lora),
    ("GET", f"{INFERENCE}/deployment/list", services.read_all),
    ("PUT", f"{INFERENCE}/deployment/expert/{{serviceId}}", changes.update_expert),
    ("PUT", f"{INFERENCE}/deployment/lora/{{serviceId}}", changes.update_lora),
    ("GET", f"{INFERENCE}/deployment/{{serviceId}}", services.read),
    ("PUT", f"{INFERENCE}/deployment/{{serviceId}}", changes.update_quick_start),
    ("DELETE", f"{INFERENCE}/deployment/{{serviceId}}", changes.delete),
    ("PUT", f"{INFERENCE}/deployment/{{serviceId}}/scale", changes.scale),
    ("POST", f"{INFERENCE}/deployment/{{serviceId}}/cancel", changes.cancel),
    ("POST", f"{MODELS}/create", models.create),
    ("GET", f"{MODELS}/list", models.read_all),
    ("DELETE", f"{MODELS}/{{modelId}}", models.delete),
    ("GET", f"{CENTRES}/list", clusters.read_centres),
    ("GET", f"{CLUSTERS}/{{vksId}}", clusters.read),
)


def _restating(handler: Handler) -> Handler:
    """The handler, whose errors are told as the settings want it."""

    def act(call: Call) -> Response:
        try:
            return handler(call)
        except EnvelopeError as error:
            raise restated(call, error) from error

    return act


ROUTES: Final = (
    *(Route(method, pattern, _restating(handler), accounts.authenticate) for method, pattern, handler in _TABLE),
    *serving.ROUTES,
)
