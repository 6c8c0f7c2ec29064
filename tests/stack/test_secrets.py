"""Secret values stand nowhere in clear: not in the state, on the screen, in events, errors or the trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import STACK, Project, Result
from tests.support.secrets import Planted

PROGRAM = """
    import os

    from pulumi_inference import modelarts

    modelarts.Service(
        "classifier",
        config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "envs": {"BATCH": "8"}}],
        secret_envs={"model-a": {"PASSWORD": os.environ["SECRET_OF_THE_TEST"]}},
    )
"""

FIRST = 'hunter2/"ä +&2'
SECOND = "hunter3\\%41=3"
FOREIGN_VALUE = "swordfish <&> 'n'"


class Watch:
    """Runs commands with every log there is, and looks for what must not be anywhere, however it is spelled."""

    def __init__(self, project: Project, folder: Path, planted: Planted) -> None:
        self._project, self._folder, self._planted = project, folder, planted
        self._trace = folder / "trace.jsonl"
        project.environment |= {"PULUMI_INFERENCE_TRACE": str(self._trace), "PULUMI_DEBUG_COMMANDS": "true"}

    def run(self, command: str, *arguments: str) -> Result:
        """Runs a method of the project and looks at all that it left behind."""
        log = self._folder / "events.jsonl"
        result: Result = getattr(self._project, command)("--event-log", str(log), *arguments)
        assert log.stat().st_size
        self._look(command, result, log)
        log.unlink()
        return result

    def tell(self, *words: str) -> Result:
        """Runs `pulumi-inference` and looks at all that it left behind."""
        command = [sys.executable, "-m", "pulumi_inference", *words]
        done = subprocess.run(
            command,
            cwd=self._project.folder,
            env=self._project.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        self._look(" ".join(words), result)
        return result

    def export(self) -> None:
        """Looks at the state as it is handed out."""
        self._look("stack export", self._project.run("stack", "export", "--stack", STACK))

    def _look(self, command: str, result: Result, *logs: Path) -> None:
        files = [self._trace, *logs, *(self._folder / "state").rglob("*"), *self._project.folder.rglob("*")]
        places = {str(file): file.read_bytes().decode(errors="replace") for file in files if file.is_file()}
        for place, text in {"output": result.text, **places}.items():
            found = self._planted.found_in(text)
            assert not found, f"{found} stands in {place} after {command}"


def test_a_secret_variable_stands_nowhere_in_clear(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(PROGRAM, environment={"SECRET_OF_THE_TEST": FIRST})
    watch = Watch(project, tmp_path, Planted(first=FIRST, second=SECOND))
    cloud.deploy_fault("fail")
    assert not watch.run("up").ok
    mended = watch.run("up", "--diff")
    assert mended.ok, mended.text
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "8", "PASSWORD": FIRST}
    assert "PASSWORD" not in str(project.only_resource()["inputs"]["config"])
    assert "PASSWORD" not in str(project.only_resource()["outputs"]["config"])

    project.environment["SECRET_OF_THE_TEST"] = SECOND
    shown = watch.run("preview", "--diff")
    assert shown.lines("secret_envs", "[secret]"), shown.text
    assert not shown.lines("config:"), "a changed secret is no change of config"
    watch.run("preview", "--json")
    cloud.deploy_fault("fail", phase="update")
    assert not watch.run("up").ok
    assert watch.run("up").ok
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "8", "PASSWORD": SECOND}
    assert watch.run("refresh").ok
    assert project.planned() == []


@pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])
def test_a_secret_changed_by_somebody_is_put_back_unseen(
    cloud: Cloud, new_project: NewProject, tmp_path: Path, refresh: bool
) -> None:
    project = new_project(PROGRAM, refresh=refresh, environment={"SECRET_OF_THE_TEST": FIRST})
    watch = Watch(project, tmp_path, Planted(first=FIRST, foreign=FOREIGN_VALUE))
    assert watch.run("up").ok
    cloud.change(config={"model-a": {"envs": {"BATCH": "8", "PASSWORD": FOREIGN_VALUE}}})

    shown = watch.run("preview", "--diff")
    assert shown.lines("secret_envs", "[secret]"), shown.text
    assert watch.run("up").ok
    assert cloud.only_service()["config"][0]["envs"]["PASSWORD"] == FIRST


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_a_password_and_its_token_are_never_logged(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    tokens: list[str] = []
    cloud.before = lambda request: tokens.append(request.headers.get("x-auth-token", ""))
    project = new_project(PROGRAM, environment={"SECRET_OF_THE_TEST": FIRST})
    for name in cloud.credentials:
        project.environment.pop(name)
    project.environment |= cloud.password
    assert project.up().ok
    [token] = {one for one in tokens if one}

    watch = Watch(project, tmp_path, Planted(token=token[:40]))
    tokens.clear()
    cloud.fault(method="GET", status=401, error_code="APIG.0301", error_msg="token expires")
    project.edit('"BATCH": "8"', '"BATCH": "16"')
    updated = watch.run("up", "--logtostderr", "-v", "9")
    assert updated.ok, updated.text
    used = {one for one in tokens if one}
    assert len(used) == 2, "a rejected token is replaced once"
    for one in used:
        assert one[:40] not in updated.text
        assert one[:40] not in (tmp_path / "trace.jsonl").read_text()


SMOKED = """
    import os

    import pulumi
    from pulumi_inference import modelarts

    modelarts.Service(
        "classifier",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="model-a",
                specification="modelarts.vm.cpu.2u",
                envs={"KEY": pulumi.Output.secret("hunter4"), "MODE": "fast"},
            )
        ],
        smoke_test=modelarts.SmokeTestArgs(
            body={"key": pulumi.Output.secret(os.environ["SECRET_OF_THE_TEST"])},
            expect_json={"body": {"key": "another"}},
            attempts=1,
        ),
    )
