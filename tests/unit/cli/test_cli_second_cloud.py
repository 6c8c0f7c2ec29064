"""Commands and a cloud that they know by its descriptor only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_inference import clouds
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.support.toyland import CLOUD, ENDPOINT, MARBLES, MarbleProvider, open_toyland
from tests.unit.cli.conftest import Deploy, Run, Status
from tests.unit.cli.test_cli_status import document, rows
from tests.unit.cli.test_cli_status_watch import Patience

IMPORT = ("import", "toyland", "marble")


@pytest.fixture(autouse=True)
def toyland(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a second cloud."""
    open_toyland(monkeypatch)


@pytest.fixture
def account(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its account is set."""
    monkeypatch.setenv("TOYLAND_API_KEY", "toy-key-1")
    monkeypatch.setenv("TOYLAND_ORG", "acme")


def checks(run: Run) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)["checks"]}


def configure(fake_pulumi: Callable[[str], Path], *, key: str = "", **sections: dict[str, str]) -> None:
    """The stack's configuration: a key of Toyland, and named connections."""
    values = {"inference:connections": {"objectValue": sections}, "inference:toylandApiKey": {"value": key}}
    config = json.dumps(values)
    fake_pulumi(f"case \"$1\" in version) echo v3.259.0 ;; stack) echo dev ;; *) echo '{config}' ;; esac")


def add(state: State, name: str, thing: str) -> None:
    state.add(name, thing, "Marble", cloud="toyland", endpoint=ENDPOINT)


@pytest.mark.usefixtures("account")
def test_status_shows_what_a_detail_says(state: State, status: Status, deploy: Deploy) -> None:
    MARBLES["m-1"] = {"name": "one", "status": "rolling", "progress": 40}
    MARBLES["m-2"] = {"name": "two", "status": "broken", "problem": "two has a crack"}
    MARBLES["m-3"] = {"name": "three", "status": "leaving"}
    MARBLES["m-5"] = {"name": "five"}
    for number in range(1, 6):
        add(state, f"marble-{number}", f"m-{number}")
    state.begin("next", "Marble", cloud="toyland", endpoint=ENDPOINT)
    state.add("classifier", deploy())
    result = status("--events", "0")
    assert result.exit_code == 0, result.output
    seen = rows(result.stdout)
    assert {name: row[:2] for name, row in seen.items()} == {
        "RESOURCE": ["KIND", "STATE"],
        "classifier": ["Service", "running"],
        "marble-1": ["Marble", "rolling 40 %"],
        "marble-2": ["Marble", "broken"],
        "marble-3": ["Marble", "leaving"],
        "marble-4": ["Marble", "gone"],
        "marble-5": ["Marble", "ready"],
        "next": ["Marble", "creating"],
    }
    assert seen["classifier"][2] == "2 of 2"
    assert "marble-2 (m-2)\n  error: two has a crack\n" in result.stdout


@pytest.mark.usefixtures("account")
def test_status_says_what_could_not_be_asked(state: State, status: Status) -> None:
    MARBLES["m-1"] = {"trouble": "the wind blows\n  from the west"}
    MARBLES["m-2"] = {"name": "two", "status": "round"}
    add(state, "one", "m-1")
    add(state, "two", "m-2")
    result = status()
    assert result.exit_code == 1
    assert [row[1] for row in list(rows(result.stdout).values())[1:]] == ["unknown", "round"]
    assert result.stdout.endswith("one (m-1)\n  not known: the wind blows\n    from the west\n")


@pytest.mark.usefixtures("account")
def test_status_as_json(state: State, status: Status) -> None:
    MARBLES["m-1"] = {"name": "one", "status": "broken", "problem": "a crack"}
    add(state, "one", "m-1")
    assert document(status("--json"))["resources"] == [
        {
            "name": "one",
            "kind": "toyland.Marble",
            "urn": "urn:pulumi:dev::trial::pulumi-python:dynamic/toyland:Marble::one",
            "is_replaced": False,
            "state": "broken",
            "id": "m-1",
            "progress": None,
            "error_msg": "a crack",
            "instances": {"running": None, "wanted": None},
            "events": [],
            "problems": [],
        }
    ]


@pytest.mark.usefixtures("account")
def test_each_look_asks_anew(state: State, status: Status) -> None:
    MARBLES["m-1"] = {"name": "one", "status": "rolling"}
    add(state, "one", "m-1")
    result = status("--watch", "--json", obj=Patience(2, lambda: MARBLES["m-1"].update(status="still")))
    looks = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["resources"][0]["state"] for one in looks] == ["rolling", "still"]


