"""The emulated clouds, put together: their routing tables and what happens by itself as time passes."""

from . import iam, modelarts
from .routing import Call, Route

Routes = tuple[Route, ...]

ROUTES: Routes = (*iam.ROUTES, *modelarts.ROUTES)


def advance(call: Call) -> None:
    """Let everything happen that is due by now."""
    modelarts.advance(call)
