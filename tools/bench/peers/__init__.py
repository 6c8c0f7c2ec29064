"""What the benchmarks compare with: OpenTofu and the provider huaweicloud/huaweicloud."""
