"""What can be set of the invocation plane."""

from dataclasses import dataclass

from ..routing import Call


@dataclass(frozen=True, slots=True)
class InvocationSettings:
    """Settings with their defaults; times in seconds.

    Args:
        hold_seconds: longest real time that a call is held, whatever it asks for; with ``seconds_per_request`` nothing
            is held.
        max_queue_depth: most requests that wait for one version; None is no limit.
        credits: the account has credits, without which functions that are public cannot be called.
    """

    hold_seconds: float = 1.0
    max_queue_depth: int | None = None
    credits: bool = True


def settings_of(call: Call) -> InvocationSettings:
    """Those in force."""
    return call.settings.of(InvocationSettings)


def longest_hold_ms(call: Call) -> int:
    """How long a call may be held in real time: not at all where time passes with requests."""
    return 0 if call.settings.seconds_per_request else round(settings_of(call).hold_seconds * 1000)
