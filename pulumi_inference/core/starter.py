"""From what `pulumi-inference init` writes a project for one cloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Starter:
    """A small program that works right away, on the embedded emulator or for an account.

    Args:
        description: what the project is about.
        thing: what the program declares, with its article.
        program: the program for an account.
        emulated_program: the program for the emulator; it needs no further configuration.
        invoke: the command that calls what was deployed.
        credentials: the commands that set what an account needs besides its region.
        region: a region, as an example for people; "" in a cloud without regions.
    """

    description: str
    thing: str
    program: str
    emulated_program: str
    invoke: str
    credentials: tuple[str, ...]
    region: str = ""
