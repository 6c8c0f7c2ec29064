"""The comment of a project as `init` writes it, through its life: written, edited, and never left as it was."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.forges import TOKEN, stand_in
from tests.support.patience import PATIENCE
from tests.support.shell import reader_environment, shell

MARKER = "<!-- pulumi-inference review: serving/dev -->"


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_program_that_breaks_takes_back_what_the_comment_said(kind: str, tmp_path: Path, engine: Path) -> None:
    environment = reader_environment(engine, tmp_path / "state")
    shell("pulumi-inference init modelarts serving --emulator", tmp_path, environment)
    folder = tmp_path / "serving"
    shell("pulumi stack init dev\npulumi up --yes --skip-preview --non-interactive", folder, environment)
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 12}}))

    with stand_in(kind) as server:
        environment |= {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/fleet",
            "GITHUB_API_URL": server.url,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": f"{server.url}/api/v4",
            "CI_PROJECT_ID": "4711",
            "CI_MERGE_REQUEST_IID": "12",
        }

        def review(*words: str) -> tuple[int, str]:
            """Exit code and the one comment."""
            command = ["pulumi-inference", "review", "--post", kind, *words]
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            assert TOKEN not in done.stdout + done.stderr
            [body] = server.bodies()
            assert body.startswith(f"{MARKER}\n"), done.stderr
            assert body == done.stdout
            return done.returncode, body

        code, body = review()
        assert code == 0 and "serving/dev: no change" in body and "live state read, no drift" in body

        program = folder / "__main__.py"
        text = program.read_text()
        program.write_text(text.replace("instance_count=1", "instance_count=3"))
        code, body = review("--stack", "dev")
        assert code == 2 and "instance count 1 → 3" in body

        for broken in ("def (", f"{text}\nraise RuntimeError('on purpose')\n"):
            program.write_text(broken)
            code, body = review()
            assert code == 1 and "serving/dev: the preview failed" in body
            assert "no change" not in body

        program.write_text(text)
        environment["PULUMI_BACKEND_URL"] = f"file://{tmp_path / 'nowhere'}"
        code, body = review("--stack", "dev")
        assert code == 1 and "serving/dev: the preview failed" in body
