"""What the cloud's own lists say against a program, told in the preview."""
