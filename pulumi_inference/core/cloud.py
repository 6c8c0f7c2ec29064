"""What the rest of the library may know of a cloud: light, with everything heavy named by import strings.

A cloud's room holds one `CLOUD` in its `cloud.py`; command line, generators and documentation read that and nothing
else of the room. An import string is `module:name`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of resource. Its type token is `<cloud>:<name>`.

    Spec, outputs, identity and rules come from the lifecycle that the provider class names.

    Args:
        name: the resource class, such as `Service`.
        provider: import string of the frozen provider class.
        lifecycle: import string of the lifecycle, the one that the provider class names, for commands that do without
            the engine; "" = the provider class is asked, with which Pulumi is loaded.
        importing: import string of what `pulumi-inference import` needs to know; "" where there is no such command.
        mixin: import string of a hand-written class that the resource class has before the base class of all.
        secrets_when_read: outputs of an existing thing that may hold secrets, where no program says which.
        filled_in: arguments without a default that have a value after `up` all the same.
        footprint: import string of what counts the instances of one (`core/footprint.py`); "" where it takes none.
    """

    name: str
    provider: str
    lifecycle: str = ""
    importing: str = ""
    mixin: str = ""
    secrets_when_read: tuple[str, ...] = ()
    filled_in: tuple[str, ...] = ("name",)
    footprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One cloud.

    Args:
        name: the room's name, which programs import and type tokens begin with.
        title: what people call it.
        short: what help and messages call it, without its company.
        documented_at: address of the API reference, with `{page}` for the pages that fields name as their source.
        kinds: its resources.
        settings: import string of its `Settings`.
        connections: import string of its `Connections`.
        lookups: module of its `Lookup` classes; "" where there are none.
        calling: import string of its `Calling`; "" where nothing can be called.
        starter: import string of its `Starter`, from which `init` writes a project; "" where `init` does not know it.
        conversions: import strings of its `Conversion`s (`core/conversion.py`), each a command behind the cloud's name.
        api: import string of its `Api` (`core/operations.py`), which coverage is measured against; "" where it is not.
    """

    name: str
    title: str
    short: str
    documented_at: str
    kinds: tuple[Kind, ...]
    settings: str
    connections: str
    lookups: str = ""
    calling: str = ""
    starter: str = ""
    conversions: tuple[str, ...] = ()
    api: str = ""

    def kind(self, name: str) -> Kind | None:
        """The kind of this name."""
        return next((one for one in self.kinds if one.name == name), None)
