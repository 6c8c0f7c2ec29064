"""The API of ModelArts: its verbs, authentication, errors, and its answers as records. Knows no Pulumi."""
