"""The speed figures that `make bench` measures and checks; docs/benchmarks.md describes them."""
