"""What a preview would do, for whoever reviews it: program, recorded and live state side by side."""
