"""The life of a `Model`: `lifecycle.py` is the door."""
