"""The life of a `Service`: `lifecycle.py` is the door."""
