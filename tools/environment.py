"""The environment in which the engine runs offline, with its state in a local folder. Used by `make` and by the tests.

As a program it runs a command in that environment, with the state in `.state/` of the checkout:

    python -m tools.environment pulumi stack ls
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.engine.bootstrap import ensure
from tools.engine.reporting import EngineError, interrupted, say

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".state"
DEFAULT_PASSPHRASE = "quickstart"

# They would send the run elsewhere than the local folder, or (PULUMI_OPTION_PARALLEL) crash CLI 3.259.
UNWANTED = ("PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "PULUMI_CLOUD_URL", "PULUMI_API", "PULUMI_OPTION_PARALLEL")


def engine_environment(
    engine: Path, state: Path, base: Mapping[str, str] = os.environ, virtual_environment: Path = Path(sys.prefix)
) -> dict[str, str]:
    """The variables for `pulumi` commands, on top of `base`; makes the folders that the engine expects below `state`.

    `engine` is what `tools.engine.bootstrap.ensure()` returned. A passphrase that `base` already has is kept.
    """
    stacks, home = state.resolve() / "stacks", state.resolve() / "home"
    for folder in (stacks, home):
        folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in base.items() if name not in UNWANTED}
    if "PULUMI_CONFIG_PASSPHRASE_FILE" not in kept:
        kept.setdefault("PULUMI_CONFIG_PASSPHRASE", DEFAULT_PASSPHRASE)
    path = [str(engine), str(virtual_environment / "bin"), kept.get("PATH", os.defpath)]
    return {
        **kept,
        "PATH": os.pathsep.join(path),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": stacks.as_uri(),
        "PULUMI_RUNTIME_VIRTUALENV": str(virtual_environment),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def main() -> int:
    """Replace this process by the given command, run in the environment."""
    if len(sys.argv) < 2:
        say("usage: python -m tools.environment COMMAND [ARGUMENT]...")
        return 2
    try:
        environment = engine_environment(ensure(), STATE)
    except EngineError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return interrupted()
    try:
        os.execvpe(sys.argv[1], sys.argv[1:], environment)
    except OSError as error:
        say(f"{sys.argv[1]}: {error.strerror}")
        return 127


if __name__ == "__main__":
    sys.exit(main())
