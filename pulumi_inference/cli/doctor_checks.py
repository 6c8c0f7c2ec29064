"""What `pulumi-inference doctor` looks at, one function for each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_inference import clouds
from pulumi_inference.cli.check import Check
from pulumi_inference.cli.distribution import NAME as DISTRIBUTION
from pulumi_inference.cli.distribution import how_to_install
from pulumi_inference.cli.doctor_project import check_project, check_stack
from pulumi_inference.cli.programs import run
from pulumi_inference.cli.project import Settings, check_keys, context_of, read_project, read_settings
from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.engine.project import project_file

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.connections import Connection, Connections
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.settings import Settings as CloudSettings

OLDEST_ENGINE = (3, 259, 0)
INSTALL_PULUMI = "install Pulumi, https://www.pulumi.com/docs/iac/download-install/, and put it on PATH"
PULUMIS_HOST = "127.0.0.1"

_PROBE = (
    "import importlib.metadata as m, json; "
    "print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions() if d.metadata['Name']}))"
)


def run_checks(stack: str | None) -> list[Check]:
    """All checks, in the order in which their failures are to be put right."""
    project = check_project()
    checks = [_engine(), _language_host(), *(_python() if project.status != "failed" else ()), *_proxy(), project]
    if project.status == "failed":
        return checks
    try:
        settings = read_settings(stack)
    except ConfigurationError as error:
        return [*checks, Check("settings", "failed", error.headline(), " ".join(error.lines()) or None)]
    checks.append(_settings(settings))
    if settings.root is not None and not settings.note:
        checks.append(check_stack(stack, settings.root))
    return [*checks, *_clouds(settings)]


def _engine() -> Check:
    program = shutil.which("pulumi")
    if program is None:
        return Check("engine", "failed", "pulumi is not on PATH", INSTALL_PULUMI)
    said = _output([program, "version"])
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", said or "")
    if found is None:
        return Check("engine", "failed", f"{program} does not tell its version", INSTALL_PULUMI)
    oldest = ".".join(map(str, OLDEST_ENGINE))
    if tuple(map(int, found.groups())) < OLDEST_ENGINE:
        return Check("engine", "failed", f"pulumi {found[0]} is too old, {oldest} is needed", INSTALL_PULUMI)
    return Check("engine", "ok", f"pulumi {found[0]} ({program})")


def _language_host() -> Check:
    program = shutil.which("pulumi-language-python")
    if program is None:
        return Check("language host", "failed", "pulumi-language-python is not on PATH", f"{INSTALL_PULUMI}, whole")
    return Check("language host", "ok", program)


def _python() -> Iterator[Check]:
    """The Python that runs the program, and the packages in it."""
    python = _program_python()
    said = _output([str(python), "-c", _PROBE])
    if said is None:
        yield Check(
            "python", "failed", f"{python} does not run", "make the project's virtual environment: pulumi install"
        )
        return
    versions: dict[str, str] = json.loads(said)
    yield Check("python", "ok", str(python))
    ours = versions.get(DISTRIBUTION)
    install = how_to_install(str(python))
    if ours is None:
        yield Check(DISTRIBUTION, "failed", f"is not installed in {python}", install)
    elif ours != metadata.version(DISTRIBUTION):
        this = metadata.version(DISTRIBUTION)
        yield Check(DISTRIBUTION, "failed", f"{ours} there, but this command is {this}", install)
    else:
        yield Check(DISTRIBUTION, "ok", ours)
    yield _sdk(versions.get("pulumi"), python)


def _sdk(version: str | None, python: Path) -> Check:
    required = next(one for one in metadata.requires(DISTRIBUTION) or [] if re.match(r"pulumi\b(?!-)", one))
    install = f"{python} -m pip install '{required}'"
    if version is None:
        return Check("pulumi SDK", "failed", "is not installed", install)
    limits = dict(re.findall(r"(>=|<)\s*([\d.]+)", required))
    if not _numbers(limits[">="]) <= _numbers(version) < _numbers(limits["<"]):
        return Check("pulumi SDK", "failed", f"{version} is not supported", install)
    return Check("pulumi SDK", "ok", version)


def _program_python() -> Path:
    """As the language host finds it: the project's virtual environment, else that of the variable, else ours."""
    file = project_file()
    runtime = read_project(file).get("runtime") if file else None
    options = runtime.get("options") if isinstance(runtime, dict) else None
    options = options or {}
    folder = options.get("virtualenv") or (".venv" if options.get("toolchain") == "uv" else None)
    if file is not None and folder:
        return file.parent / folder / "bin" / "python"
    named = os.environ.get("PULUMI_RUNTIME_VIRTUALENV")
    return Path(named) / "bin" / "python" if named else Path(sys.executable)


