"""What a value is: fields declared once with their facts, and all that is derived from those."""
