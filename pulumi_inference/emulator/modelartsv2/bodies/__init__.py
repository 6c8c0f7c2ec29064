"""Bodies of requests, checked field by field, with what the service fills in (modelarts-v2.md sections 4 and 6)."""
