"""Huawei Cloud's own part, for all of its services here: settings, connections, IAM, signing, the gateway's errors."""
