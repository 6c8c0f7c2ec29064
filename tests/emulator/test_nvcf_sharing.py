"""Sharing functions of NVCF with other accounts."""

from typing import Any

import pytest

from .nvcfcloud import ACCOUNT, UNKNOWN, Nvcf, path_of, problem


def parties(*accounts: str) -> dict[str, Any]:
    return {"authorizedParties": [{"ncaId": account} for account in accounts]}


def party(account: str) -> dict[str, Any]:
    return {"authorizedParty": {"ncaId": account}}


def of_function(function: dict[str, Any]) -> str:
    return f"/authorizations/functions/{function['id']}"


def of_version(function: dict[str, Any]) -> str:
    return f"/authorizations{path_of(function)}"


def accounts(answer: dict[str, Any]) -> list[str]:
    return sorted(one["ncaId"] for one in answer["authorizedParties"])


def test_a_post_replaces_what_was_there(nvcf: Nvcf) -> None:
    function = nvcf.create()
    assert nvcf.ok("GET", of_version(function))["function"]["authorizedParties"] == []
    nvcf.ok("POST", of_function(function), parties("a"))
    answer = nvcf.ok("POST", of_function(function), parties("b", "c"))["function"]
    assert {name: answer[name] for name in ("id", "ncaId")} == {"id": function["id"], "ncaId": ACCOUNT}
    assert "versionId" not in answer
    assert accounts(answer) == ["b", "c"]


def test_both_levels(nvcf: Nvcf) -> None:
    first = nvcf.create()
    nvcf.ok("POST", of_function(first), parties("a"))
    answer = nvcf.ok("POST", of_version(first), parties("b"))["function"]
    assert (answer["versionId"], accounts(answer)) == (first["versionId"], ["b"])
    second = nvcf.create_version(first)
    found = nvcf.ok("GET", of_function(first))["functions"]
    assert [(one["versionId"], accounts(one)) for one in found] == [
        (first["versionId"], ["a", "b"]),
        (second["versionId"], ["a"]),
    ]
    nvcf.ok("POST", of_function(first), parties("c"))
    assert accounts(nvcf.ok("GET", of_version(second))["function"]) == ["c"]
    gone = nvcf.ok("DELETE", of_function(first))["function"]
    assert "authorizedParties" not in gone
    assert accounts(nvcf.ok("GET", of_version(first))["function"]) == ["b"]
    assert accounts(nvcf.ok("GET", of_version(second))["function"]) == []


@pytest.mark.parametrize("where", [of_function, of_version])
def test_add_and_remove(nvcf: Nvcf, where: Any) -> None:
    function = nvcf.create()
    path = where(function)
    for verb in ("add", "remove"):
        detail = problem(nvcf.call("PATCH", f"{path}/{verb}", party("a")), 404)
        assert detail.endswith(": Does not have any authorized parties to be patched")
    nvcf.ok("POST", path, parties("a"))
    assert accounts(nvcf.ok("PATCH", f"{path}/add", party("b"))["function"]) == ["a", "b"]
    assert "already authorized" in problem(nvcf.call("PATCH", f"{path}/add", party("b")), 409)
    assert "is not an authorized party" in problem(nvcf.call("PATCH", f"{path}/remove", party("c")), 404)
    assert accounts(nvcf.ok("PATCH", f"{path}/remove", party("a"))["function"]) == ["b"]
    assert accounts(nvcf.ok("PATCH", f"{path}/remove", party("b"))["function"]) == []
    problem(nvcf.call("PATCH", f"{path}/add", party("a")), 404)


def test_what_cannot_be_shared(nvcf: Nvcf) -> None:
    function = nvcf.create()
    path = of_function(function)
    name = f"Function id '{function['id']}'"
    for body, text in (
        (parties("*"), f"{name}: Only NVIDIA Super Admin can make a function public"),
        (parties("a", "a"), "Invalid request: Duplicate authorized accounts specified"),
        (parties("a", "*"), "with wildcard account"),
        (parties(), "must not be empty"),
        ({}, "must not be null"),
        (parties(" "), "must not be blank"),
        (parties(ACCOUNT), f"Authorized party mapped to account '{ACCOUNT}' is invalid"),
    ):
        assert text in problem(nvcf.call("POST", path, body), 400)
    nvcf.ok("POST", path, parties("a"))
    for verb in ("add", "remove"):
        answer = nvcf.call("PATCH", f"{path}/{verb}", party("*"))
        assert problem(answer, 400) == f"{name}: Invalid authz account '*' specified for {verb} operation"
    nvcf.admin("PUT", f"/nvcf{path}", {"accounts": ["*"]})
    for verb, method, tail, body in (
        ("create", "POST", "", parties("a")),
        ("add", "PATCH", "/add", party("a")),
        ("remove", "PATCH", "/remove", party("a")),
        ("delete", "DELETE", "", None),
    ):
        text = f"{name}: Cannot {verb} authorized parties for public function"
        assert problem(nvcf.call(method, f"{path}{tail}", body), 400) == text


def test_unknown_accounts(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.settings(strict_accounts=True)
    assert "'acme-1' is invalid" in problem(nvcf.call("POST", of_function(function), parties("acme-1")), 400)
    nvcf.admin("POST", "/seed", {"nvcf.accounts": [{"org": "acme", "ncaId": "acme-1"}]})
    nvcf.ok("POST", of_function(function), parties("acme-1"))


def test_unknown_functions(nvcf: Nvcf) -> None:
    function = nvcf.create()
    assert "Not found in account" in problem(nvcf.call("GET", f"/authorizations/functions/{UNKNOWN}"), 404)
    other = path_of({**function, "versionId": UNKNOWN})
    assert f"version '{UNKNOWN}': Not found" in problem(nvcf.call("DELETE", f"/authorizations{other}"), 404)


def test_a_key_without_the_resource(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.sign_in(nvcf.key(resources=[f"function:{UNKNOWN}/*"]))
    assert "Forbidden to get authorized party" in problem(nvcf.call("GET", of_version(function)), 403)
    assert "Forbidden to create authorized party" in problem(nvcf.call("POST", of_version(function), parties("a")), 403)
    assert nvcf.ok("GET", of_function(function)) == {"functions": []}