@pytest.mark.usefixtures("account")
def test_import_writes_entry_and_program(project: Path, run: Run) -> None:
    MARBLES["m-1"] = {"name": "Round-1", "status": "still", "colour": "red", "size": 1}
    result = run(*IMPORT, "m-1", "--name", "first")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "from pulumi_inference import toyland\n\n"
        'first = toyland.Marble(\n    "first",\n    name="Round-1",\n    colour="red",\n)\n'
    )
    [entry] = json.loads((project / "import.json").read_text())["resources"]
    provider = {"__provider": serialize_provider(MarbleProvider())}
    inputs = {"name": "Round-1", "colour": "red", "size": 1, "endpoint": ENDPOINT}
    assert entry == {
        "type": "pulumi-python:dynamic/toyland:Marble",
        "name": "first",
        "id": "m-1",
        "inputs": {**inputs, **provider},
        "outputs": {**inputs, "marble_id": "m-1", "status": "still", "schema_version": 1, **provider},
    }


@pytest.mark.usefixtures("account")
def test_import_of_all_that_a_filter_lets_through(project: Path, run: Run) -> None:
    MARBLES["m-1"] = {"name": "one", "status": "still", "colour": "red"}
    MARBLES["m-2"] = {"name": "two", "status": "still", "colour": "blue"}
    MARBLES["m-3"] = {"name": "three", "status": "broken", "colour": "red", "problem": "three has a crack"}
    result = run(*IMPORT, "--all", "--filter", "colour=red")
    assert result.exit_code == 0, result.output
    assert [one["name"] for one in json.loads((project / "import.json").read_text())["resources"]] == ["one"]
    assert "skipped: three has a crack" in result.stderr
    wrong = run(*IMPORT, "--all", "--filter", "size=1", "--force")
    assert "KEY one of colour" in wrong.stderr


@pytest.mark.usefixtures("account")
def test_import_of_what_is_not_there_says_where_it_asked(run: Run) -> None:
    result = run(*IMPORT, "m-1")
    assert result.exit_code == 1
    assert "Error: there is no marble m-1" in result.stderr
    assert f"Asked were the organisation acme at {ENDPOINT}; check the id and the settings." in result.stderr


def test_import_offers_what_the_kind_has(run: Run) -> None:
    told = run(*IMPORT, "--help").stdout
    assert "All marbles of the account." in " ".join(told.split())
    assert "secret" not in told
    assert run("import", "toyland", "bag", "b-1").exit_code == 2
    assert "toyland    Toyland." in run("import", "--help").stdout