"""


def test_a_smoke_test_that_fails_keeps_the_service_and_its_secrets(
    cloud: Cloud, new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project(SMOKED, environment={"SECRET_OF_THE_TEST": "hunter2-of-the-body"})
    watch = Watch(project, tmp_path, Planted(body="hunter2-of-the-body"))
    refused = watch.run("up")
    assert not refused.ok
    assert refused.lines("was deployed, but the smoke test (POST /) failed after 1 attempt: expect_json"), refused.text
    assert project.only_resource()["id"] == cloud.only_service()["service_id"]

    service_id = cloud.only_service()["service_id"]
    cloud.change(config=[{"envs": {"KEY": "changed", "MODE": "slow"}}])
    seen = watch.run("preview")
    assert "has not passed its smoke test" in seen.text, seen.text
    assert "hunter4" not in seen.text

    project.edit('expect_json={"body": {"key": "another"}},', "")
    mended = watch.run("up")
    assert mended.ok, mended.text
    assert cloud.only_service()["service_id"] == service_id
    assert project.planned() == []


def test_a_secret_in_plain_variables_names_where_it_belongs(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(SMOKED, environment={"SECRET_OF_THE_TEST": "hunter2-of-the-body"})
    shown = project.preview()
    assert shown.ok, shown.text
    (hint,) = [line for line in shown.lines("config[0].envs.KEY is secret") if line.startswith("warning:")]
    assert "the whole of config" in hint
    assert "put secrets into secret_envs" in hint
    assert "hunter4" not in shown.text


EVERYWHERE = """
    import pulumi
    from pulumi_inference import modelarts

    secrets = pulumi.Config()

    service = modelarts.Service(
        "classifier",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="model-a",
                specification="modelarts.vm.cpu.2u",
                envs={"KEY": secrets.require_secret("key"), "MODE": "fast"},
            )
        ],
        secret_envs={"model-a": {"PASSWORD": secrets.require_secret("password")}},
        smoke_test=modelarts.SmokeTestArgs(
            body={"key": secrets.require_secret("body")}, headers={"x-mine": secrets.require_secret("header")}
        ),
    )
    pulumi.export("id", service.service_id)
"""

IN_THE_PROGRAM = {
    "key": 'open/"sesame" +&=1',
    "password": "hunter2\\ä%20 #2",
    "body": "the body's <own> word 3",
    "header": "head/er of mine+4",
}


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_planted_secrets_are_in_no_output_of_any_command(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    security_token = "temporary/security+token==5"
    project = new_project(EVERYWHERE, environment={"HW_SECURITY_TOKEN": security_token})
    for name, secret in IN_THE_PROGRAM.items():
        assert project.run("config", "set", "--secret", name, "--stack", STACK, "--", secret).ok
    planted = Planted(secret_key=project.environment["HW_SECRET_KEY"], security_token=security_token, **IN_THE_PROGRAM)
    watch = Watch(project, tmp_path, planted)

    assert watch.run("preview", "--diff").ok
    cloud.fault(method="POST", status=400, error_code="ModelArts.0104", error_msg=f"bad: {IN_THE_PROGRAM['key']}")
    assert "bad: [secret]" in watch.run("up").text
    cloud.deploy_fault("fail")
    assert not watch.run("up").ok
    done = watch.run("up")
    assert done.ok, done.text
    [item] = cloud.only_service()["config"]
    assert item["envs"] == {"KEY": IN_THE_PROGRAM["key"], "PASSWORD": IN_THE_PROGRAM["password"], "MODE": "fast"}
    service_id = cloud.only_service()["service_id"]

    elsewhere = {"KEY": "key of the console /6", "PASSWORD": "password of the console +7", "MODE": "slow"}
    planted.add("console key", elsewhere["KEY"])
    planted.add("console password", elsewhere["PASSWORD"])
    cloud.change(config={"model-a": {"envs": elsewhere}})
    watch.run("preview", "--diff")
    watch.run("preview", "--json")
    watch.run("refresh")
    watch.export()
    found, other = tmp_path / "found.json", "other"  # the stack itself has the service already
    assert project.run("stack", "init", other, "--no-select").ok
    for words in (
        ("status", "--stack", STACK, "--records"),
        ("status", "--stack", STACK, "--json"),
        ("doctor", "--stack", STACK),
        ("modelarts", "services", "--stack", STACK, "--json"),
        ("invoke", "modelarts", service_id, "--stack", STACK, "-d", "{}"),
        ("invoke", "modelarts", service_id, "--stack", STACK, "-d", "{}", "--stream"),
        ("import", "modelarts", "service", service_id, "--stack", other, "--file", str(found)),
    ):
        told = watch.tell(*words)
        assert "Traceback" not in told.text
    assert found.stat().st_mode & 0o077 == 0, "the import file has them, for its owner"
    mended = watch.run("up", "--diff")
    assert mended.ok, mended.text
    assert watch.run("destroy").ok
    watch.export()
    assert (tmp_path / "trace.jsonl").stat().st_mode & 0o077 == 0