def _proxy() -> Iterator[Check]:
    """Whether a proxy stands between Pulumi's own processes: they talk by gRPC, which reads the lower-case names."""
    from pulumi_inference.core.http.proxies import direct_hosts

    environ = os.environ
    proxies = [name for name in ("grpc_proxy", "https_proxy", "http_proxy") if environ.get(name)]
    if not proxies:
        return
    direct = environ.get("no_grpc_proxy") or environ.get("no_proxy") or ""
    if any(one.covers(PULUMIS_HOST, None) for one in direct_hosts(direct)[0] if one.name != "*"):
        yield Check("proxy", "ok", f"{', '.join(proxies)}, but not for {PULUMIS_HOST}")
        return
    more = f"{direct},{PULUMIS_HOST}" if direct else PULUMIS_HOST
    yield Check(
        "proxy",
        "failed",
        f"{proxies[0]} is set, and Pulumi's own processes cannot reach one another by a proxy",
        f"except {PULUMIS_HOST}, by the variable in lower case: export no_proxy={more}",
    )


def _settings(settings: Settings) -> Check:
    return Check("settings", "skipped" if settings.note else "ok", settings.note or f"from {settings.source}")


def _clouds(settings: Settings) -> Iterator[Check]:
    """Of each cloud the default connection, when anything is set for it, and every named one that it fits."""
    context = context_of(settings)
    known = {name: _settings_of(name) for name in clouds.CLOUDS}
    try:
        sections = context.environment.configuration.connections()
    except ConfigurationError as error:
        yield Check("connections", "failed", error.headline())
        sections = {}
    else:
        yield from _keys(settings, context)
    owners = {section: _owners(known, values) for section, values in sections.items()}
    asked: list[tuple[str, str | None]] = []
    for cloud, one in known.items():
        asked += [(cloud, None)] if one.resolve(context.environment).values else []
        asked += [(cloud, section) for section in sections if cloud in owners[section]]
    if not asked:
        yield _unconfigured(known)
    for cloud, name in asked:
        yield from _connection(context, cloud, name)


def _keys(settings: Settings, context: Context) -> Iterator[Check]:
    try:
        check_keys(settings, context)
    except ConfigurationError as error:
        yield Check("keys", "failed", error.headline(), error.next_step)


def _settings_of(cloud: str) -> CloudSettings:
    settings: CloudSettings = clouds.load(clouds.cloud(cloud).settings)
    return settings


def _owners(known: Mapping[str, CloudSettings], section: Mapping[str, str]) -> list[str]:
    """The clouds that a named connection can be one of; when there is none, the one that says best what is wrong."""
    fitting = [cloud for cloud, settings in known.items() if settings.fits(section)]
    return fitting or [max(known, key=lambda cloud: len(section.keys() & {one.section_key for one in known[cloud]}))]


def _unconfigured(known: Mapping[str, CloudSettings]) -> Check:
    advice = "\nor ".join(
        f"{settings.how_to_set(*settings.first)}, then the credentials; "
        f"or, without an account: {settings.how_to_set('endpoint', 'emulator:emulator.db')}"
        for settings in known.values()
    )
    return Check(" or ".join(known), "failed", "is not configured, and no other cloud is", advice)


def _connection(context: Context, cloud: str, name: str | None) -> Iterator[Check]:
    label = f"{cloud} {name}" if name else cloud
    connections: Connections[Any] = clouds.load(clouds.cloud(cloud).connections)
    try:
        connection = connections.today(context, name)
    except InferenceError as error:
        yield Check(f"{label} credentials", "failed", error.headline(), "\n".join(error.lines()) or None)
        return
    origins = [f"{field} from {origin}" for field, origin in connection.settings.origins.items()]
    yield Check(f"{label} credentials", "ok", ", ".join(origins))
    yield _timed(f"{label} request", connection)


def _timed(name: str, connection: Connection[Any]) -> Check:
    started = time.monotonic()
    try:
        connection.check_access()
    except InferenceError as error:
        details = "\n".join([error.headline(), *(line for line in error.lines() if line != error.next_step)])
        return Check(name, "failed", details, error.next_step, time.monotonic() - started)
    done = f"{connection.access_check} of {connection.describe()}"
    return Check(name, "ok", done, seconds=time.monotonic() - started)


def _output(command: list[str]) -> str | None:
    try:
        done = run(command, seconds=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+", maxsplit=1)[0])[:3])
