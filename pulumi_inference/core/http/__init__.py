"""One request and its answer: sent, tried again, traced, and its errors told honestly."""
