"""What programs say, and what ModelArts v2 answers."""
