"""The life of a `ReplicaSchedule`: `lifecycle.py` is the door."""
