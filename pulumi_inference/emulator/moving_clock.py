"""How far the emulator's time is ahead of its clock; kept in the store, so it moves for every process."""

from .store import Transaction

_KIND, _KEY = "clock", "offset"


def offset(tx: Transaction) -> float:
    """Seconds ahead of the clock."""
    document = tx.get(_KIND, _KEY)
    return float(document["seconds"]) if document else 0.0


def advance(tx: Transaction, seconds: float) -> None:
    """Move the time forward."""
    tx.put(_KIND, _KEY, {"seconds": offset(tx) + seconds})
