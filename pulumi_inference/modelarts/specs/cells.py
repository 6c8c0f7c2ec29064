"""What stands in the tables of the lookups where a field alone does not say it."""

from __future__ import annotations

from pulumi_inference.modelarts.specs.records import Flavour, Runtime


def accelerator(runtime: Runtime) -> str:
    """What a runtime computes on: `npu SNT9 C8x`."""
    one = runtime.accelerator
    return " ".join(filter(None, (one.type, one.name, one.cuda_version, one.driver_version_section)))


def cores(flavour: Flavour) -> float | None:
    """The CPU of an instance."""
    return flavour.cpu_info.cpu if flavour.cpu_info else None


def memory(flavour: Flavour) -> str | None:
    """The memory of an instance: `8 GB`."""
    return _amount(flavour.memory_info.memory, flavour.memory_info.unit) if flavour.memory_info else None


def chips(flavour: Flavour) -> str | None:
    """What an instance computes on beside its CPU: `1 x T4 16 GB`."""
    gpu, npu = flavour.gpu_info, flavour.npu_info
    for info, count in ((gpu, gpu and gpu.gpu), (npu, npu and npu.npu)):
        if info and count:
            size = _amount(info.memory, info.unit) if info.memory else None
            return " ".join(filter(None, (f"{count:g} x", info.brand, info.version, size)))
    return None


def _amount(value: float | None, unit: str | None) -> str | None:
    return None if value is None else " ".join(filter(None, (f"{value:g}", unit)))
