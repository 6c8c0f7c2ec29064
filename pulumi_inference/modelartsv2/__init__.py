"""Huawei Cloud ModelArts, the inference services of its API version 2."""
