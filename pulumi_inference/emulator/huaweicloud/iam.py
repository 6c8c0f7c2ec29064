"""Identity: tokens and projects (modelarts.md sections 1 and 2)."""

from typing import Any

from ..messages import ApiError, Response, json_response, parse_json
from ..routing import Call, Route
from . import gateway, tokens
from .accounts import DOMAIN, DOMAIN_ID, PASSWORD, REGIONS, USER, USER_ID, project_id_of, stable_id


class IamError(ApiError):
    """An error in IAM's own envelope."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(status, message)
        self.title = title

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002  IAM does not answer it in the body
        """The JSON body of the answer."""
        return {"error": {"code": self.status, "message": self.message, "title": self.title}}


def authenticate(call: Call) -> None:
    """For IAM's own calls: a signature, or a token of any scope."""
    if "authorization" in call.request.headers:
        gateway.authenticate(call)
        return
    token = tokens.find(call, call.request.headers.get("x-auth-token", ""))
    if token is None or call.now >= token.expires_at:
        raise _unauthorized("The request you have made requires authentication.")


def create_token(call: Call) -> Response:
    """``POST /v3/auth/tokens``."""
    auth = _section(_json_object(call.request.body), "auth")
    identity = _section(auth, "identity")
    _check_methods(identity)
    user = _section(_section(identity, "password"), "user")
    given = (_text(user, "name"), _text(user, "password"), _text(_section(user, "domain"), "name"))
    if given != (USER, PASSWORD, DOMAIN):
        raise _unauthorized("The username or password is wrong.")
    project = _project(auth)
    value, token = tokens.issue(call, project["id"] if project else None)
    body = _token_body(call, token, identity["methods"], project)
    return json_response({"token": body}, 201, {"X-Subject-Token": value})


def list_projects(call: Call) -> Response:
    """``GET /v3/projects``; a name that is asked for always exists."""
    name = call.request.query_value("name")
    names = (name,) if name else REGIONS
    projects = [
        {
            "id": project_id_of(item),
            "name": item,
            "domain_id": DOMAIN_ID,
            "parent_id": DOMAIN_ID,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"{_origin(call)}/v3/projects/{project_id_of(item)}"},
        }
        for item in names
    ]
    links = {"self": f"{_origin(call)}/v3/projects", "next": None, "previous": None}
    return json_response({"projects": projects, "links": links})


def list_domains(call: Call) -> Response:
    """``GET /v3/auth/domains``: the account itself."""
    domain = {"id": DOMAIN_ID, "name": DOMAIN, "enabled": True, "description": ""}
    return json_response({"domains": [domain], "links": {"self": f"{_origin(call)}/v3/auth/domains"}})


ROUTES = (
    Route("POST", "/v3/auth/tokens", create_token),
    Route("GET", "/v3/auth/domains", list_domains, authenticate),
    Route("GET", "/v3/projects", list_projects, authenticate),
)


def _unauthorized(message: str) -> IamError:
    return IamError(401, "Unauthorized", message)


def _bad_request(message: str) -> IamError:
    return IamError(400, "Bad Request", message)


def _origin(call: Call) -> str:
    return f"{call.request.scheme}://{call.request.host}"


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        document = parse_json(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _bad_request("The request body is not a JSON object.")
    return document


def _section(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise _bad_request(f"Expecting to find {name} in the request body, it must be an object.")
    return value


def _text(parent: dict[str, Any], name: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str) or not value:
        raise _bad_request(f"Expecting to find {name} in the request body, it must be a string.")
    return value


def _check_methods(identity: dict[str, Any]) -> None:
    methods = identity.get("methods")
    if methods not in (["password"], ["password", "totp"]):
        raise _bad_request('identity.methods must be ["password"] or ["password","totp"].')
    if "totp" in methods:
        user = _section(_section(identity, "totp"), "user")
        _text(user, "id")
        _text(user, "passcode")


def _project(auth: dict[str, Any]) -> dict[str, str] | None:
    """The project of the scope; None for the scope of a domain and for none at all."""
    scope = auth.get("scope")
    if scope is None:
        return None
    if not isinstance(scope, dict):
        raise _bad_request("scope must be an object.")
    if "project" in scope:
        project = _section(scope, "project")
        if project.get("id"):
            wanted = _text(project, "id")
            return {"id": wanted, "name": next((name for name in REGIONS if project_id_of(name) == wanted), wanted)}
        name = _text(project, "name")
        return {"id": project_id_of(name), "name": name}
    domain = _section(scope, "domain")
    if domain.get("name") != DOMAIN and domain.get("id") != DOMAIN_ID:
        raise _unauthorized("The domain of the scope is not that of the user.")
    return None


def _token_body(call: Call, token: tokens.Token, methods: list[str], project: dict[str, str] | None) -> dict[str, Any]:
    domain = {"id": DOMAIN_ID, "name": DOMAIN}
    body: dict[str, Any] = {
        "expires_at": tokens.iso_time(token.expires_at),
        "issued_at": tokens.iso_time(call.now),
        "methods": methods,
        "roles": [{"id": "0", "name": "te_admin"}],
        "user": {"id": USER_ID, "name": USER, "domain": domain, "password_expires_at": ""},
    }
    body |= {"project": {**project, "domain": domain}} if project else {"domain": domain}
    if call.request.query_value("nocatalog") is None:
        endpoint = {"id": stable_id("endpoint"), "interface": "public", "region": "*", "region_id": "*"}
        url = f"{_origin(call)}/v1/{token.project_id or ''}"
        body["catalog"] = [
            {
                "id": stable_id("service"),
                "name": "modelarts",
                "type": "modelarts",
                "endpoints": [{**endpoint, "url": url}],
            }
        ]
    return body
