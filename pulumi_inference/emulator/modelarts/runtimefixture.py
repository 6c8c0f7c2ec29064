"""The runtimes that there are from the start (modelarts.md section 12.4, the table)."""

from typing import Any, Final

from ..store import Document

_CUDA_10: Final = {"type": "gpu", "cuda_version": "cuda 10.2"}
_SNT9: Final = {"type": "npu", "name": "SNT9", "driver_version_section": "C8x"}

_BASE, _UNIFORM = "base_image", "uniform_image"


def _runtime(
    name: str,
    image_source: str,
    *,
    mode: str = "sync",
    accelerator: Document | None = None,
    arch: str = "x86_64",
) -> dict[str, Any]:
    return {
        "runtimes": name,
        "request_mode": mode,
        "accelerators": accelerator or {"type": "none"},
        "arch": arch,
        "status_list": "normal",
        "image_source": image_source,
    }


def _engine(name: str, *runtimes: dict[str, Any]) -> Document:
    arrays = _runtime("", "")
    return {"ai_engine": name, **{key: [runtime[key] for runtime in runtimes] for key in arrays}}


ENGINES: Final = (
    _engine(
        "TensorFlow",
        _runtime("tf1.13-python3.6-cpu", _BASE),
        _runtime("tf1.13-python3.6-gpu", _BASE, accelerator=_CUDA_10),
        _runtime("tf1.13-python3.7-cpu", _BASE),
        _runtime("tf1.13-python3.7-gpu", _BASE, accelerator=_CUDA_10),
        _runtime("python3.6", _BASE),
        _runtime("tf1.13-python3.7-aiflow-gpu", _BASE, accelerator=_CUDA_10),
        _runtime("tf1.13-python3.7-gpu-async", _BASE, mode="async", accelerator=_CUDA_10),
        _runtime("tensorflow_2.1.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64", _UNIFORM),
        _runtime("tensorflow_2.6.0-cuda_11.2-py_3.7-ubuntu_18.04-x86_64", _UNIFORM),
        _runtime("tensorflow_1.15.5-cuda_11.4-py_3.8-ubuntu_20.04-x86_64", _UNIFORM),
    ),
    _engine(
        "PyTorch",
        _runtime("python3.6", _BASE),
        _runtime("python3.7", _BASE),
        _runtime("pytorch1.4-python3.7", _BASE),
        _runtime(
            "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b",
            _UNIFORM,
            accelerator=_SNT9,
            arch="aarch64",
        ),
        _runtime("pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64", _UNIFORM),
        _runtime("pytorch_1.8.2-cuda_11.1-py_3.7-ubuntu_18.04-x86_64", _UNIFORM),
    ),
    _engine(
        "MindSpore",
        _runtime("mindspore_1.9.0-cann_6.0.1-py_3.7-euler_2.9.9-x86_64-snt3p-300i", _UNIFORM),
        _runtime("mindspore_1.7.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64", _UNIFORM),
        _runtime("mindspore_1.2.0-py_3.7-cuda_10.1-ubuntu_18.04-x86_64", _UNIFORM),
    ),
    _engine("Custom"),
)
