"""From services of ModelArts v1 to services and deployments of this API."""
