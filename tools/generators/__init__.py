"""Parts of `tools/generate.py`: each turns the facts of a spec into the text of one committed file."""
