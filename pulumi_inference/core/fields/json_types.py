"""The types of JSON values for `isinstance`, the most frequent first: an abstract class alone takes much longer."""

from collections.abc import Mapping
from types import NoneType
from typing import Final

PLAIN: Final = (str, int, float, bool, NoneType)
MAPS: Final = (dict, Mapping)
LISTS: Final = (list, tuple)