def test_doctor_asks_a_section_of_the_cloud_that_it_fits(
    project: Path, run: Run, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    second = {"region": "r", "endpoint": embedded_cloud.endpoint}
    configure(fake_pulumi, marbles={"apiKey": "toy-key-1", "org": "acme"}, second=second)
    found = checks(run)
    assert [name for name in found if name.startswith(("modelarts", "toyland"))] == [
        "modelarts second credentials",
        "modelarts second request",
        "toyland marbles credentials",
        "toyland marbles request",
    ]
    assert found["toyland marbles request"]["status"] == "ok"
    assert found["toyland marbles request"]["detail"] == f"counted marbles of organisation acme at {ENDPOINT}"
    assert "toy-key-1" not in json.dumps(found)


def test_doctor_asks_every_cloud_that_a_section_fits(
    project: Path, run: Run, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    configure(fake_pulumi, key="toy-key-1", both={"endpoint": embedded_cloud.endpoint})
    found = checks(run)
    requests = [name for name, one in found.items() if name.endswith("request") and one["status"] == "ok"]
    assert requests == ["modelarts both request", "toyland request", "toyland both request"]


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ({"colour": "red"}, "modelarts odd credentials"),
        ({"region": "r", "org": "acme", "apiKey": "k"}, "toyland odd credentials"),
    ],
)
def test_doctor_tells_once_of_a_section_that_fits_no_cloud(
    project: Path, run: Run, fake_pulumi: Callable[[str], Path], section: dict[str, str], name: str
) -> None:
    configure(fake_pulumi, odd=section)
    found = {each: one for each, one in checks(run).items() if " odd " in each}
    assert list(found) == [name]
    assert found[name]["status"] == "failed"
    assert "connection 'odd': unknown setting" in found[name]["detail"]


def test_doctor_says_of_each_cloud_what_to_set_first(elsewhere: Path, run: Run) -> None:
    found = checks(run)["modelarts or toyland"]
    assert found["detail"] == "is not configured, and no other cloud is"
    first, second = found["fix"].splitlines()
    assert first.startswith("pulumi config set inference:modelartsRegion cn-north-4 (or set HW_REGION_NAME), then")
    assert second.startswith("or pulumi config set --secret inference:toylandApiKey KEY (or set TOYLAND_API_KEY), then")
    assert "pulumi config set inference:toylandEndpoint emulator:emulator.db" in second


@pytest.fixture
def only_toyland(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clouds that can be started with are settled when the command line loads; here the one is the other."""
    monkeypatch.setattr(clouds, "cloud", lambda _name: CLOUD)


@pytest.mark.usefixtures("only_toyland")
def test_init_for_an_account_of_a_cloud_without_regions(elsewhere: Path, run: Run) -> None:
    result = run("init", "modelarts", "--name", "bag")
    assert result.exit_code == 0, result.output
    project = yaml.safe_load((elsewhere / "Pulumi.yaml").read_text())
    assert (project["description"], "config" in project) == ("Marbles", False)
    assert (elsewhere / "__main__.py").read_text() == "marbles of my own\n"
    assert "A marble, for an account.\n" in (elsewhere / "README.md").read_text()
    assert "  pulumi config set --secret inference:toylandApiKey\n  pulumi up\n" in result.stdout


@pytest.mark.usefixtures("only_toyland")
def test_init_on_the_emulator_of_a_cloud_without_regions(elsewhere: Path, run: Run) -> None:
    assert run("init", "modelarts", "--emulator").exit_code == 0
    project = yaml.safe_load((elsewhere / "Pulumi.yaml").read_text())
    assert project["config"] == {"inference:toylandEndpoint": {"value": "emulator:emulator.db"}}
    assert (elsewhere / "__main__.py").read_text() == "marbles of nobody\n"
    change = "To deploy to a real account, remove `inference:toylandEndpoint` from `Pulumi.yaml`, and set"
    assert change in (elsewhere / "README.md").read_text()


@pytest.mark.usefixtures("only_toyland")
def test_init_in_a_region_of_a_cloud_without_regions(elsewhere: Path, run: Run) -> None:
    result = run("init", "modelarts", "--region", "cn-north-4")
    assert result.exit_code == 2
    assert "has no regions" in result.stderr


def test_validate_names_the_kinds_of_all_clouds(elsewhere: Path, run: Run) -> None:
    (elsewhere / "bag.yaml").write_text("kind: toyland.Marbl\nspec: {}\n")
    result = run("validate", "bag.yaml")
    assert "toyland.Marble, toyland.Bag; did you mean `toyland.Marble`?" in result.stdout
    (elsewhere / "bag.yaml").write_text("kind: toyland.Marble\nspec: {size: big}\n")
    assert "size: must be" in run("validate", "bag.yaml").stdout
