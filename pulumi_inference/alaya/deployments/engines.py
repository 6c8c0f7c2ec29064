"""What the engines' own arguments say of GPUs (vLLM and SGLang; alaya.md, section 13)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TENSOR = ("--tensor-parallel-size", "-tp", "--tp", "--tp-size")
_PIPELINE = ("--pipeline-parallel-size", "-pp", "--pp", "--pp-size")
_DATA = ("--data-parallel-size", "--data-parallel-size-local", "-dp", "-dpl", "--dp", "--dp-size")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_FLAG_AND_VALUE = re.compile(r"--?[A-Za-z][\w.-]*\s+\S")


def parallel_size(*arguments: Sequence[str]) -> int | None:
    """How many GPUs the arguments spread the model over: tensor times pipeline parallel size.

    None where they do not say so, or spread requests over several copies besides. What stands inside a text for a
    shell is not looked at: it cannot be parsed safely.
    """
    words = [one for each in arguments for one in each]
    if any(one.partition("=")[0] in _DATA for one in words):
        return None
    sizes = [_size(words, _TENSOR), _size(words, _PIPELINE)]
    return None if sizes == [None, None] else (sizes[0] or 1) * (sizes[1] or 1)


def holds_two_words(argument: str) -> bool:
    """Whether a flag and its value stand in one argument (`"--tp 8"`), which no engine takes apart."""
    return _FLAG_AND_VALUE.match(argument) is not None


def _size(words: Sequence[str], flags: Sequence[str]) -> int | None:
    """The number behind the last of these flags, or joined to it by `=`."""
    found = None
    for index, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name in flags:
            number = value if joined else next(iter(words[index + 1 : index + 2]), "")
            found = int(number) if _NUMBER.fullmatch(number) else found
    return found
