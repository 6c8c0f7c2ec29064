"""An emulator of the clouds: a pure core over one SQLite file, with an in-process and an HTTP door.

Import the parts from their modules: :class:`~pulumi_inference.emulator.core.Emulator` (request in, response out),
:class:`~pulumi_inference.emulator.transport.EmulatorTransport` (for httpx, in process) and
:func:`~pulumi_inference.emulator.app.serve` (HTTP; needs the extra ``emulator``). This package itself loads nothing.
"""
