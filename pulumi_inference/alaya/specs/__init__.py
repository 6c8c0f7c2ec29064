"""THE TRUTH: every field, declared once."""
