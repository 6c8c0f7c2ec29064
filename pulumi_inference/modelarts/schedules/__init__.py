"""The life of a `Schedule`: `lifecycle.py` is the door."""
