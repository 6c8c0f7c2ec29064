"""An emulator of the clouds: a shell over one SQLite file, a folder for each cloud, an in-process and an HTTP door.

Import the parts from their modules: :class:`~pulumi_inference.emulator.shell.Emulator` (request in, response out),
:class:`~pulumi_inference.emulator.transport.EmulatorTransport` (for httpx, in process) and
:func:`~pulumi_inference.emulator.app.serve` (HTTP; needs the extra ``emulator``). This package itself loads nothing.
"""
