"""A package whose names are loaded when they are asked for, so that it is light to import and holds no list of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def exports(package: str, *modules: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a package needs as its `__getattr__` and `__dir__` to hand on what its modules have in their `__all__`.

    Args:
        package: its full name.
        modules: its modules, those first whose names are asked for most: a name is looked for in one after the other,
            and no module is loaded before it is its turn.
    """

    def find(name: str) -> Any:
        if name == "__all__":
            return names()
        # What Python and its tools ask every module for is not worth loading anything, and neither is what turns out to
        # be a module: of `from package import module`, Python asks for an attribute first.
        for module in () if name.startswith("_") or find_spec(f"{package}.{name}") else modules:
            loaded = import_module(f"{package}.{module}")
            if name in loaded.__all__:
                value = getattr(loaded, name)
                setattr(sys.modules[package], name, value)
                return value
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted(name for module in modules for name in import_module(f"{package}.{module}").__all__)

    return find, names
