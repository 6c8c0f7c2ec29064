"""Draw the progress of a real `pulumi up` as a terminal shows it: `python -m tools.picture` writes docs/progress.svg.

Two services deploy onto the embedded emulator; the picture is taken half-way.
"""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.engine.bootstrap import ensure
from tools.environment import ROOT, engine_environment

PICTURE = ROOT / "docs/progress.svg"
ROWS, COLUMNS = 40, 124

PROJECT = """\
name: serving
runtime: python
options:
  refresh: always
config:
  inference:modelartsEndpoint:
    value: emulator:emulator.db
"""

PROGRAM = """\
from pulumi_inference import modelarts

MODEL = "0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11"
for name, count in {"classifier": 2, "embedder": 3}.items():
    item = modelarts.ServiceConfigArgs(model_id=MODEL, specification="modelarts.vm.cpu.2u", instance_count=count)
    modelarts.Service(name, config=[item])
"""

FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
  <style>
    .{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; }}
    .{unique_id}-title {{ font-family: sans-serif; font-size: 18px; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
    </clipPath>
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
  </g>
</svg>
"""

# Rich clips each line, and has no clip for the last one: some readers then leave that out.
CLIP_OF_LINE = re.compile(r' clip-path="url\(#progress-line-\d+\)"')

# The engine moves the cursor to the first line of its table and writes the table anew.
ANOTHER_FRAME = re.compile(r"\r\x1b\[\d+A")


def draw() -> str:
    """The picture, as SVG."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
        (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        environment = engine_environment(ensure(), folder / "state")
        select = ["pulumi", "--non-interactive", "stack", "init", "dev"]
        subprocess.run(select, cwd=folder, env=environment, check=True, capture_output=True)
        shown = _in_a_terminal(["pulumi", "up", "--yes", "--skip-preview"], folder, environment)
    frames = [frame for frame in ANOTHER_FRAME.split(shown) if frame.count("deploying ") == 2]
    return _picture(frames[len(frames) // 2].replace("\x1b[K", "").replace("\r", "").rstrip())


def _in_a_terminal(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """All that the command writes to a terminal of its own."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    written = io.BytesIO()
    try:
        while chunk := os.read(terminal, 65536):
            written.write(chunk)
    except OSError:  # how a terminal says that the command has ended
        pass
    finally:
        os.close(terminal)
    if os.waitpid(pid, 0)[1] != 0:
        raise RuntimeError(written.getvalue().decode())
    return written.getvalue().decode()


def _picture(text: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text), no_wrap=True, crop=True)
    return CLIP_OF_LINE.sub("", console.export_svg(title="pulumi up", code_format=FRAME, unique_id="progress"))


def main() -> int:
    """Write the file."""
    PICTURE.write_text(draw(), encoding="utf-8")
    print(f"wrote: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
