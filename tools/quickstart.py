"""Drive the quickstart stack at the root of the checkout: `python -m tools.quickstart up|preview|down`.

The real engine runs offline with its state in `.state/`; no account of any kind is needed.
"""

import contextlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.engine.bootstrap import ensure
from tools.engine.reporting import EngineError, interrupted
from tools.environment import ROOT, STATE, engine_environment

STACK = "quickstart"
SERVICE_TYPE = "pulumi-python:dynamic/modelarts:Service"
REQUEST = '{"x": 1}'
EMULATOR = "emulator:"


def up(environment: Mapping[str, str]) -> int:
    """Deploy the stack, then show each service with one answer, and how to reach it by HTTP."""
    code = _pulumi(["up", "--yes", "--stack", STACK], environment)
    if code != 0:
        return code
    resources = _resources(environment)
    print("\nWhat there is now:")
    for resource in resources:
        name = resource["urn"].rsplit("::", 1)[-1]
        print(f"  {resource['type'].rsplit('/', 1)[-1]} {name}: {resource['id']}")
    return max([_ask(service, environment) for service in resources if service["type"] == SERVICE_TYPE], default=0)


def preview(environment: Mapping[str, str]) -> int:
    """Show what `up` would do, property by property."""
    return _pulumi(["preview", "--diff", "--stack", STACK], environment)


def down(environment: Mapping[str, str]) -> int:
    """Delete everything that the stack made; the state folder stays."""
    return _pulumi(["destroy", "--yes", "--stack", STACK], environment)


def _ask(service: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Print the command that asks the service, its answer, and how to reach it over HTTP."""
    program = Path(sys.prefix, "bin", "pulumi-inference")
    shown = str(program.relative_to(ROOT) if program.is_relative_to(ROOT) else program)
    name = service["urn"].rsplit("::", 1)[-1]
    arguments = ["invoke", "modelarts", name, "--stack", STACK, "--data", REQUEST]
    print(f"\n$ {shlex.join([shown, *arguments])}", flush=True)
    code = subprocess.run([str(program), *arguments], cwd=ROOT, env=environment, check=False).returncode
    address, database = service["outputs"]["access_address"], service["outputs"]["endpoint"].removeprefix(EMULATOR)
    print(f"\nThe emulator is embedded, so nothing listens on {address}.")
    print("To reach the service by HTTP too, serve the same file; it prints what to set:")
    print(f"$ {shlex.join([shown, 'emulator', '--database', database])}")
    return code


def _resources(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The state's resources that have an id, so neither the stack itself nor a provider."""
    command = ["pulumi", "stack", "export", "--stack", STACK]
    exported = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    resources: list[dict[str, Any]] = json.loads(exported)["deployment"].get("resources", [])
    return [resource for resource in resources if resource.get("custom") and "pulumi:providers" not in resource["type"]]


def _pulumi(arguments: list[str], environment: Mapping[str, str]) -> int:
    command = ["pulumi", "--non-interactive", *arguments]
    print(f"$ {shlex.join(command)}", flush=True)
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    while True:
        # Ctrl-C has reached pulumi too, which then ends what it has begun; killed, it would leave that pending.
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


COMMANDS = {"up": up, "preview": preview, "down": down}


def main() -> int:
    """Run one command on the stack, which is made first where it is missing."""
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: python -m tools.quickstart {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        environment = engine_environment(ensure(), STATE, os.environ)
    except EngineError as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return interrupted()
    return _pulumi(["stack", "select", "--create", STACK], environment) or COMMANDS[sys.argv[1]](environment)


if __name__ == "__main__":
    sys.exit(main())
