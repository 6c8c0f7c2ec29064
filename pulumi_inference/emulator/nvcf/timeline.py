"""The timeline of a deployment: what will happen by itself, ordered by ``at``, and when the service looks next."""

from bisect import insort
from math import ceil

from ..routing import Call
from ..store import Document
from .settings import settings_of


def plan(deployment: Document, at: int, step: str, **arguments: object) -> None:
    """Let something happen later."""
    insort(deployment["timeline"], {"at": at, "step": step, **arguments}, key=lambda item: int(item["at"]))


def look_soon(call: Call, deployment: Document, at: int, *, later: bool = False) -> None:
    """Plan the next look at that time or after it; only after it with ``later``."""
    at = tick(call, deployment, at, later=later)
    if not any(step["step"] == "look" and step["at"] == at for step in deployment["timeline"]):
        plan(deployment, at, "look")


def start(call: Call, deployment: Document, spec: Document, count: int, at: int) -> None:
    """Let instances start, and plan what becomes of them."""
    if not count:
        return
    spec_id = spec["gpuSpecificationId"]
    fleet = deployment["fleet"][spec_id]
    fleet["starting"] += count
    fleet["since"] = at
    fate, fleet["fate"] = fleet["fate"], None
    up = at + deploy_ms(call)
    if fate is None:
        plan(deployment, up, "up", spec=spec_id, count=count)
        return
    if fate["outcome"] in ("degrading", "degraded"):
        plan(deployment, up, "up", spec=spec_id, count=count)
        fleet["later"] = fate
        return
    some = min(fate["instances"] or 0, count)
    if some:
        plan(deployment, up, "up", spec=spec_id, count=some)
    fleet["held"] = True
    if fate["outcome"] == "error":
        up = up if fate["after_ms"] is None else at + fate["after_ms"]
        plan(deployment, up, "fail", spec=spec_id, count=count - some, error=fate["error"])
    if fate["heal_ms"] is not None:
        plan(deployment, up + fate["heal_ms"], "heal", spec=spec_id)


def plan_idle(call: Call, deployment: Document) -> None:
    """Let instances go when nobody asks for a while, counted from now."""
    idle = settings_of(call).idle_seconds
    if idle is not None:
        deployment["timeline"] = [step for step in deployment["timeline"] if step["step"] != "idle"]
        plan(deployment, call.now_ms + ms(idle), "idle")


def tick(call: Call, deployment: Document, at: int, *, later: bool = False) -> int:
    """When the service looks at the deployment next: at that time or after it."""
    period = ms(settings_of(call).period_seconds)
    if not period:
        return at
    made: int = deployment["madeAt"]
    ticks = ceil((at - made) / period)
    found = made + ticks * period
    return found + period if later and found == at else found


def deploy_ms(call: Call) -> int:
    """How long an instance starts."""
    return ms(call.settings.deploy_seconds)


def ms(seconds: float) -> int:
    """Seconds as milliseconds."""
    return round(seconds * 1000)
