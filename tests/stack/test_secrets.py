"""Secret values stand nowhere in clear: not in the state, on the screen, in events, errors or the trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import Project, Result

PROGRAM = """
    from pulumi_inference import modelarts

    modelarts.Service(
        "classifier",
        config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "envs": {"BATCH": "8"}}],
        secret_envs={"model-a": {"PASSWORD": "hunter2"}},
    )
"""


class Watch:
    """Runs commands with every log there is, and looks for words that must not be anywhere."""

    def __init__(self, project: Project, folder: Path, *words: str) -> None:
        self._project, self._folder, self._words = project, folder, words
        self._trace = folder / "trace.jsonl"
        project.environment |= {"PULUMI_INFERENCE_TRACE": str(self._trace), "PULUMI_DEBUG_COMMANDS": "true"}

    def run(self, command: str, *arguments: str) -> Result:
        """Runs a method of the project and looks at all that it left behind."""
        log = self._folder / "events.jsonl"
        result: Result = getattr(self._project, command)("--event-log", str(log), *arguments)
        assert log.stat().st_size
        places = {"output": result.text, "events": log.read_text(), "trace": self._trace.read_text()}
        for file in (self._folder / "state").rglob("*"):
            if file.is_file():
                places[str(file)] = file.read_text(errors="replace")
        for place, text in places.items():
            for word in self._words:
                assert word not in text, f"{word} stands in {place} after {command}"
        log.unlink()
        return result


def test_a_secret_variable_stands_nowhere_in_clear(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(PROGRAM)
    watch = Watch(project, tmp_path, "hunter2", "hunter3")
    cloud.deploy_fault("fail")
    assert not watch.run("up").ok
    mended = watch.run("up", "--diff")
    assert mended.ok, mended.text
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "8", "PASSWORD": "hunter2"}
    assert "PASSWORD" not in str(project.only_resource()["inputs"]["config"])
    assert "PASSWORD" not in str(project.only_resource()["outputs"]["config"])

    project.edit("hunter2", "hunter3")
    shown = watch.run("preview", "--diff")
    assert shown.lines("secret_envs", "[secret]"), shown.text
    assert not shown.lines("config:"), "a changed secret is no change of config"
    watch.run("preview", "--json")
    cloud.deploy_fault("fail", phase="update")
    assert not watch.run("up").ok
    assert watch.run("up").ok
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "8", "PASSWORD": "hunter3"}
    assert watch.run("refresh").ok
    assert project.planned() == []


@pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])
def test_a_secret_changed_by_somebody_is_put_back_unseen(
    cloud: Cloud, new_project: NewProject, tmp_path: Path, refresh: bool
) -> None:
    project = new_project(PROGRAM, refresh=refresh)
    watch = Watch(project, tmp_path, "hunter2", "swordfish")
    assert watch.run("up").ok
    cloud.change(config={"model-a": {"envs": {"BATCH": "8", "PASSWORD": "swordfish"}}})

    shown = watch.run("preview", "--diff")
    assert shown.lines("secret_envs", "[secret]"), shown.text
    assert watch.run("up").ok
    assert cloud.only_service()["config"][0]["envs"]["PASSWORD"] == "hunter2"


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_a_password_and_its_token_are_never_logged(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    tokens: list[str] = []
    cloud.before = lambda request: tokens.append(request.headers.get("x-auth-token", ""))
    project = new_project(PROGRAM)
    for name in cloud.credentials:
        project.environment.pop(name)
    project.environment |= cloud.password
    assert project.up().ok
    [token] = {one for one in tokens if one}

    watch = Watch(project, tmp_path, token[:40])
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
            body={"key": pulumi.Output.secret("hunter2")}, expect_json={"body": {"key": "another"}}, attempts=1
        ),
    )
"""


def test_a_smoke_test_that_fails_keeps_the_service_and_its_secrets(
    cloud: Cloud, new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project(SMOKED)
    watch = Watch(project, tmp_path, "hunter2")
    refused = watch.run("up")
    assert not refused.ok
    assert refused.lines("was deployed, but the smoke test (POST /) failed after 1 attempt: expect_json"), refused.text
    assert project.only_resource()["id"] == cloud.only_service()["service_id"]

    service_id = cloud.only_service()["service_id"]
    cloud.change(config=[{"envs": {"KEY": "changed", "MODE": "slow"}}])
    seen = watch.run("preview")
    assert "has not passed its smoke test" in seen.text, seen.text
    assert "hunter4" not in seen.text

    project.edit(', expect_json={"body": {"key": "another"}}', "")
    mended = watch.run("up")
    assert mended.ok, mended.text
    assert cloud.only_service()["service_id"] == service_id
    assert project.planned() == []


def test_a_secret_in_plain_variables_names_where_it_belongs(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(SMOKED)
    shown = project.preview()
    assert shown.ok, shown.text
    (hint,) = [line for line in shown.lines("config[0].envs.KEY is secret") if line.startswith("warning:")]
    assert "the whole of config" in hint
    assert "put secrets into secret_envs" in hint
    assert "hunter4" not in shown.text
