"""Functions: one version each."""
