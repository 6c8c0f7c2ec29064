"""The list of models (modelarts.md section 12.2)."""

import pytest

from .cloud import Cloud, error
from .modelcalls import FULL, TEMPLATE_INPUT, new_model


def test_list(cloud: Cloud) -> None:
    new_model(cloud, **FULL)
    answer = cloud.call("GET", "/models").json()
    assert (answer["total_count"], answer["count"]) == (1, 1)
    item = answer["models"][0]
    assert {"model_id", "model_name", "model_version", "model_type", "model_status", "create_at"} <= set(item)
    assert not {"apis", "config", "dependencies", "source_location"} & set(item)


def several(cloud: Cloud) -> None:
    for name, version, kind in (
        ("demo", "1.0.0", "Image"),
        ("demo", "10.0.0", "Image"),
        ("demo", "2.0.0", "Custom"),
        ("my_demo", "1.0.0", "Custom"),
        ("myxdemo", "1.0.0", "Template"),
    ):
        template = {"template_id": "t", "template_inputs": [TEMPLATE_INPUT]}
        new_model(cloud, model_name=name, model_version=version, model_type=kind, template=template, description=name)
        cloud.clock.advance(1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 5),
        ({"model_name": "demo"}, 5),
        ({"model_name": "demo", "exact_match": "true"}, 3),
        ({"model_name": "my_demo"}, 2),
        ({"model_name": "my_demo", "exact_match": "true"}, 1),
        ({"model_version": "1.0.0"}, 3),
        ({"model_status": "publishing"}, 5),
        ({"model_status": "failed"}, 0),
        ({"description": "y_d"}, 1),
        ({"model_type": "Custom"}, 2),
        ({"not_model_type": "Custom"}, 3),
        ({"workspace_id": "0"}, 5),
        ({"workspace_id": "w"}, 0),
    ],
)
def test_filters(cloud: Cloud, query: dict[str, str], found: int) -> None:
    several(cloud)
    answer = cloud.call("GET", "/models", params=query).json()
    assert (answer["total_count"], answer["count"], len(answer["models"])) == (found, found, found)


def test_order(cloud: Cloud) -> None:
    several(cloud)

    def versions(**query: str) -> list[str]:
        items = cloud.call("GET", "/models", params={"model_name": "demo", "exact_match": "true", **query}).json()
        return [item["model_version"] for item in items["models"]]

    assert versions() == versions(sort_by="create_at", order="desc") == ["2.0.0", "10.0.0", "1.0.0"]
    assert versions(order="asc") == ["1.0.0", "10.0.0", "2.0.0"]
    assert versions(sort_by="model_version") == ["10.0.0", "2.0.0", "1.0.0"]
    cloud.admin("POST", "/seed", {"models": [{"model_id": f"m-{size}", "model_size": size} for size in (5, 9, 7)]})
    items = cloud.call("GET", "/models", params={"sort_by": "model_size", "order": "asc"}).json()["models"]
    assert [item["model_size"] for item in items[:3]] == [5, 7, 9]


def test_offset_is_the_index_of_a_page(cloud: Cloud) -> None:
    several(cloud)

    def page(offset: int) -> tuple[int, int, list[str]]:
        answer = cloud.call("GET", "/models", params={"offset": offset, "limit": 2}).json()
        labels = [f"{item['model_name']} {item['model_version']}" for item in answer["models"]]
        return answer["total_count"], answer["count"], labels

    assert page(0) == (5, 2, ["myxdemo 1.0.0", "my_demo 1.0.0"])
    assert page(1) == (5, 2, ["demo 2.0.0", "demo 10.0.0"])
    assert page(2) == (5, 1, ["demo 1.0.0"])
    assert page(3) == (5, 0, [])


@pytest.mark.parametrize(
    "query",
    [
        {"model_type": "Image", "not_model_type": "Custom"},
        {"model_type": "other"},
        {"model_status": "running"},
        {"sort_by": "model_name"},
        {"order": "up"},
        {"exact_match": "1"},
        {"limit": "0"},
        {"offset": "-1"},
    ],
)
def test_wrong_query(cloud: Cloud, query: dict[str, str]) -> None:
    assert error(cloud.call("GET", "/models", params=query)) == (400, "ModelArts.0104")
